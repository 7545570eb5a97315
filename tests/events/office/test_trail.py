"""The trail as owners read it: whose it is, narrowed, page by page, and as a file."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import trail
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.office import trail_reading
from tests.support.staff import Staff, sell

DAY = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
"""Half past eleven at night in Bangkok."""


@pytest.fixture
def acts(staff: Staff) -> Staff:
    """Acts of both houses, and of their people signing in."""
    with staff.app.app_context(), transaction() as session:
        houses = {event.slug: event.organisation_id for event in session.scalars(select(Event))}
        organiser = f"account:{staff.accounts['organiser']}"
        trail.note(organiser, "guests.edited", "ticket:7", houses["dinner"])
        trail.note("service", "message.tried", "message:3", houses["dinner"], people=4)
        trail.note("buyer", "order.email_changed", '=HYPERLINK("x")', houses["dinner"])
        trail.note(organiser, "proved who they are", organiser)
        trail.note("account:99", "event.added", "event:secret", houses["ball"])
        trail.note(f"account:{staff.accounts['stranger']}", "proved who they are", "elsewhere")
    return staff


def shown(staff: Staff, query: str = "") -> str:
    with staff.signed_in("owner") as browser:
        answer = browser.get(f"/manage/trail{query}")
        assert answer.status_code == 200
        return answer.text.partition('<div class="sheet-scroll"')[2]


def test_owners_read_what_their_own_people_did_with_their_names(acts: Staff) -> None:
    page = shown(acts)
    assert all(word in page for word in ("Guest edited", "ticket 7", "the service", "People: 4", "a buyer"))
    assert "Proved who they are" in page
    assert page.count("Organiser") >= 3
    assert not any(word in page for word in ("secret", "elsewhere"))


def test_it_is_narrowed_by_who_what_and_when(acts: Staff) -> None:
    organiser = f"account:{acts.accounts['organiser']}"
    assert "Guest edited" in shown(acts, f"?who={organiser}")
    assert "Test of a message sent" not in shown(acts, f"?who={organiser}")
    assert "Buyer’s address changed" in shown(acts, "?area=orders")
    assert "Guest edited" not in shown(acts, "?area=orders")
    assert "Proved who they are" in shown(acts, "?area=people")
    assert "Buyer’s address changed" not in shown(acts, "?area=people")
    assert shown(acts, "?until=2020-01-01") == ""
    assert "Guest edited" in shown(acts, "?since=2020-01-01&area=guests")
    assert "Guest edited" in shown(acts, "?since=nonsense&area=guests")


def test_a_day_is_the_organisations_own(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction() as session:
            house = session.scalars(select(Event).where(Event.slug == "dinner")).one().organisation
            for hours in (0, 1):
                at, action = DAY + timedelta(hours=hours), f"event.at_{hours}"
                details = {"actor": "service", "subject": "", "details": {}, "organisation_id": house.id}
                session.add(TrailEntry(at=at, action=action, **details))
        that_day = trail_reading.Wanted(since=DAY.date(), until=DAY.date())
        assert [line.act for line in trail_reading.find(house, that_day).lines] == ["event: at 0"]
        db.session.rollback()


def test_the_older_ones_are_a_click_away_and_none_is_shown_twice(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction() as session:
            house = session.scalars(select(Event).where(Event.slug == "dinner")).one().organisation
            for number in range(trail_reading.PAGE + 5):
                trail.note("service", "guests.edited", f"ticket:{number}", house.id)
        wanted = trail_reading.Wanted(area="guests")
        first = trail_reading.find(house, wanted)
        rest = trail_reading.find(house, trail_reading.Wanted(area="guests", before=first.older))
        told = [line.about for line in (*first.lines, *rest.lines)]
        assert told == [f"ticket {number}" for number in reversed(range(trail_reading.PAGE + 5))]
        assert [line.about for line in trail_reading.every(house, wanted)] == told
        assert rest.older is None
        db.session.rollback()


def test_the_file_holds_all_that_fits_and_no_formula_and_is_noted_itself(acts: Staff) -> None:
    with acts.signed_in("owner") as browser:
        answer = browser.get("/manage/trail.csv?area=orders")
        assert answer.content_type == "text/csv; charset=utf-8"
        rows = answer.text.removeprefix("\ufeff").splitlines()
        assert len(rows) == 2
        assert "'=HYPERLINK" in rows[1]
        assert rows[1].endswith(",order.email_changed")
        assert "Exported" in browser.get("/manage/trail?area=money").text


def test_it_is_read_in_ones_own_language_and_evenings_by_their_names(acts: Staff) -> None:
    with acts.app.app_context(), transaction() as session:
        dinner = session.scalars(select(Event).where(Event.slug == "dinner")).one()
        trail.note("service", "guests.printed", f"event:{dinner.id}", dinner.organisation_id, event=dinner.id)
        trail.note("service", "event.of_tomorrow", "ticket:8", dinner.organisation_id, colour="blue")
        changes = {"values": {"venue": ["", "A garden"]}, "fields": ["venue"]}
        trail.note("service", "event.changed", "dinner", dinner.organisation_id, **changes)
        trail.note("service", "refund.requested", "A7K2Q", dinner.organisation_id, amount=250_000, currency="THB")
        sold = sell("dinner", "A7K2Q", "Somebody", [("Somebody", ""), (None, "")]).lines[1].ticket
        assert sold is not None
        trail.note("service", "guests.edited", f"ticket:{sold.id}", dinner.organisation_id)
        steps = {"before": "draft", "after": "published", "event": dinner.id}
        trail.note("service", "event.publish", "dinner", dinner.organisation_id, **steps)
        counted = {"expected": 120_000, "counted": 120_000}
        trail.note("service", "drawer.closed", f"event:{dinner.id}", dinner.organisation_id, **counted)
    page = shown(acts)
    assert page.count("Dinner for all") == 4
    assert "Evening: " not in page
    assert '<th scope="row">Papers printed</th>' in page
    assert '<th scope="row" lang="en">event: of tomorrow</th>' in page
    assert all(words in page for words in ("Until then: draft", "Expected: ฿1,200"))
    for words in ("colour: blue", "Changed: Venue – → A garden", "Amount: ฿2,500<", "ticket 0002"):
        assert words in page, words
    with acts.signed_in("owner", "fr") as browser:
        read = browser.get("/manage/trail.csv").text
        assert all(words in read for words in ("guests.printed", "brouillon", "Lieu – → A garden"))


def test_nobody_but_owners_reads_it(acts: Staff) -> None:
    for who in ("organiser", "treasurer", "door", "nobody"):
        with acts.signed_in(who) as browser:
            assert browser.get("/manage/trail").status_code == 404, who
            assert browser.get("/manage/trail.csv").status_code == 404, who
    with acts.signed_in("stranger") as browser:
        page = browser.get("/manage/trail").text
        assert "evening secret" in page
        assert "Guest edited" not in page
