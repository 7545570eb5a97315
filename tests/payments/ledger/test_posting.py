"""The books: every entry sums to zero, nothing is booked twice, nothing is rewritten."""

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from events.core.db import db, transaction
from payments.ledger import posting
from payments.ledger.models import (
    BENEFITS,
    FEE_COVER,
    GIFTS,
    REFUNDS_DUE,
    STRIPE_CLEARING,
    UNDER_REVIEW,
    JournalEntry,
    Posting,
)
from payments.orders import placing
from tests.support import world as w


def balances() -> dict[str, int]:
    """What stands on each account, in minor units."""
    db.session.rollback()
    query = select(Posting.account, func.sum(Posting.amount)).group_by(Posting.account)
    return {account: int(total) for account, total in db.session.execute(query)}


def entries() -> list[tuple[str, str, str]]:
    """Journal, kind and memo of every entry, without the order's code."""
    rows = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    return [(row.journal, row.ext_kind, row.memo.partition(" ")[0]) for row in rows]


@pytest.mark.both_engines
def test_a_sale_is_booked_as_meal_gift_and_fee_cover(house: Flask) -> None:
    order_id = w.buy(w.furnish(), {"seat": 2}, gift=50_000, cover_fees=True)
    w.pay(order_id)
    total = w.order(order_id).total
    assert balances() == {
        STRIPE_CLEARING: total,
        BENEFITS: -180_000,
        GIFTS: -170_000,
        FEE_COVER: -(total - 350_000),
    }
    assert entries() == [("sales", "payment", "Order")]


def test_a_gift_alone_has_no_empty_posting(house: Flask) -> None:
    w.pay(w.buy(w.furnish(), {}, gift=50_000))
    assert balances() == {STRIPE_CLEARING: 50_000, GIFTS: -50_000}


@pytest.mark.parametrize("amounts", [{STRIPE_CLEARING: 100}, {STRIPE_CLEARING: 100, GIFTS: -99}, {GIFTS: -1}])
def test_what_does_not_sum_to_zero_is_not_booked(house: Flask, amounts: dict[str, int]) -> None:
    order_id = w.buy(w.furnish())
    with pytest.raises(ValueError, match="do not sum to zero"), transaction():
        posting.post(placing.lock(order_id), "sales", "payment", "pi_x", "a test", amounts)
    assert balances() == {}


@pytest.mark.both_engines
def test_the_same_fact_is_booked_once(house: Flask) -> None:
    order_id = w.buy(w.furnish())
    w.pay(order_id)
    before = balances()
    reference = db.session.scalars(select(JournalEntry.ext_id)).one()
    with pytest.raises(IntegrityError), transaction():
        posting.sale(placing.lock(order_id), reference)
    assert balances() == before


def test_money_that_bought_nothing_is_owed(house: Flask) -> None:
    world = w.furnish()
    order_id = w.buy(world)
    w.pay(order_id)
    w.pay(order_id, payment_intent="pi_twice")
    doubtful = w.buy(world)
    w.pay(doubtful, amount_total=5)
    assert balances()[REFUNDS_DUE] == -150_000
    assert balances()[UNDER_REVIEW] == -5
    assert balances()[STRIPE_CLEARING] == 300_005


def test_money_in_another_currency_is_booked_in_its_own(house: Flask) -> None:
    order_id = w.buy(w.furnish())
    assert w.pay(order_id, currency="EUR") == "needs_review"
    assert set(db.session.scalars(select(Posting.currency))) == {"EUR"}


@pytest.mark.both_engines
@pytest.mark.parametrize("table", ["journal_entry", "posting"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_what_is_booked_stays_as_it_was_booked(house: Flask, table: str, verb: str) -> None:
    w.pay(w.buy(w.furnish()))
    before = balances()
    statement = {"UPDATE": "UPDATE {} SET id = id + 100", "DELETE": "DELETE FROM {}"}[verb].format(table)
    with pytest.raises(DatabaseError, match=f"{table} is append-only"), transaction() as session:
        session.execute(text(statement))
    assert balances() == before
