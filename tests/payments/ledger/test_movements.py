"""What a movement of Stripe's balance means: decided without a database, and never by estimate."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.ledger import movements
from payments.ledger.models import (
    BANK_IN_TRANSIT,
    CONVERSION,
    DISPUTES_IN_TRANSIT,
    REFUNDS_IN_TRANSIT,
    STRIPE_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
    BalanceTransaction,
)

MOMENT = datetime(2031, 1, 1, tzinfo=UTC)
amounts = st.integers(-10_000_000, 10_000_000)


def movement(amount: int, fee: int = 0, currency: str = "THB", category: str = "charge") -> BalanceTransaction:
    """A movement as a row that is in no database."""
    return BalanceTransaction(
        id="txn_1", organisation_id=1, category=category, type=category, amount=amount, fee=fee, net=amount - fee,
        currency=currency, created_at=MOMENT, available_on=MOMENT,
    )  # fmt: skip


def test_beside_a_sale_stands_its_real_fee() -> None:
    assert movements.beside(movement(150_000, fee=6_475), {"THB": 150_000}) == {
        (STRIPE_CLEARING, "THB"): -6_475,
        (STRIPE_FEES, "THB"): 6_475,
    }


def test_a_foreign_sale_goes_through_the_conversion_account() -> None:
    assert movements.beside(movement(3_945, fee=170, currency="EUR"), {"THB": 150_000}) == {
        (STRIPE_CLEARING, "THB"): -150_000,
        (CONVERSION, "THB"): 150_000,
        (STRIPE_CLEARING, "EUR"): 3_775,
        (STRIPE_FEES, "EUR"): 170,
        (CONVERSION, "EUR"): -3_945,
    }


def test_an_amount_that_is_not_ours_is_held_in_suspense() -> None:
    assert movements.beside(movement(149_000), {"THB": 150_000}) == {
        (STRIPE_CLEARING, "THB"): -1_000,
        (SUSPENSE, "THB"): 1_000,
    }


def test_a_refund_costs_nothing_more() -> None:
    assert movements.beside(movement(-150_000, category="refund"), {"THB": -150_000}) == {}


@pytest.mark.parametrize(
    ("category", "kind", "account", "own", "alert"),
    [
        ("charge", "charge", SUSPENSE, "payment", True),
        ("charge", "payment", SUSPENSE, "payment", True),
        ("refund", "refund", REFUNDS_IN_TRANSIT, "refund", False),
        ("refund", "payment_refund", REFUNDS_IN_TRANSIT, "refund", False),
        ("refund_failure", "refund_failure", REFUNDS_IN_TRANSIT, "refund_failure", False),
        ("charge_failure", "payment_failure_refund", SUSPENSE, None, True),
        ("dispute", "adjustment", DISPUTES_IN_TRANSIT, "dispute", False),
        ("dispute_reversal", "adjustment", DISPUTES_IN_TRANSIT, "dispute_reversal", False),
        ("other_adjustment", "adjustment", "expenses:stripe:adjustments", None, True),
        ("fee", "stripe_fee", STRIPE_FEES, None, False),
        ("fee", "stripe_fx_fee", STRIPE_FEES, None, False),
        ("payout", "payout", BANK_IN_TRANSIT, None, False),
        ("payout_reversal", "payout_failure", BANK_IN_TRANSIT, None, False),
        ("payout_reversal", "payout_cancel", BANK_IN_TRANSIT, None, False),
        ("", "stripe_fx_fee", STRIPE_FEES, None, False),
        ("", "payment_failure_refund", SUSPENSE, None, True),
        ("climate_order_purchase", "climate_order_purchase", SUSPENSE, None, True),
    ],
)
def test_each_category_has_its_account(category: str, kind: str, account: str, own: str | None, alert: bool) -> None:
    assert movements.treatment(category, kind) == movements.Treatment(account, own, alert)


def test_stripes_own_fee_is_a_cost_and_nothing_else() -> None:
    assert movements.whole(movement(-2_000, category="fee"), STRIPE_FEES) == {
        (STRIPE_CLEARING, "THB"): -2_000,
        (STRIPE_FEES, "THB"): 2_000,
    }


@given(
    amount=amounts,
    fee=st.integers(0, 100_000),
    currency=st.sampled_from(["THB", "EUR", "KWD"]),
    own=st.dictionaries(st.sampled_from(["THB", "JPY"]), amounts, min_size=1),
)
def test_with_our_entry_or_without_clearing_moves_by_stripes_net(
    amount: int, fee: int, currency: str, own: dict[str, int]
) -> None:
    row = movement(amount, fee, currency)
    for ours, written in ((own, movements.beside(row, own)), ({}, movements.whole(row, SUSPENSE))):
        sums = {unit: 0 for _account, unit in written}
        clearing = dict(ours)
        for (account, unit), part in written.items():
            sums[unit] += part
            if account == STRIPE_CLEARING:
                clearing[unit] = clearing.get(unit, 0) + part
        assert not any(sums.values())
        assert {unit: part for unit, part in clearing.items() if part} == ({currency: row.net} if row.net else {})
