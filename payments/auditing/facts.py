"""Facts of money, each seen from three sides: our rows, our books, Stripe's movements. Read only.

A fact is named as our own entries name it: a kind (`payment`, `refund`, `refund_failure`, `dispute`,
`dispute_reversal`) and a reference; a movement that none of these speaks of is a fact by itself, under its own id.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from sqlalchemy import func, select

from events.core.db import db
from payments.disputes.models import Dispute
from payments.ledger import movements
from payments.ledger.models import (
    STRIPE_CLEARING,
    STRIPE_FEES,
    BalanceTransaction,
    JournalEntry,
    Posting,
    StrayPayment,
)
from payments.orders.models import Order, OrderLine, Payment
from payments.refunds.following import MONEY
from payments.refunds.models import ENDED, Refund

Key = tuple[str, str]
AFTERWARDS = {"whole": "movement", "beside": "movement_beside"}
"""What the entry about a movement is called, by how it was booked."""


@dataclass
class Fact:
    """One fact. Amounts are signed minor units: what came in is above zero; None is a side that says nothing.

    `ours` and `booked` are in `currency`, the buyer's; the movement's amounts in its own.
    """

    kind: str
    reference: str
    at: datetime
    currency: str
    provider: str = "stripe"
    event_id: int | None = None
    order_code: str | None = None
    ours: int | None = None
    booked: int | None = None
    lines: int | None = None  # what the lines of a fulfilled order sum to
    total: int | None = None  # and what the order says
    moved: list[BalanceTransaction] = field(default_factory=list)
    has_entry: bool = True  # of the movement itself
    fees: int = 0  # of Stripe's, as the books have them

    @property
    def movement(self) -> BalanceTransaction | None:
        """The movement of Stripe's balance, if it was told."""
        return self.moved[0] if self.moved else None

    @property
    def gross(self) -> int:
        """The amount, from whichever side knows it."""
        told = sum(row.amount for row in self.moved)
        return next((one for one in (self.ours, self.booked) if one is not None), told)


def of_organisation(organisation_id: int) -> list[Fact]:
    """Every fact of an organisation, oldest first; a handful of queries, however many there are."""
    facts: dict[Key, Fact] = {}
    for fact in chain(_payments(organisation_id), _strays(organisation_id)):
        facts[fact.kind, fact.reference] = fact
    for fact in chain(_refunds(organisation_id), _disputes(organisation_id)):
        facts[fact.kind, fact.reference] = fact
    _read_books(organisation_id, facts)
    _read_movements(organisation_id, facts)
    return sorted(facts.values(), key=lambda fact: (fact.at, fact.kind, fact.reference))


def _payments(organisation_id: int) -> Iterator[Fact]:
    """Those whose order is gone are found too, by their entry."""
    sums = select(OrderLine.order_id, func.sum(OrderLine.amount).label("lines")).group_by(OrderLine.order_id).subquery()
    query = select(Payment, Order.code, Order.event_id, Order.total, func.coalesce(sums.c.lines, 0))
    query = (
        query.select_from(Payment)
        .join(Order, Order.id == Payment.order_id)
        .outerjoin(sums, sums.c.order_id == Order.id)
    )
    wanted = (Order.organisation_id == organisation_id, Payment.amount > 0)
    for payment, code, event_id, total, lines in db.session.execute(query.where(*wanted)):
        fact = Fact("payment", payment.reference, payment.received_at, payment.currency, payment.provider)
        fact.event_id, fact.order_code, fact.ours = event_id, code, payment.amount
        if payment.outcome == "fulfilled":
            fact.total, fact.lines = total, int(lines)
        yield fact


def _strays(organisation_id: int) -> Iterator[Fact]:
    for row in db.session.scalars(select(StrayPayment).where(StrayPayment.organisation_id == organisation_id)):
        yield Fact("payment", row.reference, row.found_at, row.currency, ours=row.amount)


def _refunds(organisation_id: int) -> Iterator[Fact]:
    """Those that Stripe took on, or that were handed over; what came back afterwards is a fact of its own."""
    query = select(Refund, Payment.provider, Order.code, Order.event_id).select_from(Refund)
    query = query.join(Order, Order.id == Refund.order_id).join(Refund.payment)
    taken = query.where(Order.organisation_id == organisation_id, Refund.accepted_at.is_not(None))
    for refund, provider, code, event_id in db.session.execute(taken):
        at, reference = refund.accepted_at or refund.created_at, refund.stripe_id or refund.idempotency_key
        about = (refund.currency, provider, event_id, code)
        yield Fact("refund", reference, at, *about, ours=-refund.amount)
        if refund.status in ENDED:
            yield Fact("refund_failure", reference, at, *about, ours=refund.amount)


