"""Stripe's books in ours, over the stand-in: fees, late bookings, exchange, strangers' money, refunds on their way."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events.core.db import db, transaction
from payments.gateway.sandbox import balances
from payments.gateway.stripe_api import current_gateway
from payments.ledger import books
from payments.ledger.models import (
    BENEFITS,
    CONVERSION,
    GIFTS,
    REFUNDS_IN_TRANSIT,
    STRIPE_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
    BalanceTransaction,
)
from payments.webhooks import reconciling
from tests.support.linked import Linked

pytestmark = pytest.mark.both_engines

FEE = 6_475  # of a seat at 1,500 baht: 3.65 % and 10 baht
HOUR = timedelta(hours=1, minutes=1)


def test_a_sale_costs_what_stripe_took_for_it(linked: Linked) -> None:
    linked.settled()
    assert linked.balances()[STRIPE_CLEARING, "THB"] == 150_000
    linked.work("read_payment")
    assert linked.balances() == {
        (STRIPE_CLEARING, "THB"): 150_000 - FEE,
        (STRIPE_FEES, "THB"): FEE,
        (BENEFITS, "THB"): -90_000,
        (GIFTS, "THB"): -60_000,
    }
    assert current_gateway().get_balance().pending == {"THB": 150_000 - FEE}
    assert linked.violations() == []


def test_asking_twice_books_once(linked: Linked) -> None:
    linked.settled()
    linked.work("read_payment")
    before = linked.kinds()
    for _ in range(2):
        reconciling.reconcile()
    assert linked.kinds() == before == ["payment", "movement_beside"]


def test_a_charge_that_stripe_books_later_is_asked_for_again(linked: Linked) -> None:
    linked.standin.control("faults", late_balance=True)
    linked.settled()
    linked.work("read_payment")
    assert linked.kinds() == ["payment"]
    assert linked.violations() == []
    linked.standin.control("book-balance")
    linked.go_on(timedelta(minutes=10))
    linked.work("read_payment")
    assert linked.kinds() == ["payment", "movement_beside"]
    assert linked.violations() == []


def test_the_bell_of_a_late_booking_is_heard(linked: Linked) -> None:
    linked.standin.control("faults", late_balance=True)
    _order_id, intent = linked.settled()
    charge = current_gateway().get_payment_intent(intent).latest_charge or ""
    assert books.read_charge(charge) == "not_booked_yet"
    linked.standin.control("book-balance")
    assert books.read_charge(charge) == "booked"
    assert linked.kinds() == ["payment", "movement_beside"]


def test_a_sale_that_settles_in_another_currency_is_exchanged(linked: Linked) -> None:
    linked.standin.control("faults", late_balance=True)
    _order_id, intent = linked.settled()
    charge = current_gateway().get_payment_intent(intent).latest_charge
    with linked.standin.books.lock:
        source = {"id": charge, "currency": "eur"}
        row = balances.post(linked.standin.books, "charge", 3_945, source, fee=170)
        row["exchange_rate"] = 0.0263
        linked.standin.books.get("charge", str(charge))["balance_transaction"] = row["id"]
    reconciling.reconcile()
    assert linked.balances() == {
        (STRIPE_CLEARING, "EUR"): 3_775,
        (STRIPE_FEES, "EUR"): 170,
        (CONVERSION, "THB"): 150_000,
        (CONVERSION, "EUR"): -3_945,
        (BENEFITS, "THB"): -90_000,
        (GIFTS, "THB"): -60_000,
    }
    assert db.session.scalars(select(BalanceTransaction.exchange_rate)).one() == "0.0263"
    assert linked.violations() == []


def test_stripes_own_fees_are_booked_whole(linked: Linked) -> None:
    linked.at_stripe("stripe_fee", -2_000, category="fee")
    reconciling.reconcile()
    assert linked.balances() == {(STRIPE_CLEARING, "THB"): -2_000, (STRIPE_FEES, "THB"): 2_000}
    assert (linked.alerts(), linked.violations()) == ([], [])


def test_a_movement_that_nobody_knows_is_held_in_suspense_and_alerted(linked: Linked) -> None:
    linked.at_stripe("moonshine", -700, "moonshine")
    reconciling.reconcile()
    reconciling.reconcile()
    assert linked.balances() == {(STRIPE_CLEARING, "THB"): -700, (SUSPENSE, "THB"): 700}
    ((action, details),) = linked.alerts()
    assert (action, details["category"], details["amount"]) == ("alert.movement", "moonshine", -700)
    assert linked.violations() == []


def test_a_refund_that_waits_for_the_customer_is_on_its_way(linked: Linked) -> None:
    """PromptPay has no way back: the money leaves the balance before our rows call it given back."""
    order_id, session_id = linked.buy()
    intent = linked.pay(session_id, "promptpay")
    linked.standin.control("complete-async", session=session_id)
    reconciling.reconcile()
    assert linked.status(order_id) == "paid"
    made = linked.standin.control("refund", payment_intent=intent, amount=50_000, instructions_email="c@example.org")
    assert made["status"] == "requires_action"
    reconciling.reconcile()
    linked.go_on(HOUR)
    reconciling.reconcile()
    assert linked.balances()[STRIPE_CLEARING, "THB"] == 100_000 - FEE
    assert linked.violations() == []
    linked.standin.control("refund", refund=made["id"], status="failed")
    reconciling.reconcile()
    linked.go_on(HOUR)
    reconciling.reconcile()
    assert linked.balances()[STRIPE_CLEARING, "THB"] == 150_000 - FEE
    assert (REFUNDS_IN_TRANSIT, "THB") not in linked.balances()


@pytest.mark.parametrize("lost", ["beside", "whole"])
def test_a_lost_movement_turns_the_audit_red(linked: Linked, lost: str) -> None:
    linked.settled()
    linked.at_stripe("stripe_fee", -2_000, category="fee")
    reconciling.reconcile()
    linked.go_on(timedelta(minutes=2))
    assert linked.violations() == []
    with transaction() as session:
        session.delete(session.scalars(select(BalanceTransaction).where(BalanceTransaction.booked == lost)).one())
    assert {row.partition(":")[0] for row in linked.violations()} == {"clearing", "balance", "traced"}
