"""Turns before Stripe: nobody notices them on an ordinary day, and in a rush they come in the order of arrival."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, i18n
from events.core.db import db, transaction
from payments.checkout import begin, in_line
from payments.checkout.models import Attempt
from payments.gateway.parameters import SESSION_LIFE
from payments.orders import lining, pacing
from payments.orders.models import Order, OrderStatus
from payments.orders.pacing import Pace, Turn
from tests.support import world as w

pytestmark = pytest.mark.usefixtures("house")

NOON = datetime(2031, 9, 1, 12, 0, tzinfo=UTC)
Turned = Callable[[timedelta], None]


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> Turned:
    """The clock stands at noon; it is told to stand so much later."""

    def stand(after: timedelta = timedelta()) -> None:
        monkeypatch.setattr(clock, "now", lambda *_file: NOON + after)  # a stand-in beside us asks, too

    stand()
    return stand


def placed(world: w.World, count: int) -> list[int]:
    """So many orders, one after the other; their ids."""
    ids = []
    for _ in range(count):
        with transaction():
            order, _attempt = begin.begin(db.session.get_one(Event, world.event_id), w.priced(world), w.BUYER)
            ids.append(order.id)
    return ids


def turns() -> dict[int, int]:
    """When it is whose turn, in milliseconds of the line's own time."""
    db.session.rollback()
    return {row.order_id: row.at for row in db.session.execute(select(Turn.order_id, Turn.at))}


def test_nobody_stands_in_line_on_an_ordinary_day(stands: Turned) -> None:
    world = w.furnish(room=50, kitchen=50)
    for seconds in range(12):
        stands(timedelta(seconds=seconds))
        placed(world, 4)
    assert turns() == {}
    assert set(db.session.scalars(select(Order.status))) == {"held"}


@pytest.mark.usefixtures("stands")
def test_in_a_rush_turns_come_in_the_order_of_arrival() -> None:
    ids = placed(w.furnish(room=50, kitchen=50), 40)
    in_turn = turns()
    waiting = [order_id for order_id in ids if order_id in in_turn]
    assert waiting == ids[-len(waiting) :]
    times = [in_turn[order_id] for order_id in waiting]
    assert {later - sooner for sooner, later in zip(times, times[1:], strict=False)} == {pacing.STEP}
    last = w.order(ids[-1])
    assert last.status == "waiting"
    assert pacing.place_of(last.id) == pacing.Place(35, 1.75, 0)
    assert len(waiting) == 35


@pytest.mark.usefixtures("stands")
def test_the_promise_and_the_pay_page_live_from_the_turn_on() -> None:
    order_id = placed(w.furnish(room=50, kitchen=50), 40)[-1]
    order, attempt = w.order(order_id), Attempt.live_of(order_id)
    assert attempt is not None
    assert order.held_until == attempt.expires_at
    assert order.held_until - order.created_at > SESSION_LIFE
    assert attempt.params["expires_at"] == int(attempt.expires_at.timestamp())
    steps = select(OrderStatus.to_status, OrderStatus.trigger).filter_by(order_id=order_id).order_by(OrderStatus.id)
    assert db.session.execute(steps).all() == [("held", "placed"), ("waiting", in_line.IN_TURN)]


@pytest.mark.usefixtures("stands")
def test_a_429_stops_the_whole_line_once_and_the_refused_one_is_next() -> None:
    ids = placed(w.furnish(room=50, kitchen=50), 40)
    first, last = ids[0], ids[-1]
    before, attempts = pacing.wait(last), [Attempt.live_of(order_id) for order_id in ids[:3]]
    for attempt in attempts:
        with transaction():
            in_line.was_too_much(attempt.id if attempt else 0)
    assert (before, pacing.wait(last)) == (1.75, 2.75)
    assert [pacing.wait(order_id) for order_id in ids[:3]] == [1.0, 1.0, 1.0]
    assert w.order(first).status == "waiting"
    assert pacing.place_of(last) == pacing.Place(55, 2.75, 0)


def test_nobody_waits_for_a_clock_that_was_set_back(stands: Turned) -> None:
    world = w.furnish(room=50, kitchen=50)
    stands(timedelta(hours=1))
    placed(world, 40)
    stands(timedelta())
    assert pacing.wait(max(turns())) == 0
    new = placed(world, 1)
    assert pacing.place_of(new[0]) is None
    assert w.order(new[0]).status == "held"


def test_a_turn_long_over_is_no_line_any_more(stands: Turned) -> None:
    order_id = placed(w.furnish(room=50, kitchen=50), 40)[-1]
    with i18n.in_language("en"):
        assert lining.shown(w.order(order_id)) is not None
        stands(timedelta(minutes=2))
        assert lining.shown(w.order(order_id)) is None


def test_who_takes_the_first_turn_of_all_makes_the_row() -> None:
    ids = placed(w.furnish(), 2)
    assert [row.name for row in db.session.scalars(select(Pace))] == ["stripe"]
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "in a moment"),
        (5, "in a moment"),
        (5.1, "about 10 seconds"),
        (31, "about 40 seconds"),
        (56, "about one minute"),
        (61, "about 2 minutes"),
    ],
)
def test_a_wait_is_told_as_people_say_it(house: Flask, seconds: float, words: str) -> None:
    with i18n.in_language("en"):
        assert words in lining.in_words(seconds)
