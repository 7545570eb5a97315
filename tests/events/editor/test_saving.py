"""Saving an evening: mistakes next to their fields, two people at once, and what may no longer change."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from tests.events.editor.conftest import Desk, save, typed
from tests.support.staff import Staff, sell


def publish(browser: FlaskClient, place: str) -> None:
    """Make the draft public."""
    assert browser.post(f"{place}/publish", data={"do": "publish", "version": "1"}).status_code == 303


def test_facts_are_saved_in_the_evenings_own_hours(browser: FlaskClient, draft: str, desk: Desk) -> None:
    changes = {"starts_at": "2038-03-07T18:30", "ends_at": "2038-03-07T22:00", "title-en": "Keep them a place"}
    answer = save(browser, draft, changes)
    assert answer.headers["Location"] == f"{draft}?said=saved"
    event = desk.event()
    assert event.title["en"] == "Keep them a place"
    assert event.starts_at.isoformat() == "2038-03-07T11:30:00+00:00"
    assert event.version == 2


def test_another_zone_keeps_the_hours_of_the_clock(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, draft, {"time_zone": "Europe/Paris"})
    assert desk.event().starts_at.isoformat() == "2038-03-06T18:00:00+00:00"


def test_the_trail_says_who_changed_what(browser: FlaskClient, draft: str, desk: Desk, staff: Staff) -> None:
    save(browser, draft, {"venue": "On the roof", "title-fr": "Encore une place"})
    (line,) = desk.trail("event.changed")
    assert line.actor == f"account:{staff.accounts['organiser']}"
    assert line.details["fields"] == ["title", "venue"]
    assert line.details["values"] == {"venue": ["Under the tree", "On the roof"]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title-en": "", "title-fr": "", "title-th": ""}, "Please fill this in."),
        ({"ends_at": "2038-03-06T18:00"}, "The evening must end after it begins."),
        ({"sales_end_at": "2038-03-08T18:00"}, "Sales must end before the evening does."),
        ({"starts_at": "2038-13-45T99:00"}, "Please give a day and an hour."),
        ({"time_zone": "Europe/Paris", "starts_at": "2038-03-28T02:30"}, "This hour does not exist on that day"),
        ({"map_url": "javascript:alert(1)"}, "This is not a web address."),
        ({"slug": "Dîner 2038"}, "Small letters a to z"),
        ({"slug": "dinner"}, "There is an evening dinner already."),
        ({"slug": "new"}, "Small letters a to z"),
        ({"languages": ["fr"], "language": "th"}, "The page is not written in this language."),
        ({"kind-en": "x" * 201}, "This is too long"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_saved_or_lost(
    browser: FlaskClient, draft: str, desk: Desk, changes: dict[str, object], sentence: str
) -> None:
    answer = save(browser, draft, {"hosts-en": "Typed with care", **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Typed with care" in answer.text
    assert (desk.event().version, desk.event().hosts["en"]) == (1, "House of the dinner invites you to its table.")


def test_the_second_of_two_is_told_by_whom_and_keeps_what_was_typed(
    browser: FlaskClient, staff: Staff, draft: str, desk: Desk
) -> None:
    mine = typed(browser, draft) | {"venue": "On the roof"}
    with staff.signed_in("owner") as colleague:
        save(colleague, draft, {"venue": "In the cellar"})
    answer = browser.post(draft, data=mine)
    assert answer.status_code == 409
    assert "Owner saved this part while you were writing." in answer.text
    assert "On the roof" in answer.text
    assert "There now: In the cellar" in " ".join(answer.text.split())
    assert desk.event().venue == "In the cellar"


def test_who_saves_again_knowing_it_is_heard(browser: FlaskClient, staff: Staff, draft: str, desk: Desk) -> None:
    mine = typed(browser, draft) | {"venue": "On the roof"}
    with staff.signed_in("owner") as colleague:
        save(colleague, draft, {"venue": "In the cellar"})
    assert browser.post(draft, data=mine).status_code == 409
    assert browser.post(draft, data=mine | {"version": "2"}).status_code == 303
    assert desk.event().venue == "On the roof"


def test_a_public_page_is_not_left_half_translated(browser: FlaskClient, draft: str, desk: Desk) -> None:
    assert save(browser, draft, {"kind-th": ""}).status_code == 303  # a draft may be
    save(browser, draft, {"kind-th": "งานเลี้ยง"})
    browser.post(f"{draft}/publish", data={"do": "publish", "version": "3"})
    answer = save(browser, draft, {"kind-th": ""})
    assert answer.status_code == 422
    assert "The line above the title is missing in ไทย." in answer.text
    assert 'id="kind-th-mistake"' in answer.text


def test_the_address_of_a_public_page_stays(browser: FlaskClient, draft: str) -> None:
    assert save(browser, draft, {"slug": "a-place"}).headers["Location"] == "/manage/a-place/edit?said=saved"
    browser.post("/manage/a-place/edit/publish", data={"do": "publish", "version": "2"})
    answer = save(browser, "/manage/a-place/edit", {"slug": "another"})
    assert "links lead there: it stays." in answer.text


def test_a_second_currency_wants_a_card_fee_of_its_own(browser: FlaskClient, draft: str) -> None:
    answer = save(browser, draft, {"currency": "JPY"})
    assert answer.status_code == 422
    assert "There is no card fee for JPY" in answer.text
    assert 'id="currency-mistake"' in answer.text


def test_another_currency_keeps_the_figures(browser: FlaskClient, staff: Staff, draft: str, desk: Desk) -> None:
    with staff.app.app_context(), transaction():
        db.session.execute(update(Organisation).values(card_fee_fixed=0))
    assert save(browser, draft, {"currency": "JPY"}).status_code == 303
    event = desk.event()
    assert [(kind.price, kind.benefit) for kind in event.ticket_types] == [(2_500, 1_200), (20_000, 9_600)]
    assert event.absent_gift == 2_500


def test_the_currency_stays_once_somebody_ordered(browser: FlaskClient, staff: Staff, desk: Desk) -> None:
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
    answer = save(browser, "/manage/dinner/edit", {"currency": "EUR"})
    assert answer.status_code == 422
    assert "Tickets were ordered in THB: it stays." in answer.text
    assert desk.event("dinner").currency == "THB"


def test_goal_and_gifts_are_amounts_and_payable_ones(browser: FlaskClient, draft: str, desk: Desk) -> None:
    page = f"{draft}/gifts"
    assert (
        save(browser, page, {"goal": "300,000", "gift_amounts": ["1000", "500", ""], "absent_gift": ""}).status_code
        == 303
    )
    event = desk.event()
    assert (event.goal, event.gift_amounts, event.absent_gift) == (30_000_000, [50_000, 100_000], 0)
    answer = save(browser, page, {"gift_amounts": ["3"]})
    assert answer.status_code == 422
    assert "A gift of ฿3 is suggested. Stripe takes ฿10 at least." in answer.text
    assert 'id="gift_amounts-mistake"' in answer.text


def test_an_evening_may_have_a_colour_of_its_own(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, f"{draft}/look", {"accent": "178-75"})
    assert (desk.event().accent_hue, desk.event().accent_chroma) == (178, 75)
    assert "/accent/178-75.css" in browser.get("/e/keep-a-place-2038?lang=en").text
    assert "--hour:" in browser.get("/accent/178-75.css").text
    save(browser, f"{draft}/look", {"accent": ""})
    assert desk.event().accent_hue is None
