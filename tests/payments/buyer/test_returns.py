"""A buyer gives a seat back: the money goes back within the rules, or stays, and is then a gift in every book."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.finding import find_raised
from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.core.refusal import NotFound, Refusal
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments import auditing
from payments.buyer import returns
from payments.buyer.models import ReturnTerms
from payments.buyer.returns import GIFT, MONEY
from payments.ledger.models import JournalEntry, Posting
from payments.orders.models import Order, Payment
from payments.receipts import judging
from payments.refunds import requesting
from tests.payments.receipts.steps import receipts_of
from tests.support import world as w

Turn = Callable[[timedelta], None]


@pytest.fixture
def world(house: Flask) -> w.World:
    """An evening."""
    return w.furnish()


def paid(world: w.World, tickets: dict[str, int], gift: int = 0) -> Order:
    """A paid order, newly read."""
    order_id = w.buy(world, tickets, gift)
    assert w.pay(order_id) == "paid"
    return w.order(order_id)


def numbers(order: Order) -> list[str]:
    """Its tickets' numbers."""
    query = select(Ticket).where(Ticket.party_id == order.party_id).order_by(Ticket.number)
    return [ticket.short_number for ticket in db.session.scalars(query)]


def allow(world: w.World, days: int = 30, share_bp: int = 10_000, gifts_stay: bool = True) -> None:
    """The organiser lets money go back for some days."""
    terms = ReturnTerms(
        event_id=world.event_id, until=clock.now() + timedelta(days=days), share_bp=share_bp, gifts_stay=gifts_stay
    )
    with transaction():
        returns.set_terms(db.session.get_one(Event, world.event_id), terms, "account:1")


def give(order: Order, which: list[str], how: str) -> Order:
    """Give these seats back; the order, newly read."""
    with transaction():
        returns.give_back(order.id, which, how)
    return w.order(order.id)


def assert_clean() -> None:
    """The audit finds nothing."""
    db.session.rollback()
    assert auditing.audit()[0] == []


def test_a_seat_given_back_without_the_money_is_a_gift_in_every_book(world: w.World) -> None:
    order = paid(world, {"seat": 2}, gift=50_000)
    (first,) = receipts_of(order)
    order = give(order, numbers(order)[:1], GIFT)
    assert w.counters(world.room_id) == (0, 1)
    assert [line.turned for line in order.lines] == [90_000, 0, 0]
    assert [line.left for line in order.lines] == [150_000, 150_000, 50_000]
    raised = find_raised(world.event_id)
    assert raised is not None
    assert (raised.gifts, raised.benefits) == (60_000 + 150_000 + 50_000, 90_000)
    entry = db.session.scalars(select(JournalEntry).filter_by(ext_kind="seat_given")).one()
    moved = dict(db.session.execute(select(Posting.account, Posting.amount).filter_by(entry_id=entry.id)).all())
    assert moved == {"income:tickets:benefits": 90_000, "income:donations": -90_000}
    old, new = receipts_of(order)
    assert (old.id, old.state, new.state, new.replaces_id) == (first.id, "cancelled", "issued", first.id)
    assert (new.paid, new.benefit, new.eligible) == (350_000, 90_000, 260_000)
    assert judging.given_of(order).gift == 200_000
    assert db.session.scalars(select(Payment.refunded).filter_by(order_id=order.id)).one() == 0
    letters = db.session.scalars(select(Letter.kind).where(Letter.recipient_email == order.party.email)).all()
    assert "seat_given" in letters
    assert order.status == "paid"
    assert_clean()


def test_a_seat_is_given_back_once(world: w.World) -> None:
    order = paid(world, {"seat": 2})
    mine = numbers(order)[:1]
    give(order, mine, GIFT)
    for how in (GIFT, MONEY):
        with pytest.raises(NotFound):
            give(order, mine, how)
    assert w.counters(world.room_id) == (0, 1)


def test_a_whole_order_may_become_a_gift(world: w.World) -> None:
    order = paid(world, {"seat": 2})
    order = give(order, numbers(order), GIFT)
    assert (order.status, w.counters(world.room_id)) == ("paid", (0, 0))
    assert receipts_of(order)[-1].eligible == 300_000
    assert_clean()


def test_what_became_a_gift_can_still_be_given_back_by_staff(world: w.World) -> None:
    order = paid(world, {"seat": 2})
    order = give(order, numbers(order)[:1], GIFT)
    with transaction():
        wish = requesting.Wish("one", "account:1", {order.lines[0].id: "all"})
        refund = requesting.request(order.id, wish)
        assert (refund.amount, [line.gift for line in refund.lines]) == (150_000, [150_000])
    assert w.order(order.id).lines[0].left == 0
    assert_clean()


def test_without_rules_no_money_goes_back(world: w.World) -> None:
    order = paid(world, {"seat": 1})
    assert not returns.pays_back(order)
    with pytest.raises(Refusal) as refused:
        give(order, numbers(order), MONEY)
    assert refused.value.code == "not_now"


@pytest.mark.parametrize(
    ("share_bp", "gifts_stay", "benefit", "gift"),
    [
        (10_000, True, 90_000, 0),
        (5_000, True, 45_000, 0),
        (10_000, False, 90_000, 60_000),
        (3_333, False, 29_997, 19_998),
    ],
)
def test_within_the_rules_a_share_goes_back(
    world: w.World, share_bp: int, gifts_stay: bool, benefit: int, gift: int
) -> None:
    order = paid(world, {"seat": 2})
    allow(world, share_bp=share_bp, gifts_stay=gifts_stay)
    mine = numbers(order)[:1]
    assert returns.outcome(order, mine, MONEY).back == benefit + gift
    order = give(order, mine, MONEY)
    (refund,) = order.refunds
    assert (refund.amount, refund.actor, refund.why) == (benefit + gift, "buyer", "lines")
    assert (order.lines[0].back_benefit, order.lines[0].back_gift) == (benefit, gift)
    statuses = db.session.scalars(
        select(Ticket.status).where(Ticket.party_id == order.party_id).order_by(Ticket.number)
    )
    assert list(statuses) == ["void", "valid"]
    assert receipts_of(order)[-1].benefit == 180_000 - benefit
    assert_clean()


def test_after_the_last_day_only_the_gift_is_left(world: w.World, turn_clock: Turn) -> None:
    turn_clock(timedelta())
    order = paid(world, {"seat": 2})
    allow(world, days=2)
    turn_clock(timedelta(days=2, minutes=1))
    with pytest.raises(Refusal, match="No money goes back any more"):
        give(order, numbers(order)[:1], MONEY)
    give(order, numbers(order)[:1], GIFT)


def test_for_money_a_table_goes_back_whole_and_for_nothing_chair_by_chair(world: w.World, turn_clock: Turn) -> None:
    turn_clock(timedelta())
    order = paid(world, {"table": 1, "seat": 1})
    allow(world, days=2)
    table = [line.ticket.short_number for line in order.lines if line.bundle_id and line.ticket]
    with pytest.raises(Refusal) as refused:
        give(order, table[:2], MONEY)
    assert refused.value.code == "whole_table"
    give(order, table[:1], GIFT)
    assert w.counters(world.room_id) == (0, 8)
    give(order, table[1:], MONEY)
    assert_clean()


def test_tickets_of_others_are_not_found(world: w.World) -> None:
    order, other = paid(world, {"seat": 1}), paid(world, {"seat": 1})
    with pytest.raises(NotFound):
        give(order, numbers(other), GIFT)
    with pytest.raises(Refusal, match="Choose what"):
        give(order, [], GIFT)
