"""What a movement of Stripe's balance means in our books: decided here from the movement alone, written in books.py.

Our own entries (sales, refunds, disputes) move the clearing account by the gross amount in the buyer's currency. The
movement adds what only Stripe knows: its fee, and the exchange into the currency of the balance. A movement that no
entry of ours speaks of is written whole. Either way the clearing account has moved by Stripe's net in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from payments.ledger.models import (
    ADJUSTMENTS,
    BANK_IN_TRANSIT,
    CONVERSION,
    DISPUTES_IN_TRANSIT,
    REFUNDS_IN_TRANSIT,
    STRIPE_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
    BalanceTransaction,
)


@dataclass(frozen=True)
class Treatment:
    """`account` takes the amount while no entry of ours of the kind `own` speaks of it; `alert`: a person must look."""

    account: str
    own: str | None = None
    alert: bool = False


_CHARGE = Treatment(SUSPENSE, "payment", alert=True)
_REFUND = Treatment(REFUNDS_IN_TRANSIT, "refund")
_FAILED_LATER = Treatment(SUSPENSE, alert=True)
_FEE = Treatment(STRIPE_FEES)
_ADJUSTMENT = Treatment(ADJUSTMENTS, alert=True)
_PAYOUT = Treatment(BANK_IN_TRANSIT)
UNKNOWN = Treatment(SUSPENSE, alert=True)

# Reporting categories first, then the older types (https://docs.stripe.com/reports/reporting-categories).
TREATMENTS: Mapping[str, Treatment] = {
    "charge": _CHARGE,
    "payment": _CHARGE,
    "refund": _REFUND,
    "payment_refund": _REFUND,
    "refund_failure": Treatment(REFUNDS_IN_TRANSIT, "refund_failure"),
    "charge_failure": _FAILED_LATER,
    "payment_failure_refund": _FAILED_LATER,
    "dispute": Treatment(DISPUTES_IN_TRANSIT, "dispute"),
    "dispute_reversal": Treatment(DISPUTES_IN_TRANSIT, "dispute_reversal"),
    "other_adjustment": _ADJUSTMENT,
    "adjustment": _ADJUSTMENT,
    "fee": _FEE,
    "stripe_fee": _FEE,
    "stripe_fx_fee": _FEE,
    "payout": _PAYOUT,
    "payout_reversal": _PAYOUT,
    "payout_failure": _PAYOUT,
    "payout_cancel": _PAYOUT,
}

OWN_KINDS = frozenset(kind.own for kind in TREATMENTS.values() if kind.own)
"""What our own entries that move the clearing account are named by (`ext_kind`)."""


def treatment(category: str, kind: str) -> Treatment:
    """By Stripe's reporting category, else by its type; UNKNOWN for a word that nobody has told us."""
    return TREATMENTS.get(category) or TREATMENTS.get(kind) or UNKNOWN


def whole(row: BalanceTransaction, account: str) -> dict[tuple[str, str], int]:
    """Postings of a movement by itself: clearing gets the net, fees the fee, `account` answers for the amount."""
    return _summed(
        (
            ((STRIPE_CLEARING, row.currency), row.net),
            ((STRIPE_FEES, row.currency), row.fee),
            ((account, row.currency), -row.amount),
        )
    )


def beside(row: BalanceTransaction, own: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Postings beside an entry of ours that moved clearing by `own` (currency -> minor units): fee and exchange.

    In the same currency an amount that differs from ours is held in suspense.
    """
    answers = SUSPENSE if set(own) == {row.currency} else CONVERSION
    returned = [((STRIPE_CLEARING, currency), -amount) for currency, amount in own.items()]
    answered = [((answers, currency), amount) for currency, amount in own.items()]
    return _summed((*returned, *answered, *whole(row, answers).items()))


def _summed(parts: Iterable[tuple[tuple[str, str], int]]) -> dict[tuple[str, str], int]:
    totals: dict[tuple[str, str], int] = {}
    for key, amount in parts:
        totals[key] = totals.get(key, 0) + amount
    return {key: amount for key, amount in totals.items() if amount}
