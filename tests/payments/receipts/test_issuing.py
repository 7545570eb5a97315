"""Receipts: what is eligible, and numbers without a gap whatever is rolled back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import clock
from events.core.db import db, transaction
from payments.orders import placing
from payments.receipts import issuing
from payments.receipts.models import Receipt, ReceiptSeries
from payments.receipts.thresholds import RULES
from tests.support import world as w

SILVESTER = datetime(2030, 12, 31, 16, 59, tzinfo=UTC)  # one minute before midnight in Bangkok


def receipt_of(order_id: int) -> Receipt:
    """The one receipt of an order."""
    db.session.rollback()
    return db.session.scalars(select(Receipt).where(Receipt.order_id == order_id)).one()


@pytest.mark.both_engines
def test_fifty_at_once_with_five_rolled_back_are_1_to_45(house: Flask) -> None:
    order_id = w.buy(w.furnish())

    def issue(number: int) -> None:
        try:
            with transaction():
                issuing.issue(placing.lock(order_id))
                if number % 10 == 0:
                    raise LookupError
        except LookupError:
            pass

    w.in_threads(house, 50, issue)
    db.session.rollback()
    assert sorted(db.session.scalars(select(Receipt.sequence))) == list(range(1, 46))
    assert db.session.scalars(select(ReceiptSeries.last)).one() == 45


@pytest.mark.both_engines
def test_orders_settled_side_by_side_share_one_series(house: Flask) -> None:
    world = w.furnish()
    orders = [w.buy(world) for _ in range(12)]
    assert w.in_threads(house, 12, lambda number: w.pay(orders[number])) == ["paid"] * 12
    assert sorted(receipt_of(order_id).sequence for order_id in orders) == list(range(1, 13))
    assert w.counters(world.room_id) == (0, 12)


def test_the_meal_is_not_eligible_and_both_are_shown(house: Flask) -> None:
    order_id = w.buy(w.furnish(), {"seat": 2}, gift=50_000)
    w.pay(order_id)
    receipt = receipt_of(order_id)
    assert (receipt.paid, receipt.benefit, receipt.eligible, receipt.currency) == (350_000, 180_000, 170_000, "THB")
    assert (receipt.state, receipt.donor_name) == ("issued", "Claire Fontaine")
    assert receipt.rule_version == RULES["generic"].version


def test_the_year_is_that_of_the_organisation_and_each_begins_at_one(
    house: Flask, turn_clock: Callable[[timedelta], None]
) -> None:
    turn_clock(SILVESTER - clock.now())
    world = w.furnish()
    old = w.buy(world)
    w.pay(old)
    new = w.buy(world)
    turn_clock(timedelta(0))
    turn_clock(SILVESTER + timedelta(minutes=5) - clock.now())
    w.pay(new)
    assert (receipt_of(old).number, receipt_of(new).number) == ("R-2030-000001", "R-2031-000001")


def test_paying_twice_gives_one_receipt(house: Flask) -> None:
    order_id = w.buy(w.furnish())
    assert [w.pay(order_id), w.pay(order_id), w.pay(order_id, payment_intent="pi_twice")] == [
        "paid",
        "already_fulfilled",
        "refund_due",
    ]
    assert receipt_of(order_id).sequence == 1
