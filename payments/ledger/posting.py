"""Writing the books: one entry per fact, signed postings that sum to zero in every currency.

Entries are numbered and written just before the commit: many transactions want the next number of a journal, and
whoever has it makes the others wait until its end. An entry is therefore not found by queries of its own transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import at_commit, count_on, db
from payments.ledger import periods
from payments.ledger.models import (
    BENEFITS,
    COMPS,
    FEE_COVER,
    GIFTS,
    GIVEN_AWAY,
    STRIPE_CLEARING,
    JournalCounter,
    JournalEntry,
    Posting,
)
from payments.orders.models import Order

_COUNTER = ("organisation_id", "journal", "fiscal_year")

Amounts = Mapping[tuple[str, str], int]
"""Signed minor units by account and currency."""


def sale(order: Order, reference: str, account: str = STRIPE_CLEARING) -> None:
    """A paid order: `account` holds the sum; benefit, gift and fee cover are what it was for."""
    fee_cover = sum(line.amount for line in order.lines if line.kind == "fee_cover")
    amounts = {
        account: order.total,
        BENEFITS: -sum(line.benefit for line in order.lines),
        GIFTS: -sum(line.gift for line in order.lines),
        FEE_COVER: -fee_cover,
    }
    post(order, "sales", "payment", reference, f"Order {order.code}", amounts)


def comped(order: Order) -> None:
    """Invited guests: what they receive is a cost at its value, against an account that makes no income of it."""
    value = sum(line.comped for line in order.lines)
    if value:
        amounts = {COMPS: value, GIVEN_AWAY: -value}
        post(order, "sales", "comp", f"comp:{order.id}", f"Order {order.code}: invited", amounts)


def uninvited(order: Order) -> None:
    """The invitation was taken back: nobody receives anything. Reverses `comped`."""
    value = sum(line.comped for line in order.lines)
    if value:
        amounts, name = {COMPS: -value, GIVEN_AWAY: value}, f"comp:{order.id}"
        memo = f"Order {order.code}: invitation taken back"
        post(order, "sales", "comp_taken_back", name, memo, amounts, reverses=entry_of("comp", name))


def recognised(order: Order, reference: str, account: str) -> None:
    """Parked money that pays its order after all: no longer owed on `account`, but income."""
    fee_cover = sum(line.amount for line in order.lines if line.kind == "fee_cover")
    amounts = {
        account: order.total,
        BENEFITS: -sum(line.benefit for line in order.lines),
        GIFTS: -sum(line.gift for line in order.lines),
        FEE_COVER: -fee_cover,
    }
    post(order, "sales", "payment_accepted", reference, f"Order {order.code}: accepted after review", amounts)


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
    amounts = {STRIPE_CLEARING: amount, account: -amount}
    memo = f"Order {order.code}: refund failed"
    reversed_entry = entry_of("refund", reference)
    post(order, "refunds", "refund_failure", reference, memo, amounts, currency, reverses=reversed_entry)


def disputed(order: Order, reference: str, account: str, amount: int, currency: str) -> None:
    """The bank took the money away for now: it leaves clearing, onto `account`. `reference` is the dispute's id."""
    amounts = {account: amount, STRIPE_CLEARING: -amount}
    post(order, "disputes", "dispute", reference, f"Order {order.code}: dispute", amounts, currency)


def dispute_won(order: Order, reference: str, account: str, amount: int, currency: str) -> None:
    """The disputed money is in clearing again, and off `account`. Reverses `disputed`."""
    amounts = {STRIPE_CLEARING: amount, account: -amount}
    memo = f"Order {order.code}: dispute won"
    reversed_entry = entry_of("dispute", reference)
    post(order, "disputes", "dispute_reversal", reference, memo, amounts, currency, reverses=reversed_entry)


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

    `reverses` is the id of the entry that this one takes back. What moves STRIPE_CLEARING is later compared with
    Stripe's own movement by `ext_kind` and `ext_id`: see movements.TREATMENTS for the names.
    """
    unit = currency or order.currency
    by_currency = {(account, unit): amount for account, amount in amounts.items()}
    enter(order.organisation_id, journal, ext_kind, ext_id, memo, by_currency, reverses=reverses)


def enter(
    organisation_id: int,
    journal: str,
    ext_kind: str,
    ext_id: str,
    memo: str,
    amounts: Amounts,
    *,
    effective: datetime | None = None,
    reverses: int | None = None,
) -> None:
    """As `post`, for an organisation and any currencies; `effective` is when it happened, now unless told.

    In a period that is closed by then it counts on the first open day, and keeps the day on which it happened.
    """
    for currency in {currency for _account, currency in amounts}:
        if sum(amount for (_account, unit), amount in amounts.items() if unit == currency):
            raise ValueError(f"postings of {memo} do not sum to zero in {currency}")
    if not any(amounts.values()):
        return  # what moves nothing is no entry
    moment = clock.now()
    zone = ZoneInfo(db.session.get_one(Organisation, organisation_id).time_zone)
    day = (effective or moment).astimezone(zone).date()
    entry = JournalEntry(
        organisation_id=organisation_id,
        journal=journal,
        fiscal_year=day.year,
        effective_on=day,
        happened_on=day,
        posted_at=moment,
        ext_kind=ext_kind,
        ext_id=ext_id,
        memo=memo,
        reverses=reverses,
    )
    at_commit(_write, (entry, {key: amount for key, amount in amounts.items() if amount}))


def entry_of(ext_kind: str, ext_id: str) -> int:
    """The id of the entry about a fact; raises NoResultFound."""
    query = select(JournalEntry.id).where(JournalEntry.ext_kind == ext_kind, JournalEntry.ext_id == ext_id)
    return db.session.scalars(query).one()


def _write(entries: list[tuple[JournalEntry, Amounts]]) -> None:
    """Date, number and write the transaction's entries, in one order of journals: nobody waits in a circle."""
    periods.date_entries([entry for entry, _amounts in entries])
    for entry, amounts in sorted(entries, key=lambda item: _counter(item[0])):
        entry.seq = count_on(JournalCounter, dict(zip(_COUNTER, _counter(entry), strict=True))).last
        entry.postings = [
            Posting(account=account, currency=currency, amount=amount)
            for (account, currency), amount in amounts.items()
        ]
        db.session.add(entry)
    db.session.flush()


def _counter(entry: JournalEntry) -> tuple[int, str, int]:
    return entry.organisation_id, entry.journal, entry.fiscal_year
