"""Draft, published, cancelled, put away: what is in the way, who sees what, what stops."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from events.catalogue.models import EVENT_STATUSES, Event
from events.core import clock
from events.core.db import db, transaction
from events.editor import publishing
from events.mail.models import Letter
from tests.events.editor.conftest import Desk, save
from tests.support.staff import Staff, sell

PAGE = "/e/keep-a-place-2038?lang=en"


def step(browser: FlaskClient, place: str, trigger: str, version: int) -> int:
    """Press a button of the publication page; the answer's status."""
    return browser.post(f"{place}/publish", data={"do": trigger, "version": str(version)}).status_code


def test_a_draft_is_seen_by_its_team_alone(browser: FlaskClient, staff: Staff, draft: str) -> None:
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "Only you and your colleagues see this page." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert staff.app.test_client().get(PAGE).status_code == 404


def test_publishing_says_what_is_missing_with_a_link_to_its_field(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, draft, {"title-th": "", "starts_at": "2020-02-01T19:00", "ends_at": "2020-02-01T22:00",
                          "sales_end_at": "2020-01-31T19:00"})  # fmt: skip
    browser.post(f"{draft}/tickets/{desk.event().ticket_types[0].public_id}/remove")
    browser.post(f"{draft}/tickets/{desk.event().ticket_types[0].public_id}/remove")
    save(browser, f"{draft}/gifts", {"absent_gift": ""})
    page = browser.get(f"{draft}/publish").text
    for sentence in ("The title is missing in ไทย.", "There is no ticket yet.", "The day has passed."):
        assert sentence in page
    assert f'href="{draft}#title-th"' in page
    assert step(browser, draft, "publish", desk.event().version) == 409
    assert desk.event().status == "draft"


def test_published_it_is_for_everybody_and_the_trail_knows(
    browser: FlaskClient, staff: Staff, draft: str, desk: Desk
) -> None:
    assert step(browser, draft, "publish", 1) == 303
    page = staff.app.test_client().get(PAGE)
    assert page.status_code == 200
    assert "Get tickets" in page.text
    assert "Keep a place" in staff.app.test_client().get("/?lang=en").text
    assert desk.trail("event.publish")[0].details["after"] == "published"


def test_cancelled_it_says_so_and_sells_nothing(browser: FlaskClient, staff: Staff, draft: str) -> None:
    step(browser, draft, "publish", 1)
    assert step(browser, draft, "cancel", 2) == 303
    stranger = staff.app.test_client()
    page = stranger.get(PAGE).text
    assert "This evening is cancelled." in page
    assert "Get tickets" not in page
    answer = stranger.post("/e/keep-a-place-2038/order", data={"gift": "500", "name": "A", "email": "a@example.org"})
    assert answer.status_code == 409
    assert step(browser, draft, "reinstate", 3) == 303
    assert "Get tickets" in stranger.get(PAGE).text


