"""Kept pages: quick while nothing changes, and never older than the rows, whoever changed them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from events.catalogue import kept, pages
from events.catalogue.finding import record_raised
from events.catalogue.models import Block, Event, Organisation, Quota, Raised, TicketType, TicketTypeQuota
from events.core import clock
from events.core.db import db, plainly, table_of, transaction
from events.guests.parties import new_party
from events.tickets import holding
from tests.events.catalogue.conftest import changes, words
from tests.support.asked import questions
from tests.support.world import in_threads

PAGE = "/e/dinner?lang=en"


def _the_event() -> Event:
    return db.session.query(Event).filter_by(slug="dinner").one()


def _hold() -> None:
    event = _the_event()
    party = new_party(event.id, "Claire", "claire@example.org", "", "en")
    holding.hold(party.id, {event.quotas[0].id: 2})


def _swap_a_block() -> None:
    """The last one goes and another comes: SQLite gives it the same number."""
    last = db.session.scalars(select(Block).order_by(Block.id.desc())).first()
    assert last is not None
    db.session.execute(delete(Block).where(Block.id == last.id))
    story = {"title": words("Another end"), "text": words("It went on")}
    db.session.add(Block(event_id=last.event_id, position=last.position, kind="story", content=story))


CHANGES: dict[str, tuple[Callable[[], object], str]] = {
    "a title": (lambda: db.session.execute(update(Event).values(title=words("Another"))), "Another [en]"),
    "an address of the house": (lambda: plainly(update(table_of(Organisation)).values(email="n@example.org")), "n@exa"),
    "seats held": (_hold, "94 of 96 seats still free"),
    "money": (lambda: record_raised(_the_event().id, 7_000_000, 0), "70,000"),
    "a price": (lambda: setattr(_the_event().ticket_types[0], "price", 260_000), "2,600"),
    "a block for another": (_swap_a_block, "It went on [en]"),
}


@pytest.mark.both_engines
def test_every_change_is_on_the_next_page_of_every_process(app: Flask, other: Flask, visitor: FlaskClient) -> None:
    for name, (change, said) in CHANGES.items():
        before = visitor.get(PAGE)
        with changes(other):
            change()
        after = visitor.get(PAGE)
        assert said in after.text, name
        assert before.headers["ETag"] != after.headers["ETag"], name
        assert after.headers["ETag"] == other.test_client().get(PAGE).headers["ETag"], name


@pytest.mark.both_engines
def test_another_link_between_tickets_and_places_is_seen(app: Flask, other: Flask, visitor: FlaskClient) -> None:
    with changes(app):
        db.session.execute(update(Quota).where(Quota.name == "early").values(sold=24))
    assert "All 24 are taken" in visitor.get(PAGE).text
    with changes(other):
        early = select(Quota.id).where(Quota.name == "early").scalar_subquery()
        db.session.execute(delete(TicketTypeQuota).where(TicketTypeQuota.quota_id == early))
    assert "All 24 are taken" not in visitor.get(PAGE).text


@pytest.mark.both_engines
def test_unchanged_page_costs_one_question_and_no_transaction(visitor: FlaskClient) -> None:
    first = visitor.get(PAGE)
    with questions() as asked:
        again = visitor.get(PAGE)
    assert again.data == first.data
    assert len(asked) == 1
    assert asked[0].startswith("SELECT")


def test_kept_page_has_the_headers_of_a_written_one_and_is_for_everybody(visitor: FlaskClient) -> None:
    written, from_memory = visitor.get(PAGE), visitor.get(PAGE)
    assert dict(from_memory.headers) == dict(written.headers)
    assert written.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"  # no cookie is among it
    assert "Set-Cookie" not in written.headers
    for name in ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options"):
        assert len(written.headers.getlist(name)) == 1


def test_every_language_and_source_has_a_page_of_its_own(visitor: FlaskClient) -> None:
    for _turn in range(2):
        assert '<html lang="fr">' in visitor.get("/e/dinner?lang=fr").text
        assert '<html lang="th">' in visitor.get("/e/dinner?lang=th").text
        assert "from=choir" in visitor.get(f"{PAGE}&from=choir").text
        assert "from=" not in visitor.get(PAGE).text


def test_page_follows_the_clock_without_any_change(
    visitor: FlaskClient, turn_clock: Callable[[timedelta], None]
) -> None:
    assert "Get tickets" in visitor.get(PAGE).text
    turn_clock(timedelta(days=1))
    assert "in 89 days" in visitor.get(PAGE).text.lower()
    turn_clock(timedelta(days=89, hours=1))
    assert "Tickets are no longer sold online." in visitor.get(PAGE).text
    turn_clock(timedelta())
    assert "Get tickets" in visitor.get(PAGE).text


def test_draft_is_shown_to_nobody_from_memory(app: Flask, visitor: FlaskClient) -> None:
    assert visitor.get(PAGE).status_code == 200
    with changes(app):
        db.session.execute(update(Event).values(status="draft"))
    assert visitor.get(PAGE).status_code == 404


def test_memory_holds_so_many_pages_and_no_more(app: Flask, visitor: FlaskClient) -> None:
    for number in range(kept.MOST + 3):
        visitor.get(f"{PAGE}&from=word{number}")
    assert len(app.extensions["bonsoir-pages"].things) == kept.MOST


def test_page_is_right_until_something_happens_by_itself(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        dinner = _the_event()
        zone_midnight = pages.right_until(dinner, datetime.fromisoformat("2026-11-20T23:10:00+07:00"))
        assert zone_midnight == datetime.fromisoformat("2026-11-21T00:00:00+07:00")
        opens = clock.now() + timedelta(minutes=5)
        dinner.ticket_types[0].sales_start_at = opens
        assert pages.right_until(dinner, opens - timedelta(seconds=1)) == opens
        assert pages.right_until(dinner, opens) > opens
        last_offer = dinner.sales_end_at - pages.LAST_OFFER
        assert pages.right_until(dinner, last_offer - timedelta(seconds=1)) == last_offer
        session.rollback()


def test_every_change_of_a_row_draws_another_mark(app: Flask) -> None:
    with changes(app):
        record_raised(_the_event().id, 1, 0)
        for model in (Organisation, Event, Block, TicketType, Quota, Raised):
            before = db.session.scalars(select(model.mark).order_by(model.id)).all()
            db.session.execute(update(model).values(id=model.id))
            after = db.session.scalars(select(model.mark).order_by(model.id)).all()
            assert len(before) == len(after) > 0
            assert not set(before) & set(after), model


def test_page_that_many_want_at_once_is_written_once(app: Flask, visitor: FlaskClient) -> None:
    assert visitor.get(PAGE).status_code == 200
    with changes(app):
        db.session.execute(update(Event).values(title=words("Another")))
    with questions() as asked:
        found = in_threads(app, 6, lambda _number: app.test_client().get(PAGE).text)
    assert all("Another [en]" in page for page in found)
    assert sum("block.content" in one for one in asked) == 1
