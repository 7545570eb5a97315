"""Evenings kept for whoever orders: as quick as one question, never older than the rows, and nobody's own."""

from collections.abc import Callable
from datetime import date
from threading import Event as Signal

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import object_session

from events.catalogue import offers
from events.catalogue.models import Event, Organisation, Quota, TicketType, TicketTypeQuota
from events.core.db import db, transaction
from events.core.refusal import NotFound
from payments.offline import terms
from payments.orders.fees import Rate, card_rate
from tests.events.catalogue.conftest import changes
from tests.support.asked import questions
from tests.support.world import in_threads


def _early() -> int:
    return db.session.query(Quota).filter_by(name="early").one().id


def _draw_on_others() -> None:
    """As many links as before, one of them to another quota."""
    here = db.session.get_one(Quota, _early())
    other = Quota(event_id=here.event_id, name="other", size=5)
    db.session.add(other)
    db.session.flush()
    moved = update(TicketTypeQuota).where(TicketTypeQuota.quota_id == here.id).values(quota_id=other.id)
    db.session.execute(moved)
    here.name, other.name = "before", "early"


CHANGES: dict[str, Callable[[], object]] = {
    "a price": lambda: db.session.execute(update(TicketType).values(price=999_900)),
    "the end of sales": lambda: db.session.execute(update(Event).values(sales_end_at=Event.starts_at)),
    "the name of the house": lambda: db.session.execute(update(Organisation).values(name="Another house")),
    "an agreed fee": lambda: terms.agree(
        db.session.query(Organisation).one(), "card", "THB", Rate(100, 0), date(2020, 1, 1), "account:1"
    ),
    "the same for the same day": lambda: terms.agree(
        db.session.query(Organisation).one(), "card", "THB", Rate(200, 0), date(2020, 1, 1), "account:1"
    ),
    "other places in the place of these": _draw_on_others,
    "a type that draws on fewer places": lambda: db.session.execute(
        delete(TicketTypeQuota).where(TicketTypeQuota.quota_id == _early())
    ),
}


def told(evening: Event) -> tuple[object, ...]:
    """What an order takes from it."""
    kinds = [(kind.price, [quota.id for quota in kind.quotas], kind.event.currency) for kind in evening.ticket_types]
    return evening.sales_end_at, evening.organisation.name, card_rate(evening), kinds


@pytest.mark.both_engines
def test_every_change_of_another_process_is_seen_by_the_next_order(app: Flask, other: Flask) -> None:
    for name, change in CHANGES.items():
        with app.app_context():
            before = offers.get("dinner")
        with changes(other):
            change()
        with app.app_context():
            after = offers.get("dinner")
            assert told(after) != told(before), name
            assert offers.get("dinner") is after, name


@pytest.mark.both_engines
def test_unchanged_evening_costs_one_question_before_and_one_inside_the_transaction(app: Flask) -> None:
    with app.app_context():
        first = offers.get("dinner")
        with questions() as asked:
            again = offers.get("dinner")
        assert (again is first, len(asked)) == (True, 1)
        with transaction(), questions() as asked:
            assert offers.still(again) is again
            assert len(asked) == 1


@pytest.mark.both_engines
def test_change_between_form_and_transaction_is_seen_inside(app: Flask, other: Flask) -> None:
    with app.app_context():
        before = offers.get("dinner")
        with changes(other):
            CHANGES["a price"]()
        with transaction():
            inside = offers.still(before)
            assert inside is not before
            assert {kind.price for kind in inside.ticket_types} == {999_900}
            assert db.session.get_one(Event, inside.id) is inside


def test_sold_places_make_no_evening_old(app: Flask) -> None:
    with app.app_context():
        before = offers.get("dinner")
        with transaction():
            db.session.execute(update(Quota).values(sold=Quota.sold + 1))
        assert offers.get("dinner") is before


def test_no_session_takes_a_kept_row_for_its_own(app: Flask) -> None:
    with app.app_context():
        kept = offers.get("dinner")
        for row in (kept, kept.organisation, kept.ticket_types[0], kept.ticket_types[0].quotas[0]):
            assert object_session(row) is None
            with pytest.raises(RuntimeError, match="belongs to no session"):
                db.session.add(row)
        assert not db.session.new


def test_many_threads_read_the_same_rows(app: Flask) -> None:
    ended = Signal()

    def read(number: int) -> object:
        if number == 0:
            for _turn in range(20):
                with transaction():
                    db.session.execute(update(TicketType).values(price=TicketType.price + 100))
            ended.set()
            return None
        seen = []
        while not ended.is_set():
            seen.append(told(offers.get("dinner"))[-1])
        return seen

    found = in_threads(app, 4, read)
    assert all(found[1:])


def test_an_evening_that_is_not_public_is_not_on_offer(app: Flask) -> None:
    with app.app_context():
        with transaction():
            db.session.execute(update(Event).values(status="draft"))
        with pytest.raises(NotFound):
            offers.get("dinner")
        with pytest.raises(NotFound):
            offers.get("nothing-of-that-name")