def test_cancelling_tells_whoever_has_a_ticket_and_says_so_before(browser: FlaskClient, staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
        sell("dinner", "BBBBB", "Marc", [("Marc", "")], paid_at=None, status="expired")
    page = browser.get("/manage/dinner/edit/publish").text
    assert "told by letter at once" in page
    assert "1 letter goes out at once" in page
    assert step(browser, "/manage/dinner/edit", "cancel", 1) == 303
    assert "is told by letter" in browser.get("/manage/dinner/edit/publish?said=cancel").text
    assert letters(staff) == [("evening_cancelled", "aaaaa@example.org")]
    with staff.app.app_context(), transaction():
        db.session.execute(update(Event).where(Event.slug == "dinner").values(status="published", cancelled_at=None))
    assert step(browser, "/manage/dinner/edit", "cancel", 2) == 303  # once more, and said once more
    assert len(letters(staff)) == 2


def test_whoever_opens_order_ticket_or_invitation_of_a_cancelled_evening_reads_so(
    browser: FlaskClient, staff: Staff
) -> None:
    with staff.app.app_context(), transaction():
        order = sell("dinner", "AAAAA", "Claire", [("Claire", ""), (None, "")])
        ticket = order.lines[0].ticket
        assert ticket
        pages = f"/o/{order.token}", f"/t/{ticket.token}", f"/g/{order.party.invitation}", "/e/dinner"
        entry, answer = f"/t/{ticket.token}/calendar.ics", f"/g/{order.party.invitation}"
    stranger = staff.app.test_client()
    before = [stranger.get(f"{page}?lang=en") for page in pages]
    assert int(before[1].headers["Ticket-Kept-Until"]) > 0 and "STATUS:CONFIRMED" in stranger.get(entry).text
    step(browser, "/manage/dinner/edit", "cancel", 1)
    after = [stranger.get(f"{page}?lang=en") for page in pages]
    for earlier, later in zip(before, after, strict=True):
        assert ("cancelled" in earlier.text, "evening is cancelled" in later.text) == (False, True)
    order_page, ticket_page, invitation, evening = (page.text for page in after)
    assert "write to you about the money you paid" in order_page
    for page, gone in (
        (order_page, ("We look forward", "Tickets (PDF)", "Guest names", "Send the tickets again", "calendar.ics")),
        (ticket_page, ('<svg class="qr"', "calendar.ics", "ticket.pdf")),
        (invitation, ("I am coming",)),
        (evening, ("calendar.ics", "invitation.pdf")),
    ):
        assert [words for words in gone if words in page] == []
    assert after[1].headers["Ticket-Kept-Until"] == "0"  # the telephone forgets what it kept
    assert "STATUS:CANCELLED" in stranger.get(entry).text
    assert stranger.post(answer, data={"name": "Marc", "diet": "", "email": ""}).status_code == 410
    step(browser, "/manage/dinner/edit", "archive", 2)  # put away it is cancelled still
    hidden = [stranger.get(f"{page}?lang=en") for page in pages]
    assert ["evening is cancelled" in page.text for page in hidden] == [True, True, True, False]
    assert (hidden[3].status_code, "STATUS:CANCELLED" in stranger.get(entry).text) == (404, True)
    with staff.app.app_context(), transaction():  # and after its day nobody is thanked for coming
        begun = clock.now() - timedelta(days=2)
        day = {"sales_end_at": begun, "starts_at": begun, "ends_at": begun + timedelta(hours=4)}
        db.session.execute(update(Event).where(Event.slug == "dinner").values(**day))
    order_page = stranger.get(f"{pages[0]}?lang=en").text
    assert ("evening is cancelled" in order_page, "is over" in order_page) == (True, False)


def letters(staff: Staff) -> list[tuple[str, str]]:
    """Kinds and addresses of what lies in the outbox."""
    with staff.app.app_context():
        return [(one.kind, one.recipient_email) for one in db.session.scalars(select(Letter).order_by(Letter.id))]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"venue": "In the hall", "tell": "on"}, ["evening_moved"]),
        ({"venue": "In the hall"}, []),
        ({"phone": "+66 2 000 00 00", "tell": "on"}, []),
    ],
)
def test_change_of_place_is_told_where_that_is_asked_for(
    browser: FlaskClient, staff: Staff, typed: dict[str, str], told: list[str]
) -> None:
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
    answer = save(browser, "/manage/dinner/edit", typed)
    assert (answer.status_code, answer.location.endswith("said=told")) == (303, bool(told))
    assert [kind for kind, _email in letters(staff)] == told


def test_without_guests_nobody_is_asked_whether_to_tell_them(browser: FlaskClient, staff: Staff, draft: str) -> None:
    assert "Tell everybody who has a ticket" not in browser.get(draft).text
    assert "letter goes out" not in browser.get(f"{draft}/publish").text


def test_put_away_it_is_hidden_and_can_be_brought_back(
    browser: FlaskClient, staff: Staff, draft: str, desk: Desk
) -> None:
    step(browser, draft, "publish", 1)
    assert step(browser, draft, "archive", 2) == 303
    stranger = staff.app.test_client()
    assert stranger.get(PAGE).status_code == 404
    assert "Keep a place" not in stranger.get("/?lang=en").text
    assert "put away" in browser.get("/manage/").text
    assert step(browser, draft, "bring_back", 3) == 303
    assert desk.event().status == "draft"


def test_what_was_ordered_is_neither_taken_back_nor_put_away_before_its_day(
    browser: FlaskClient, staff: Staff, desk: Desk
) -> None:
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
    page = browser.get("/manage/dinner/edit/publish").text
    assert "An evening that does not take place is cancelled." in page
    for trigger in ("withdraw", "archive"):
        assert step(browser, "/manage/dinner/edit", trigger, 1) == 409
    assert desk.event("dinner").status == "published"


def test_the_second_of_two_finds_the_step_taken(browser: FlaskClient, draft: str, desk: Desk) -> None:
    assert step(browser, draft, "publish", 1) == 303
    assert step(browser, draft, "publish", 1) == 409
    assert step(browser, draft, "cancel", 1) == 409
    assert desk.event().status == "published"


def test_the_table_of_steps_leads_from_everywhere_to_known_places() -> None:
    pairs = {(one.before, one.trigger) for one in publishing.STEPS}
    assert len(pairs) == len(publishing.STEPS)
    assert {one.before for one in publishing.STEPS} == set(EVENT_STATUSES)
    assert {one.after for one in publishing.STEPS} == set(EVENT_STATUSES)


@pytest.mark.parametrize("status", EVENT_STATUSES)
def test_no_other_step_is_taken(browser: FlaskClient, staff: Staff, draft: str, status: str, desk: Desk) -> None:
    with staff.app.app_context(), transaction():
        now = {"status": status, "cancelled_at": clock.now() if status == "cancelled" else None}
        db.session.execute(update(Event).where(Event.slug == "keep-a-place-2038").values(**now))
    allowed = {one.trigger for one in publishing.STEPS if one.before == status}
    for trigger in {one.trigger for one in publishing.STEPS} - allowed | {"", "explode"}:
        assert step(browser, draft, trigger, 1) == 409
    with staff.app.app_context():
        found = db.session.scalar(select(Event.status).where(Event.slug == "keep-a-place-2038"))
    assert found == status
