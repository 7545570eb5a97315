"""The books entry by entry, with what a bookkeeper asks for: order, receipt, payout, own currency."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, Select, case, cast, func, select
from sqlalchemy.orm import aliased

from events.core.i18n import local
from payments.disputes.models import Dispute
from payments.exports.accounts import Books
from payments.exports.csv_files import places_of
from payments.exports.rows import Column, Row, Scope, Source
from payments.ledger.models import STRIPE_CLEARING, BalanceTransaction, JournalEntry, Posting
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import Receipt, ReceiptPart
from payments.refunds.models import Refund

AT_ONCE = 200
"""Entries whose tickets are looked up together."""

COLUMNS = (
    Column("entry_id", "count", 9),
    Column("journal", width=10),
    Column("seq", "count", 7),
    Column("date", "day", 11),
    Column("account", width=12),
    Column("debit", "money"),
    Column("credit", "money"),
    Column("currency", width=9),
    Column("base_amount", "decimal", 13),
    Column("order", width=9),
    Column("receipt", width=16),
    Column("stripe_txn", width=30),
    Column("payout", width=30),
    Column("memo", width=40),
)


class Line(NamedTuple):
    """A posting; `base` is its amount in the currency of the books, None where nobody has said the rate."""

    account: str
    currency: str
    amount: int
    base: int | None


@dataclass(frozen=True)
class Entry:
    """A journal entry with all that is known about it. `places` are its order's tickets: (name, how many)."""

    record: Any
    lines: list[Line]
    places: tuple[tuple[str, int], ...] = ()

    @property
    def day(self) -> date:
        """The day it counts on."""
        day: date = self.record.effective_on
        return day


def query_of(scope: Scope) -> Select[*tuple[Any, ...]]:
    """One record for each posting, in the order of the days."""
    moved, beside, by_key = aliased(BalanceTransaction), aliased(BalanceTransaction), aliased(Refund)
    told = aliased(BalanceTransaction)
    about = func.coalesce(moved.reference, JournalEntry.ext_id)
    first_beside = (
        select(func.min(told.id))
        .where(told.reference == JournalEntry.ext_id, told.booked == "beside")
        .correlate(JournalEntry)
        .scalar_subquery()
    )
    found = func.coalesce(Payment.order_id, Refund.order_id, by_key.order_id, Dispute.order_id)
    comped = cast(func.substr(JournalEntry.ext_id, 6), Integer)
    order_id = case((JournalEntry.ext_kind == "comp", comped), else_=found)
    receipt = (
        select(func.max(Receipt.number))
        .join(ReceiptPart, ReceiptPart.receipt_id == Receipt.id)
        .where(ReceiptPart.order_id == Order.id, Receipt.state != "cancelled")
        .correlate(Order)
        .scalar_subquery()
    )
    paid_out = func.coalesce(moved.payout_id, beside.payout_id)
    itself = case((moved.category.like("payout%"), moved.source))
    return (
        select(JournalEntry.id, JournalEntry.organisation_id, JournalEntry.journal, JournalEntry.seq)
        .add_columns(JournalEntry.effective_on, JournalEntry.posted_at, JournalEntry.ext_kind, JournalEntry.memo)
        .add_columns(Posting.account, Posting.currency, Posting.amount, Order.id.label("order_id"))
        .add_columns(Order.code.label("order"), Order.paid_at, Order.event_id, receipt.label("receipt"))
        .add_columns(func.coalesce(moved.id, beside.id).label("txn"), func.coalesce(paid_out, itself).label("payout"))
        .add_columns(func.coalesce(moved.currency, beside.currency).label("settled_in"))
        .add_columns(func.coalesce(moved.amount, beside.amount).label("settled"))
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(moved, moved.id == JournalEntry.ext_id)
        .outerjoin(beside, beside.id == first_beside)
        .outerjoin(Payment, Payment.reference == about)
        .outerjoin(Refund, Refund.stripe_id == about)
        .outerjoin(by_key, by_key.idempotency_key == JournalEntry.ext_id)
        .outerjoin(Dispute, Dispute.stripe_id == about)
        .outerjoin(Order, Order.id == order_id)
        .where(scope.booked(Order.event_id.expression))
        .order_by(JournalEntry.effective_on, JournalEntry.id, Posting.id)
    )


