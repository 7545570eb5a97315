"""An order and its history: frozen when it is placed, moved only along the table."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from events.core import tokens
from events.core.db import db, transaction
from events.core.refusal import NotFound
from payments.orders import placing
from payments.orders.models import STATUSES, TRANSITIONS, OrderLine, OrderStatus
from tests.support import world as w


def path(order_id: int) -> list[tuple[str | None, str]]:
    """The steps an order took."""
    db.session.rollback()
    steps = db.session.scalars(select(OrderStatus).where(OrderStatus.order_id == order_id).order_by(OrderStatus.id))
    return [(step.from_status, step.to_status) for step in steps]


def test_amounts_are_frozen_when_it_is_placed(house: Flask) -> None:
    world = w.furnish()
    order_id = w.buy(world, {"seat": 1, "table": 1}, gift=50_000, cover_fees=True)
    with transaction():
        for kind in w.order(order_id).event.ticket_types:
            kind.price, kind.benefit = 1, 1
    order = w.order(order_id)
    assert order.total == sum(line.amount for line in order.lines) > 1_200_000
    assert [line.kind for line in order.lines] == ["ticket"] * 9 + ["gift", "fee_cover"]
    assert path(order_id) == [(None, "held")]


def test_the_address_is_long_and_the_code_is_short(house: Flask) -> None:
    order = w.order(w.buy(w.furnish()))
    assert len(order.token) == 27
    assert len(order.code) == 5
    assert placing.get_by_token(order.token) is order
    assert placing.find_by_token(order.code) is None
    with pytest.raises(NotFound):
        placing.get_by_token("guessed")


@pytest.mark.both_engines
def test_a_code_that_is_taken_is_not_given_twice(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = w.furnish()
    first = w.order(w.buy(world)).code
    drawn = iter([first, first, "ZZZZ9"])
    monkeypatch.setattr(tokens, "new_reference", lambda *_length: next(drawn))
    order = w.order(w.buy(world))
    assert (order.code, order.party.booking) == ("ZZZZ9", "ZZZZ9")
    assert path(order.id) == [(None, "held")]


@pytest.mark.both_engines
def test_one_of_eight_takes_a_step(house: Flask) -> None:
    order_id = w.buy(w.furnish())

    def step(_number: int) -> bool:
        with transaction():
            order = placing.lock(order_id)
            return order.status == "held" and placing.move(order, "expired", "a test")

    assert sorted(w.in_threads(house, 8, step)) == [False] * 7 + [True]
    assert path(order_id) == [(None, "held"), ("held", "expired")]


def test_a_step_from_where_it_no_longer_stands_is_not_taken(house: Flask) -> None:
    order_id = w.buy(w.furnish())
    with transaction() as session:
        order = placing.lock(order_id)
        assert placing.move(order, "expired", "a test")
        session.expunge(order)
        order.status = "held"  # as somebody read it who came too late
        assert not placing.move(order, "cancelled", "a test")
    assert path(order_id)[-1] == ("held", "expired")


@pytest.mark.parametrize("to_status", ["held", "expired", "processing"])
def test_a_step_that_the_table_does_not_have_is_a_mistake(house: Flask, to_status: str) -> None:
    order_id = w.buy(w.furnish())
    w.pay(order_id)
    with transaction(), pytest.raises(ValueError, match=f"from paid to {to_status}"):
        placing.move(placing.lock(order_id), to_status, "a test")


def test_the_table_names_known_statuses_and_leaves_none_out() -> None:
    named = {status for before, after, _trigger in TRANSITIONS for status in (before, after)}
    assert named == set(STATUSES)
    assert len({step[:2] for step in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("kind", "amount", "benefit", "gift"),
    [("ticket", 100, 60, 30), ("gift", 100, -1, 101), ("fee_cover", 100, 0, 100), ("gratuity", 100, 0, 100)],
)
def test_the_database_refuses_a_line_that_does_not_add_up(
    house: Flask, kind: str, amount: int, benefit: int, gift: int
) -> None:
    order_id = w.buy(w.furnish())
    line = OrderLine(order_id=order_id, kind=kind, name={}, amount=amount, benefit=benefit, gift=gift)
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(line)
