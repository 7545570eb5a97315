"""Payouts: from clearing to the bank and back, and the movements that make each of them up."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from events.core.db import changed, db, end_reading, transaction
from payments.ledger import payouts
from payments.ledger.models import BANK_IN_TRANSIT, STRIPE_CLEARING, STRIPE_FEES, BalanceTransaction, Payout
from payments.webhooks import reconciling
from tests.support.linked import Linked

pytestmark = pytest.mark.both_engines

NET = 150_000 - 6_475


def sold(linked: Linked, count: int = 1) -> None:
    """Paid orders of one seat each."""
    for _ in range(count):
        _order_id, session_id = linked.buy()
        linked.pay(session_id)
    reconciling.reconcile()


def statuses() -> list[tuple[str, int, bool]]:
    """Status, amount, and whether the movements are known, of every payout."""
    end_reading()
    rows = db.session.scalars(select(Payout).order_by(Payout.created_at, Payout.id))
    found = [(row.status, row.amount, row.members_at is not None) for row in rows]
    end_reading()
    return found


def test_a_payout_is_on_its_way_to_the_bank(linked: Linked) -> None:
    sold(linked, 2)
    made = linked.standin.control("payout", currency="thb", status="in_transit")
    assert payouts.refresh(made["id"]) == "in_transit"
    assert linked.balances()[BANK_IN_TRANSIT, "THB"] == 2 * NET
    assert (STRIPE_CLEARING, "THB") not in linked.balances()
    linked.standin.control("payout", payout=made["id"], status="paid")
    assert payouts.refresh(made["id"]) == "paid"
    assert statuses() == [("paid", 2 * NET, True)]
    assert linked.balances()[BANK_IN_TRANSIT, "THB"] == 2 * NET
    assert linked.violations() == []


def test_payouts_are_found_without_a_bell_and_once(linked: Linked) -> None:
    sold(linked)
    linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    assert statuses() == [("paid", NET, True)]
    assert payouts.read_payouts() == 0
    sold(linked)
    linked.standin.control("payout", currency="thb")
    assert payouts.read_payouts() == 1
    assert linked.balances()[BANK_IN_TRANSIT, "THB"] == 2 * NET
    assert linked.violations() == []


def test_a_payout_that_comes_back_is_in_clearing_again(linked: Linked) -> None:
    sold(linked)
    made = linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    linked.go_on(timedelta(days=3))
    linked.standin.control("payout", payout=made["id"], status="failed")
    reconciling.reconcile()
    assert statuses() == [("failed", NET, True)]
    assert linked.balances()[STRIPE_CLEARING, "THB"] == NET
    assert (BANK_IN_TRANSIT, "THB") not in linked.balances()
    assert linked.violations() == []
    linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    assert statuses() == [("failed", NET, True), ("paid", NET, True)]
    assert linked.balances()[BANK_IN_TRANSIT, "THB"] == NET
    assert linked.violations() == []


def test_fees_of_stripes_own_are_part_of_the_payout(linked: Linked) -> None:
    sold(linked)
    linked.at_stripe("stripe_fee", -2_000, "fee")
    linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    assert linked.balances()[BANK_IN_TRANSIT, "THB"] == NET - 2_000
    assert linked.balances()[STRIPE_FEES, "THB"] == 6_475 + 2_000
    assert linked.violations() == []


def test_a_payout_whose_movements_are_not_all_known_is_read_again(linked: Linked) -> None:
    """Killed between the row and its movements: the row says so."""
    sold(linked)
    linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    with transaction():
        changed(update(Payout).values(members_at=None))
        changed(update(BalanceTransaction).values(payout_id=None))
    assert payouts.read_payouts() == 1
    assert statuses() == [("paid", NET, True)]
    assert linked.violations() == []


def test_a_payout_without_one_of_its_movements_turns_the_audit_red(linked: Linked) -> None:
    sold(linked, 2)
    linked.standin.control("payout", currency="thb")
    reconciling.reconcile()
    assert linked.violations() == []
    with transaction() as session:
        one = session.scalars(select(BalanceTransaction.id).where(BalanceTransaction.type == "charge").limit(1)).one()
        changed(update(BalanceTransaction).where(BalanceTransaction.id == one).values(payout_id=None))
    (red,) = linked.violations()
    assert red.startswith("payouts: payout po_")
    assert red.endswith(f"is {2 * NET}, its movements sum to {NET}")
