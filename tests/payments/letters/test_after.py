"""The morning after an evening: whom it thanks, for what, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.mail.catcher import RunningCatcher
from events.mail.links import absolute
from payments.orders import thanking
from payments.orders.models import Order
from tests.payments.letters.conftest import begin_in, bought, flat, sent, thanked
from tests.support.world import World, order


def test_morning_after_comes_when_everybody_has_slept() -> None:
    def due(ends: str) -> str:
        event = Event(time_zone="Asia/Bangkok", ends_at=datetime.fromisoformat(ends).astimezone(UTC))
        return thanking.due_at(event).isoformat()[:16]

    assert due("2027-02-28T22:30+07:00") == "2027-03-01T10:00"
    assert due("2027-03-01T02:00+07:00") == "2027-03-01T10:00"
    assert due("2027-02-28T14:00+07:00") == "2027-03-01T10:00"
    assert due("2027-03-01T05:00+07:00") == "2027-03-02T10:00"


@pytest.mark.both_engines
def test_buyers_are_thanked_the_day_after_and_once(world: World) -> None:
    bought(world, {"seat": 2})
    begin_in(world, timedelta(hours=-5))
    assert thanked() == []
    begin_in(world, timedelta(hours=-40))
    assert [letter.recipient_email for letter in thanked()] == ["claire@example.org"]
    assert len(thanked()) == 1


def test_nobody_is_thanked_for_an_evening_that_was_cancelled_and_put_away(world: World) -> None:
    bought(world, {"seat": 2})
    begin_in(world, timedelta(hours=-40))
    with transaction():
        db.session.execute(update(Event).values(status="archived", cancelled_at=clock.now()))
    assert thanked() == []
    with transaction():
        db.session.execute(update(Event).values(cancelled_at=None))
    assert len(thanked()) == 1


@pytest.mark.parametrize("part", ["text", "html"])
def test_thanks_say_what_the_order_came_to(app: Flask, world: World, mailbox: RunningCatcher, part: str) -> None:
    order_id = bought(world, {"seat": 2}, gift=50_000)
    begin_in(world, timedelta(hours=-40))
    with transaction():  # one seat went back
        line = next(line for line in db.session.get_one(Order, order_id).lines if line.kind == "ticket")
        line.back_benefit, line.back_gift = line.benefit, line.gift
        db.session.get_one(Order, order_id).status = "partly_refunded"
    thanked()
    (letter,) = sent(mailbox, thanking.LETTER)
    said = flat(getattr(letter, part))
    with app.test_request_context():
        money = app.jinja_env.filters["money"]
        amounts = [flat(money(amount, "THB", "fr")) for amount in (200_000, 90_000, 110_000)]
    assert [amount for amount in amounts if amount not in said] == []
    bought_again = order(order_id)
    (number,) = [receipt.number for receipt in bought_again.receipts if receipt.state == "issued"]
    assert absolute("receipts.own_paper", token=bought_again.token, number=number) in said
    assert letter.attachments == []


@pytest.mark.parametrize(
    ("status", "evening"),
    [("refunded", "published"), ("cancelled", "published"), ("refund_due", "published"), ("paid", "cancelled")],
)
def test_what_was_refunded_or_cancelled_is_not_thanked_for(world: World, status: str, evening: str) -> None:
    order_id = bought(world, {"seat": 1})
    begin_in(world, timedelta(hours=-40), status=evening)
    with transaction() as session:
        session.execute(update(Order).where(Order.id == order_id).values(status=status))
    assert thanked() == []


def test_long_past_evening_and_later_gifts_are_left_alone(world: World) -> None:
    order_id = bought(world, {"seat": 1})
    begin_in(world, timedelta(days=-4))
    assert thanked() == []
    begin_in(world, timedelta(hours=-40))
    with transaction() as session:
        session.execute(update(Order).where(Order.id == order_id).values(paid_at=clock.now()))
    assert thanked() == []
