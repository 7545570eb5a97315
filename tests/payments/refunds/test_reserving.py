"""The sum of a payment's refunds is kept by one conditional update: whoever is too late is told so."""

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from events.core.db import changed, db, transaction
from payments.orders.models import OrderLine, Payment
from payments.orders.returning import Part, take
from payments.refunds import booking
from tests.support import world as w

pytestmark = pytest.mark.both_engines


def paid_payment() -> int:
    """The id of a payment of 1,500 baht."""
    order_id = w.buy(w.furnish())
    assert w.pay(order_id) == "paid"
    return db.session.scalars(select(Payment.id).filter_by(order_id=order_id)).one()


def test_ten_at_once_reserve_no_more_than_was_paid(house: Flask) -> None:
    payment_id = paid_payment()
    db.session.rollback()

    def reserve(_number: int) -> bool:
        with transaction():
            return booking.reserve(db.session.get_one(Payment, payment_id), 40_000)

    assert sorted(w.in_threads(house, 10, reserve)) == [False] * 7 + [True] * 3
    db.session.expire_all()
    assert db.session.get_one(Payment, payment_id).refunded == 120_000


def test_what_was_lost_to_the_bank_is_not_given_back_too(house: Flask) -> None:
    payment_id = paid_payment()
    with transaction():
        changed(update(Payment).where(Payment.id == payment_id).values(lost=100_000))
        payment = db.session.get_one(Payment, payment_id)
        assert (booking.reserve(payment, 50_001), booking.reserve(payment, 50_000)) == (False, True)


def test_the_database_itself_would_catch_a_mistake(house: Flask) -> None:
    payment_id = paid_payment()
    with pytest.raises(IntegrityError), transaction():
        changed(update(Payment).where(Payment.id == payment_id).values(refunded=150_001))
    with pytest.raises(IntegrityError), transaction():
        changed(update(OrderLine).values(back_gift=OrderLine.gift + 1))


def test_no_part_of_a_line_goes_back_twice(house: Flask) -> None:
    paid_payment()
    with transaction():
        line_id = db.session.scalars(select(OrderLine.id)).one()
        assert take([Part(line_id, benefit=90_000)])
        assert not take([Part(line_id, benefit=1)])
        assert take([Part(line_id, gift=60_000)])
        assert not take([Part(line_id, fee=1)])
