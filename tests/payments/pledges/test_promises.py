"""Promises: no money until they are paid, paid once, taken up again, withdrawn, reminded, let go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.catalogue.finding import find_raised
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.refusal import Refusal
from events.mail.models import Letter
from payments import auditing
from payments.ledger.models import JournalEntry
from payments.offline.arranging import Terms
from payments.orders.models import Order, Payment
from payments.pledges import course, paying, reminding, totals
from payments.pledges.models import Pledge
from tests.support import world as w
from tests.support.room import HOME, evening, open_room, order_of, pledge

DAY = timedelta(days=1)


def letters(kind: str) -> int:
    """How many letters of this kind there are."""
    return db.session.scalar(select(func.count(Letter.id)).where(Letter.kind == kind)) or 0


def entries() -> int:
    """How many entries the books have."""
    return db.session.scalar(select(func.count(JournalEntry.id))) or 0


def clean() -> list[dict[str, str]]:
    """What the audit finds."""
    end_reading()
    return auditing.audit()[0]


def test_a_promise_is_no_money_until_it_is_paid(house: Flask) -> None:
    room = open_room(house)
    answer = room.give("promise", gift="500")
    assert (answer.status_code, "/pledges/" in answer.headers["Location"]) == (303, True)
    made = room.pledges()[0]
    assert (made.status, made.amount, made.order_id) == ("promised", 50_000, None)
    assert (entries(), letters("pledge_made"), find_raised(room.world.event_id)) == (0, 1, None)
    sums = totals.of_event(room.world.event_id)
    assert (sums.paid, sums.promised) == (0, 50_000)
    page = room.browser.get(answer.headers["Location"], base_url=HOME)
    assert "Pay now" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    room.pay(made.id)
    assert w.pay(order_of(made.id)) == "paid"
    sums = totals.of_event(room.world.event_id)
    assert (pledge(made.id).status, sums.paid, sums.promised) == ("paid", 50_000, 0)
    raised = find_raised(room.world.event_id)
    assert raised is not None
    assert (raised.gifts, entries(), letters("order_paid")) == (50_000, 1, 1)
    again = room.pay(made.id)
    assert (again.status_code, again.headers["Location"]) == (303, f"/o/{w.order(order_of(made.id)).token}/pay")
    assert clean() == []


def test_a_button_pressed_twice_promises_once(house: Flask) -> None:
    room = open_room(house)
    first, second = (room.give("promise", key="the same page") for _press in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (len(room.pledges()), letters("pledge_made")) == (1, 1)
    room.give("promise", key="another page")
    assert len(room.pledges()) == 2


@pytest.mark.both_engines
def test_two_who_pay_one_promise_at_once_pay_one_order(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    secret = pledge(pledge_id).token

    def press(_number: int) -> int:
        while True:
            try:
                with transaction():
                    return paying.pay_by_card(secret)[0].id
            except Refusal as refusal:
                assert isinstance(refusal, paying.PressedTwice)
            finally:
                db.session.remove()

    orders = w.in_threads(house, 2, press)
    assert orders == [order_of(pledge_id)] * 2
    assert db.session.scalar(select(func.count(Order.id))) == 1
    outcomes = sorted(w.in_threads(house, 2, lambda number: w.pay(orders[0], payment_intent=f"pi_of_{number}")))
    assert outcomes == ["paid", "refund_due"]
    assert pledge(pledge_id).status == "paid"
    assert totals.of_event(room.world.event_id).paid == 50_000
    assert clean() == []


def test_a_pay_page_that_ran_out_is_followed_by_another_of_the_same_order(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    room.pay(pledge_id)
    order_id = order_of(pledge_id)
    first = w.session_of(order_id)
    assert w.lose(order_id) == "expired"
    assert pledge(pledge_id).status == "promised"
    assert room.pay(pledge_id).status_code == 303
    assert order_of(pledge_id) == order_id
    assert w.order(order_id).status in ("held", "waiting")
    assert w.session_of(order_id).payment_intent != first.payment_intent
    assert w.pay(order_id) == "paid"
    assert w.pay(order_id, payment_intent=first.payment_intent) == "refund_due"  # the old page, late
    assert pledge(pledge_id).status == "paid"
    assert clean() == []


def test_cash_at_the_desk_and_a_card_at_once_are_paid_once(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    room.pay(pledge_id)
    with transaction():
        paying.money_is_here(course.get(room.world.event_id, pledge_id), "cash", "", "account:1")
    assert pledge(pledge_id).status == "paid"
    assert w.pay(order_of(pledge_id)) == "refund_due"
    payments = db.session.execute(select(Payment.provider, Payment.outcome).order_by(Payment.id)).all()
    assert [tuple(row) for row in payments] == [("cash", "fulfilled"), ("stripe", "refund_due")]
    assert totals.of_event(room.world.event_id).paid == 50_000
    with pytest.raises(Refusal, match="paid or withdrawn"), transaction():
        paying.money_is_here(course.get(room.world.event_id, pledge_id), "cash", "", "account:1")
    assert clean() == []


@pytest.mark.parametrize("way", ["cash", "transfer"])
def test_money_in_hand_pays_a_promise_that_nobody_began_to_pay(house: Flask, way: str) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    with transaction():
        order = paying.money_is_here(course.get(room.world.event_id, pledge_id), way, "", "account:1")
        assert (order.status, order.way) == ("paid", way)
    assert (pledge(pledge_id).status, letters("transfer_asked"), letters("order_paid")) == ("paid", 0, 1)
    assert clean() == []


def test_an_invoiced_promise_is_paid_by_its_transfer_alone(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    with transaction():
        terms = Terms("transfer", clock.now() + 30 * DAY, "Maison Exemple", "", "")
        paying.invoice(course.get(room.world.event_id, pledge_id), terms, "account:1")
    assert (pledge(pledge_id).status, letters("transfer_asked"), entries()) == ("promised", 1, 0)
    page = room.browser.get(f"/pledges/{pledge(pledge_id).token}?lang=en", base_url=HOME).text
    assert w.order(order_of(pledge_id)).transfer_reference in page
    assert "Pay now" not in page
    answer = room.pay(pledge_id)
    order = w.order(order_of(pledge_id))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/o/{order.token}/pay")
    assert (order.way, order.status) == ("transfer", "held")
    with pytest.raises(Refusal, match="invoiced"), transaction():
        paying.money_is_here(course.get(room.world.event_id, pledge_id), "cash", "", "account:1")
    with transaction():
        paying.money_is_here(course.get(room.world.event_id, pledge_id), "transfer", "", "account:1")
    assert pledge(pledge_id).status == "paid"
    assert clean() == []


def test_a_withdrawn_promise_takes_no_money_but_what_was_being_paid_just_then(house: Flask) -> None:
    room = open_room(house)
    first, second = room.promise(), room.promise(amount=60_000)
    room.pay(second)
    for pledge_id in (first, second):
        with pytest.raises(Refusal, match="why"), transaction():
            course.withdraw(course.get(room.world.event_id, pledge_id), "", "account:1")
        with transaction():
            course.withdraw(course.get(room.world.event_id, pledge_id), "a mistake", "account:1")
    assert [room.pay(pledge_id).status_code for pledge_id in (first, second)] == [409, 409]
    assert pledge(first).order_id is None
    assert totals.of_event(room.world.event_id).promised == 0
    assert w.pay(order_of(second)) == "paid"
    assert pledge(second).status == "paid"
    assert clean() == []


def test_whoever_promised_is_reminded_once_and_never_after_paying(
    house: Flask, turn_clock: Callable[[timedelta], None]
) -> None:
    room = open_room(house)
    open_one, paid_one = room.promise(), room.promise(email="paul@example.org")
    nobody = room.promise(email="", paddle="27")
    room.pay(paid_one)
    w.pay(order_of(paid_one))
    turn_clock(6 * DAY)
    assert reminding.look() == (0, 0)
    turn_clock(8 * DAY)
    assert reminding.look() == (1, 0)
    turn_clock(16 * DAY)
    assert reminding.look() == (0, 0)
    assert (letters("pledge_reminder"), pledge(open_one).reminders, pledge(nobody).reminders) == (1, 1, 0)
    for pledge_id in (paid_one, nobody):
        with pytest.raises(Refusal, match="nothing is owed"), transaction():
            reminding.remind_by_hand(course.get(room.world.event_id, pledge_id), "account:1")
        assert pledge(pledge_id).reminders == 0
    turn_clock(91 * DAY)
    assert reminding.look() == (0, 2)
    assert [pledge(one).status for one in (open_one, paid_one, nobody)] == ["lapsed", "paid", "lapsed"]
    room.pay(open_one)
    assert w.pay(order_of(open_one)) == "paid"
    assert pledge(open_one).status == "paid"


def test_a_course_that_the_table_does_not_have_is_refused(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    with transaction():
        course.withdraw(course.get(room.world.event_id, pledge_id), "a mistake", "account:1")
    with pytest.raises(ValueError, match="does not go from withdrawn to promised"), transaction():
        course.move(course.get(room.world.event_id, pledge_id), "promised", "why not")
    assert evening(room).id == db.session.get_one(Pledge, pledge_id).event_id
