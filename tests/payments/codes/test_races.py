"""The last use of a code is used once; it comes back when the order does, and late money takes it again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue import codes
from events.catalogue.codes import DiscountCode, UsedUp
from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from payments import auditing
from payments.checkout import begin
from payments.orders.models import DiscountUse
from payments.orders.pricing import Wish, quote
from tests.support import world
from tests.support.world import World

pytestmark = pytest.mark.both_engines


@pytest.fixture
def dinner(house: Flask) -> World:
    """An evening with the code SPRING, good for one order."""
    made = world.furnish()
    with transaction() as session:
        spring = DiscountCode(
            event_id=made.event_id, code="SPRING", percent_bp=2_000, use_limit=1, created_at=clock.now()
        )
        session.add(spring)
    return made


def buy(dinner: World) -> int | None:
    """A seat with the code; the order's id, or None for who came too late."""
    try:
        with transaction():
            event = db.session.get_one(Event, dinner.event_id)
            wish = Wish({"seat": 1}, code="SPRING")
            priced = quote(event, wish, clock.now(), codes.find_code(event.id, wish.code))
            order, attempt = begin.begin(event, priced, world.BUYER)
        with transaction():
            begin.record_open(attempt.id, world.session_of(order.id, status="open", payment_status="unpaid"))
        return order.id
    except UsedUp:
        return None


def uses() -> tuple[int, list[str]]:
    """The counter, and the uses as rows."""
    db.session.rollback()
    rows = list(db.session.scalars(select(DiscountUse.status).order_by(DiscountUse.id)))
    return db.session.scalars(select(DiscountCode.uses)).one(), rows


def test_two_buyers_race_for_the_last_use_and_one_has_it(house: Flask, dinner: World) -> None:
    bought = world.in_threads(house, 4, lambda _number: buy(dinner))
    assert len([order_id for order_id in bought if order_id]) == 1
    assert uses() == (1, ["held"])
    assert world.counters(dinner.room_id) == (1, 0)
    assert auditing.audit()[0] == []


def test_an_order_that_expires_gives_its_use_back(dinner: World) -> None:
    first = buy(dinner)
    assert first is not None
    assert buy(dinner) is None
    world.lose(first)
    assert uses() == (0, ["released"])
    assert buy(dinner) is not None


def test_a_paid_order_keeps_its_use(dinner: World) -> None:
    first = buy(dinner)
    assert first is not None
    assert world.pay(first) == "paid"
    assert uses() == (1, ["kept"])
    assert world.order(first).total == 120_000
    assert auditing.audit()[0] == []


def test_late_money_takes_the_use_again(dinner: World) -> None:
    first = buy(dinner)
    assert first is not None
    world.lose(first)
    assert world.pay(first) == "paid"
    assert uses() == (1, ["kept"])
    assert auditing.audit()[0] == []


def test_late_money_goes_back_when_somebody_else_has_the_last_use(dinner: World) -> None:
    first = buy(dinner)
    assert first is not None
    world.lose(first)
    assert buy(dinner) is not None
    assert world.pay(first) == "refund_due"
    assert uses() == (1, ["released", "held"])
    assert world.counters(dinner.room_id) == (1, 0)
    assert auditing.audit()[0] == []


def test_the_audit_sees_a_use_that_was_counted_wrongly(dinner: World) -> None:
    buy(dinner)
    with transaction():
        code_id = db.session.scalars(select(DiscountCode.id)).one()
        codes.give_back(code_id)
    assert [row["rule"] for row in auditing.audit()[0]] == ["code_uses"]


def test_a_code_ends_at_its_hour(dinner: World, turn_clock: Callable[[timedelta], None]) -> None:
    with transaction():
        code = codes.find_code(dinner.event_id, " spr ing ")
        assert code is not None
        code.ends_at = clock.now() + timedelta(hours=1)
    turn_clock(timedelta(hours=2))
    with pytest.raises(Exception, match="code_over"):
        buy(dinner)