def entries(records: Iterable[Any], books: Books) -> Iterator[Entry]:
    """The records of one entry together, in the currency of the books."""
    for _id, postings in groupby(records, lambda it: it.id):
        found = list(postings)
        yield Entry(found[0], converted(found, books))


def with_places(connection: Connection, found: Iterator[Entry], language: str) -> Iterator[Entry]:
    """The entries, knowing what was bought; some at a time."""
    while part := list(islice(found, AT_ONCE)):
        orders = sorted({entry.record.order_id for entry in part if entry.record.order_id})
        query = select(OrderLine.order_id, OrderLine.name).where(OrderLine.order_id.in_(orders))
        bought: dict[int, dict[str, int]] = {}
        for order_id, name in connection.execute(query.where(OrderLine.kind == "ticket").order_by(OrderLine.id)):
            names = bought.setdefault(order_id, {})
            names[local(name, language)] = names.get(local(name, language), 0) + 1
        for entry in part:
            yield Entry(entry.record, entry.lines, tuple(bought.get(entry.record.order_id, {}).items()))


def converted(postings: list[Any], books: Books) -> list[Line]:
    """Each amount in the currency of the books, such that every currency of the entry still sums to zero.

    Where Stripe exchanged this very payment into that currency its own amounts say the rate; else the books' table.
    """
    bases: dict[int, int | None] = {}
    for currency in {it.currency for it in postings}:
        places = [place for place, it in enumerate(postings) if it.currency == currency]
        rate = _rate(postings, currency, books)
        amounts = [postings[place].amount for place in places]
        bases.update(zip(places, [None] * len(places) if rate is None else _shared(amounts, rate), strict=True))
    return [Line(it.account, it.currency, it.amount, bases[place]) for place, it in enumerate(postings)]


def _rate(postings: list[Any], currency: str, books: Books) -> Decimal | None:
    """Minor units of the books for one minor unit."""
    first = postings[0]
    if currency == books.currency:
        return Decimal(1)
    gross = sum(it.amount for it in postings if it.currency == currency and it.account == STRIPE_CLEARING)
    if first.settled_in == books.currency and first.settled and gross:
        return abs(Decimal(int(first.settled)) / int(gross))
    rate = books.rate(currency, first.effective_on)
    return None if rate is None else rate.scaleb(places_of(books.currency) - places_of(currency))


def _shared(amounts: list[int], rate: Decimal) -> list[int]:
    """Rounded half up; what is then missing to zero is borne by the largest amount."""
    bases = [int((amount * rate).quantize(Decimal(1), ROUND_HALF_UP)) for amount in amounts]
    largest = max(range(len(amounts)), key=lambda place: abs(amounts[place]))
    bases[largest] -= sum(bases)
    return bases


def journal(books: Books, scope: Scope, _language: str) -> Source:
    """The generic journal: one row per posting."""

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for entry in entries(records, books):
            it, places = entry.record, places_of(books.currency)
            for line in entry.lines:
                sides = (line.amount, None) if line.amount > 0 else (None, -line.amount)
                base = None if line.base is None else Decimal(line.base).scaleb(-places)
                about = (it.order, it.receipt, it.txn, it.payout, it.memo)
                head = (it.id, it.journal, it.seq, it.effective_on, books.account(line.account)[0])
                yield Row((*head, *sides, line.currency, base, *about), line.currency)

    return Source(query_of(scope), rows)


def posted_on(moment: datetime, scope: Scope, organisation_id: int) -> date:
    """The day an entry was written, where the organisation is."""
    day = scope.day(moment, organisation_id)
    if day is None:
        raise AssertionError("an entry has a moment")
    return day
