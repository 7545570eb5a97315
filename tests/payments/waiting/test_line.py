"""The line in the house: places that come back are kept for it, offered in order, taken, or passed on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.core.refusal import Refusal
from events.editor.selling import offering as selling
from events.mail.models import Letter
from events.tickets.holding import SoldOut
from payments.checkout import offered
from payments.orders import placing
from payments.orders.pricing import Wish, quote
from payments.refunds import following, requesting, steps
from payments.refunds.models import Refund
from payments.waiting import joining, lines, offering, taking
from tests.payments.waiting.conftest import Line, assert_clean, let_go, now_is
from tests.support import world as w

Turn = Callable[[timedelta], None]


def take(line: Line, secret: str, count: int) -> int:
    """The order that takes an offer through the checkout; its id."""
    with transaction():
        event, wish = line.event(), Wish({"seat": count})
        order, _attempt = offered.begin_order(event, quote(event, wish, clock.now()), w.BUYER, wish, secret)
        return order.id


def test_a_place_in_line_counts_from_its_confirmation(line: Line) -> None:
    first, second = line.ask("anna"), line.ask("bao")
    with transaction():
        joining.confirm(second)
    with transaction():
        joining.confirm(first)
    assert [group.name for group in lines.groups(line.world.event_id)] == ["bao", "anna"]
    assert line.states() == {"anna": "waiting", "bao": "waiting"}


def test_what_comes_back_is_kept_for_the_line_and_for_nobody_else(line: Line, pending: Callable[[int], int]) -> None:
    unpaid = pending(2)
    line.join("anna", 3)
    let_go(unpaid)
    assert w.counters(line.world.room_id) == (2, 4)
    with pytest.raises(SoldOut):
        w.buy(line.world, {"seat": 1})
    assert line.event().ticket_types[0].left == 0
    assert_clean()


def test_the_first_who_fits_is_offered_the_places_with_a_letter(line: Line, pending: Callable[[int], int]) -> None:
    unpaid = pending(2)
    line.join("anna", 3)
    line.join("bao", 2)
    line.join("chai", 1)
    let_go(unpaid)
    line.work()
    assert line.states() == {"anna": "waiting", "bao": "offered", "chai": "waiting"}
    assert (line.held("bao"), line.of("anna").passed) == (2, 1)
    letters = db.session.scalars(select(Letter.recipient_email).where(Letter.kind == "waiting_offer")).all()
    assert letters == ["bao@example.org"]
    until = line.of("bao").offered_until
    assert until is not None
    assert timedelta(hours=23, minutes=58) < until - clock.now() <= timedelta(hours=24)
    assert_clean()


def test_an_offer_is_taken_through_the_checkout_and_paid(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 2)
    unpaid = pending(2)
    let_go(unpaid)
    line.work()
    order_id = take(line, secret, 2)
    assert w.counters(line.world.room_id) == (2, 4)
    assert w.pay(order_id) == "paid"
    assert w.counters(line.world.room_id) == (0, 6)
    assert line.states() == {"anna": "taken"}
    with pytest.raises(Refusal, match="no longer kept"):
        take(line, secret, 2)
    assert_clean()


def test_who_takes_fewer_leaves_the_rest_to_the_next(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 2)
    line.join("bao", 1)
    let_go(pending(2))
    line.work()
    take(line, secret, 1)
    line.work()
    assert line.states() == {"anna": "taken", "bao": "offered"}
    assert w.counters(line.world.room_id) == (2, 4)
    assert_clean()


def test_more_than_was_offered_or_something_else_is_refused(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 2)
    let_go(pending(2))
    line.work()
    for wish in (Wish({"seat": 3}), Wish({"table": 1}), Wish({"seat": 1, "table": 1}), Wish({}, gift=50_000)):
        with pytest.raises(Refusal) as refused, transaction():
            taking.claim(line.event(), secret, wish)
        assert refused.value.code == "not_offered"
    assert line.held("anna") == 2


def test_an_offer_is_for_its_own_evening(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 2)
    let_go(pending(2))
    line.work()
    with transaction() as session:
        other = w.evening(line.event().organisation, slug="another")
        other.ticket_types = []  # their public ids are known once
        session.add(other)
    with pytest.raises(Refusal, match="no longer kept"), transaction():
        taking.claim(other, secret, Wish({"seat": 2}))


def test_an_offer_that_nobody_takes_passes_to_the_next(line: Line, pending: Callable[[int], int], later: Turn) -> None:
    secret = line.join("anna", 2)
    line.join("bao", 2)
    let_go(pending(2))
    line.work()
    later(timedelta(hours=23))
    line.work()
    assert line.states() == {"anna": "offered", "bao": "waiting"}
    later(timedelta(hours=24, minutes=1))
    with pytest.raises(Refusal, match="no longer kept"):
        take(line, secret, 2)
    line.work()
    assert line.states() == {"anna": "lapsed", "bao": "offered"}
    assert (line.held("anna"), line.held("bao")) == (0, 2)
    assert_clean()


def test_when_nobody_waits_any_more_what_was_kept_is_for_all(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 3)
    let_go(pending(2))
    with transaction():
        offering.leave(secret)
    assert w.counters(line.world.room_id) == (0, 4)
    w.buy(line.world, {"seat": 2})
    assert line.states() == {"anna": "left"}
    assert_clean()


def test_leaving_an_offer_gives_it_to_the_next(line: Line, pending: Callable[[int], int]) -> None:
    secret = line.join("anna", 1)
    line.join("bao", 1)
    let_go(pending(1))
    line.work()
    with transaction():
        offering.leave(secret)
    assert line.states() == {"anna": "left", "bao": "offered"}
    assert_clean()


def test_seats_of_a_refund_go_to_the_line(line: Line) -> None:
    line.join("anna", 1)
    with transaction():
        order = placing.lock(line.sold)
        wish = requesting.Wish("one", "account:1", {order.lines[0].id: "all"})
        refund_id = requesting.request(line.sold, wish).id
    line.work()
    assert line.states() == {"anna": "waiting"}  # Stripe has not taken it on yet
    with transaction():
        refund = db.session.get_one(Refund, refund_id)
        steps.step(refund, "submitted", "Stripe is asked")
        steps.step(refund, "succeeded", "Stripe's answer")
        following.moved(placing.lock(line.sold), refund)
    line.work()
    assert line.states() == {"anna": "offered"}
    assert_clean()


def test_places_that_the_organiser_adds_are_for_the_line(line: Line) -> None:
    line.join("anna", 3)
    for before, after, held, state in ((4, 6, 2, "waiting"), (6, 7, 3, "offered")):
        with transaction():
            event = line.event()
            values = {"name": "room", "size": after}
            selling.save_quota(event, event.quotas[0], values, before, "account:7")
        assert w.counters(line.world.room_id) == (held, 4)
        line.work()
        assert line.states() == {"anna": state}
    assert_clean()


def test_who_lost_the_order_within_the_time_stands_in_the_old_place(
    line: Line, pending: Callable[[int], int], later: Turn
) -> None:
    secret = line.join("anna", 1)
    line.join("bao", 1)
    let_go(pending(1))
    line.work()
    until = line.of("anna").offered_until
    order_id = take(line, secret, 1)
    later(timedelta(hours=1))
    w.lose(order_id)
    line.work()
    assert line.states() == {"anna": "offered", "bao": "waiting"}
    assert line.of("anna").offered_until == until
    assert_clean()


def test_at_the_end_of_sales_nothing_is_kept_any_more(line: Line, pending: Callable[[int], int], later: Turn) -> None:
    line.join("anna", 3)
    let_go(pending(2))
    later(now_is(timedelta(minutes=50), line.event()))
    with transaction():
        offering.walk(line.world.event_id)
    assert line.states() == {"anna": "over"}
    assert w.counters(line.world.room_id) == (0, 4)
    with pytest.raises(Refusal, match="closed"):
        line.ask("bao")


def test_of_a_cancelled_evening_whoever_waits_or_has_an_offer_is_told_once(
    line: Line, pending: Callable[[int], int]
) -> None:
    unpaid = pending(2)
    line.join("anna", 2)
    line.join("bao", 2)
    line.ask("chai")  # never confirmed
    let_go(unpaid)
    line.work()
    assert line.states() == {"anna": "offered", "bao": "waiting", "chai": "unconfirmed"}
    with transaction():
        db.session.execute(update(Event).where(Event.id == line.world.event_id).values(status="cancelled"))
    for _again in range(2):
        with pytest.raises(TryLater):
            offering.mind({})
    told = select(Letter.recipient_email).where(Letter.kind == "evening_cancelled").order_by(Letter.id)
    assert list(db.session.scalars(told)) == ["anna@example.org", "bao@example.org"]
    assert line.states() == {"anna": "offered", "bao": "over", "chai": "over"}
