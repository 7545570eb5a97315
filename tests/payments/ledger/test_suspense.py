"""Movements that no entry of ours speaks of, yet or ever: they stand in suspense, and a person is told."""

from datetime import timedelta

import pytest

from payments.gateway.stripe_api import current_gateway
from payments.ledger import books
from payments.ledger.models import (
    STRIPE_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
)
from payments.webhooks import reconciling
from tests.support.linked import Linked

pytestmark = pytest.mark.both_engines

FEE = 6_475  # of a seat at 1,500 baht: 3.65 % and 10 baht
HOUR = timedelta(hours=1, minutes=1)


def test_money_of_strangers_waits_an_hour_then_stands_in_suspense(linked: Linked) -> None:
    linked.at_stripe("charge", 90_000, "charge", source="ch_of_a_stranger")
    reconciling.reconcile()
    assert linked.kinds() == []
    linked.go_on(HOUR)
    reconciling.reconcile()
    assert linked.balances() == {(STRIPE_CLEARING, "THB"): 90_000, (SUSPENSE, "THB"): -90_000}
    assert [action for action, _details in linked.alerts()] == ["alert.movement"]


def test_what_was_booked_by_itself_is_taken_back_when_our_own_entry_comes(linked: Linked) -> None:
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    linked.go_on(HOUR)
    books.read_movements()  # nobody has heard of the order's money yet
    assert linked.kinds() == ["movement"]
    assert linked.balances() == {
        (STRIPE_CLEARING, "THB"): 150_000 - FEE,
        (STRIPE_FEES, "THB"): FEE,
        (SUSPENSE, "THB"): -150_000,
    }
    reconciling.reconcile()
    assert linked.status(order_id) == "paid"
    assert linked.kinds() == ["movement", "payment", "movement_reversal", "movement_beside"]
    assert linked.balances()[STRIPE_CLEARING, "THB"] == 150_000 - FEE
    assert (SUSPENSE, "THB") not in linked.balances()
    assert linked.violations() == []


def test_money_that_moved_twice_is_not_the_same_money(linked: Linked) -> None:
    _order_id, intent = linked.settled()
    linked.work("read_payment")
    charge = current_gateway().get_payment_intent(intent).latest_charge
    linked.at_stripe("charge", 150_000, "charge", source=str(charge))
    linked.go_on(HOUR)
    reconciling.reconcile()
    assert linked.balances()[STRIPE_CLEARING, "THB"] == 300_000 - FEE
    assert linked.balances()[SUSPENSE, "THB"] == -150_000
    assert linked.violations() == []