def _disputes(organisation_id: int) -> Iterator[Fact]:
    """Those that moved money."""
    query = select(Dispute, Order.code, Order.event_id).join(Order, Order.id == Dispute.order_id)
    for dispute, code, event_id in db.session.execute(query.where(Order.organisation_id == organisation_id)):
        about = (dispute.currency, "stripe", event_id, code)
        if dispute.away or dispute.returned_at:
            yield Fact("dispute", dispute.stripe_id, dispute.opened_at, *about, ours=-dispute.amount)
        if dispute.returned_at:
            yield Fact("dispute_reversal", dispute.stripe_id, dispute.returned_at, *about, ours=dispute.amount)


def _read_books(organisation_id: int, facts: dict[Key, Fact]) -> None:
    """What our own entries moved where money lies, beside the rows that they speak of."""
    columns = (JournalEntry.ext_kind, JournalEntry.ext_id, JournalEntry.posted_at, Posting.currency, Posting.account)
    own = JournalEntry.ext_kind.in_(sorted(movements.OWN_KINDS))
    query = select(*columns, func.sum(Posting.amount)).join(Posting, Posting.entry_id == JournalEntry.id)
    query = query.where(JournalEntry.organisation_id == organisation_id, own, Posting.account.in_(MONEY.values()))
    providers = {account: provider for provider, account in MONEY.items()}
    for kind, reference, posted_at, currency, account, amount in db.session.execute(query.group_by(*columns)):
        missing = Fact(kind, reference, posted_at, currency, providers[account])
        fact = facts.setdefault((kind, reference), missing)
        if MONEY.get(fact.provider) == account and fact.currency == currency:
            fact.booked = (fact.booked or 0) + int(amount)


def _read_movements(organisation_id: int, facts: dict[Key, Fact]) -> None:
    entered, fees = set(_entered(organisation_id)), _fees(organisation_id)
    query = select(BalanceTransaction).where(BalanceTransaction.organisation_id == organisation_id)
    for row in db.session.scalars(query.order_by(BalanceTransaction.created_at, BalanceTransaction.id)):
        own = movements.treatment(row.category, row.type).own
        key = (own or row.category, row.reference if own and row.reference else row.id)
        if key in facts and facts[key].moved:
            key = (key[0], row.id)  # money that moved twice is not the same money
        fact = facts.setdefault(key, Fact(*key, row.created_at, row.currency))
        fact.moved.append(row)
        fact.fees += fees.get(row.id, 0)
        fact.has_entry = not _wants_entry(row, fact) or (AFTERWARDS.get(row.booked or "", ""), row.id) in entered
        entered -= {("movement", row.id), ("movement_beside", row.id), ("movement_reversal", row.id)}
    for kind, movement_id in sorted(entered):
        # Our books speak of a movement that is not there any more.
        facts.setdefault(("lost_movement", movement_id), _lost(kind, movement_id))


def _entered(organisation_id: int) -> list[Key]:
    kinds = (*AFTERWARDS.values(), "movement_reversal")
    query = select(JournalEntry.ext_kind, JournalEntry.ext_id).where(JournalEntry.ext_kind.in_(kinds))
    rows = db.session.execute(query.where(JournalEntry.organisation_id == organisation_id))
    return [(kind, ext_id) for kind, ext_id in rows]


def _fees(organisation_id: int) -> dict[str, int]:
    """By movement."""
    query = select(JournalEntry.ext_id, func.sum(Posting.amount)).join(Posting).group_by(JournalEntry.ext_id)
    wanted = (JournalEntry.organisation_id == organisation_id, JournalEntry.journal == "stripe")
    rows = db.session.execute(query.where(*wanted, Posting.account == STRIPE_FEES))
    return {movement_id: int(amount) for movement_id, amount in rows}


def _wants_entry(row: BalanceTransaction, fact: Fact) -> bool:
    """A movement without fee, in the currency of the entry that it stands beside, leaves nothing to write."""
    if row.booked is None:
        return False
    if row.booked == "whole":
        return bool(row.net or row.fee or row.amount)
    return bool(row.fee) or row.currency != fact.currency or row.amount != fact.booked


def _lost(kind: str, movement_id: str) -> Fact:
    named = (JournalEntry.ext_kind == kind, JournalEntry.ext_id == movement_id)
    columns = (JournalEntry.posted_at, Posting.currency, func.sum(Posting.amount))
    query = select(*columns).join(Posting).where(*named, Posting.account == STRIPE_CLEARING)
    row = db.session.execute(query.group_by(JournalEntry.posted_at, Posting.currency)).first()
    if row is None:
        at = db.session.scalars(select(JournalEntry.posted_at).where(*named)).one()
        return Fact("lost_movement", movement_id, at, "", booked=0)
    return Fact("lost_movement", movement_id, row[0], row[1], booked=int(row[2]))
