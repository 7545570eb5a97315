"""Writing the books: one entry per fact, signed postings that sum to zero."""

from collections.abc import Mapping

from sqlalchemy import select

from events.core import clock
from events.core.db import db
from payments.ledger.models import (
    BENEFITS,
    FEE_COVER,
    GIFTS,
    STRIPE_CLEARING,
    JournalEntry,
    Posting,
)
from payments.orders.models import Order


def sale(order: Order, reference: str) -> None:
    """A paid order: the clearing account holds the sum; benefit, gift and fee cover are what it was for."""
    fee_cover = sum(line.amount for line in order.lines if line.kind == "fee_cover")
    amounts = {
        STRIPE_CLEARING: order.total,
        BENEFITS: -sum(line.benefit for line in order.lines),
        GIFTS: -sum(line.gift for line in order.lines),
        FEE_COVER: -fee_cover,
    }
    post(order, "sales", "payment", reference, f"Order {order.code}", amounts)


def parked(order: Order, reference: str, account: str, amount: int, currency: str) -> None:
    """Money that bought nothing (yet): held in clearing, owed on `account`."""
    amounts = {STRIPE_CLEARING: amount, account: -amount}
    post(order, "sales", "payment", reference, f"Order {order.code}: not fulfilled", amounts, currency)


def refunded(order: Order, reference: str, account: str, amount: int, currency: str) -> None:
    """Money that went back to the buyer: it leaves clearing, and is no longer owed on `account`."""
    amounts = {account: amount, STRIPE_CLEARING: -amount}
    post(order, "refunds", "refund", reference, f"Order {order.code}: refund", amounts, currency)


def refund_failed(order: Order, reference: str, account: str, amount: int, currency: str) -> None:
    """A refund that the bank sent back: the money is in clearing again, and owed on `account`. Reverses `refunded`."""
    reversed_entry = db.session.scalars(
        select(JournalEntry.id).where(JournalEntry.ext_kind == "refund", JournalEntry.ext_id == reference)
    ).one()
    amounts = {STRIPE_CLEARING: amount, account: -amount}
    memo = f"Order {order.code}: refund failed"
    post(order, "refunds", "refund_failure", reference, memo, amounts, currency, reverses=reversed_entry)


def post(
    order: Order,
    journal: str,
    ext_kind: str,
    ext_id: str,
    memo: str,
    amounts: Mapping[str, int],
    currency: str | None = None,
    reverses: int | None = None,
) -> None:
    """One entry of `amounts` by account, minor units of the order's currency unless told; ValueError if unbalanced.

    `reverses` is the id of the entry that this one takes back.
    """
    if sum(amounts.values()):
        raise ValueError(f"postings of {memo} do not sum to zero")
    moment, unit = clock.now(), currency or order.currency
    entry = JournalEntry(
        organisation_id=order.organisation_id,
        journal=journal,
        effective_on=moment,
        posted_at=moment,
        ext_kind=ext_kind,
        ext_id=ext_id,
        memo=memo,
        reverses=reverses,
        postings=[Posting(account=name, currency=unit, amount=part) for name, part in amounts.items() if part],
    )
    db.session.add(entry)
    db.session.flush()
