"""What does not fit together, item by item, as the treasurer's pages show it; nothing here means "unexplained 0".

Each gap is one fact (or order, or payout) of which a side is missing or says something else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from events.core import clock
from events.core.db import db
from events.tickets.models import Ticket
from payments.auditing.facts import Fact
from payments.auditing.seats import KEEPS_TICKETS
from payments.ledger.books import PATIENCE
from payments.ledger.models import BalanceTransaction, Books, ClosedPeriod, JournalEntry, Payout, Posting
from payments.orders.models import Order, OrderLine, Payment

PATIENT_DAYS = timedelta(days=3)
"""Stripe rings for that long: until then what one side alone knows is on its way."""


@dataclass(frozen=True)
class Gap:
    """One thing that does not fit. `amount` (minor units, never negative) is what it leaves unexplained."""

    kind: str
    subject: str  # an order's code, a payment, a movement, an entry, a payout, as people find it
    amount: int = 0
    currency: str = ""
    order_code: str | None = None
    event_id: int | None = None
    payout_id: str | None = None
    at: datetime | None = None


def of_facts(facts: Sequence[Fact], moment: datetime) -> list[Gap]:
    """The gaps of facts, in their order: at most one each, the first that hides the others."""
    return [gap for fact in facts if (gap := of_fact(fact, moment)) is not None]


def of_fact(fact: Fact, moment: datetime) -> Gap | None:
    """What does not fit in one fact; None when all sides agree, or one is merely late."""
    found = _own_sides(fact) or _stripes_side(fact, moment)
    if found is None:
        return None
    kind, amount = found
    movement = fact.movement
    return Gap(
        kind,
        fact.order_code or fact.reference,
        abs(amount),
        fact.currency or "",
        fact.order_code,
        fact.event_id,
        movement.payout_id if movement else None,
        fact.at,
    )


def is_under_way(fact: Fact, moment: datetime) -> bool:
    """Whether Stripe's side is merely not told yet."""
    if fact.provider != "stripe" or fact.kind == "lost_movement":
        return False
    unbooked = any(row.booked is None for row in fact.moved)
    return (not fact.moved or unbooked) and of_fact(fact, moment) is None


def _own_sides(fact: Fact) -> tuple[str, int] | None:
    if fact.kind == "lost_movement":
        return "movement_missing", fact.booked or 0
    if fact.ours is None and fact.booked is not None:
        return "row_missing", fact.booked
    if fact.ours is not None and fact.booked is None:
        return "not_booked", fact.ours
    if fact.ours != fact.booked:
        return "books_differ", (fact.ours or 0) - (fact.booked or 0)
    if fact.lines is not None and fact.lines != fact.total:
        return "lines_differ", (fact.total or 0) - fact.lines
    if fact.total is not None and fact.total != fact.ours:
        return "charged_differs", (fact.ours or 0) - fact.total
    return None


def _stripes_side(fact: Fact, moment: datetime) -> tuple[str, int] | None:
    if fact.provider != "stripe":
        return None
    told = fact.movement
    if told is None:
        late = fact.at < moment - PATIENT_DAYS
        return ("not_at_stripe", fact.gross) if late else None
    if not fact.has_entry:
        return "entry_missing", told.net
    if told.booked is None:
        return ("not_booked", told.net) if told.created_at < moment - PATIENT_DAYS else None
    if fact.ours is None and fact.kind in UNKNOWN and told.created_at < moment - PATIENCE:
        return UNKNOWN[fact.kind], told.amount
    if told.booked is not None and fact.fees != sum(row.fee for row in fact.moved):
        return "books_differ", fact.fees - sum(row.fee for row in fact.moved)
    if fact.ours is not None and told.currency == fact.currency and told.amount != fact.ours:
        return "stripe_differs", told.amount - fact.ours
    return None


UNKNOWN = {
    "payment": "charge_unknown",
    "refund": "refund_unknown",
    "refund_failure": "refund_unknown",
    "dispute": "dispute_unknown",
    "dispute_reversal": "dispute_unknown",
}


def of_rest(organisation_id: int) -> list[Gap]:
    """What no single fact shows: tickets and money of orders, entries by themselves, payouts, closed periods."""
    return [
        *_tickets_without_money(organisation_id),
        *_paid_without_ticket(organisation_id),
        *_entries(organisation_id),
        *_payouts(organisation_id),
        *_closed(organisation_id),
    ]


def _tickets_without_money(organisation_id: int) -> Iterator[Gap]:
    paid = exists().where(Payment.order_id == Order.id, Payment.outcome == "fulfilled")
    query = select(Order).where(Order.organisation_id == organisation_id, Order.status.in_(KEEPS_TICKETS), ~paid)
    for order in db.session.scalars(query.order_by(Order.id)):
        yield Gap("ticket_no_money", order.code, order.total, order.currency, order.code, order.event_id)
    stray = (
        select(Order, Ticket).select_from(Order).join(OrderLine, OrderLine.order_id == Order.id).join(OrderLine.ticket)
    )
    unpaid = stray.where(Order.organisation_id == organisation_id, Order.status.not_in((*KEEPS_TICKETS, "refunded")))
    for order, ticket in db.session.execute(unpaid.where(Ticket.status == "valid").order_by(Ticket.id)):
        yield Gap("ticket_no_money", order.code, ticket.amount, order.currency, order.code, order.event_id)


def lacks_ticket() -> ColumnElement[bool]:
    """Of an order, its line and that one's ticket: it was paid, and there is none. What was given back needs none."""
    back = OrderLine.back_benefit + OrderLine.back_gift
    left = or_(back < OrderLine.amount, OrderLine.amount == 0)
    return and_(Order.status.in_(KEEPS_TICKETS), OrderLine.kind == "ticket", Ticket.id.is_(None), left)


def _paid_without_ticket(organisation_id: int) -> Iterator[Gap]:
    bare = (
        select(Order, func.sum(OrderLine.amount))
        .select_from(Order)
        .join(OrderLine)
        .outerjoin(Ticket, Ticket.id == OrderLine.ticket_id)
    )
    query = bare.where(Order.organisation_id == organisation_id, lacks_ticket()).group_by(Order.id)
    for order, amount in db.session.execute(query.order_by(Order.id)):
        yield Gap("paid_no_ticket", order.code, int(amount), order.currency, order.code, order.event_id)


def _entries(organisation_id: int) -> Iterator[Gap]:
    mine = JournalEntry.organisation_id == organisation_id
    key = (JournalEntry.ext_id, Posting.currency)
    off = (
        select(*key, func.sum(Posting.amount))
        .select_from(JournalEntry)
        .join(Posting)
        .where(mine)
        .group_by(JournalEntry.id, *key)
    )
    for ext_id, currency, amount in db.session.execute(off.having(func.sum(Posting.amount) != 0)):
        yield Gap("entry_unbalanced", ext_id, abs(int(amount)), currency)
    bare = select(JournalEntry.ext_id).outerjoin(Posting).where(mine, Posting.id.is_(None))
    for ext_id in db.session.scalars(bare):
        yield Gap("entry_unbalanced", ext_id)
    numbered = (JournalEntry.journal, JournalEntry.fiscal_year)
    counted = select(*numbered, func.count(), func.max(JournalEntry.seq)).where(mine).group_by(*numbered)
    for journal, year, count, last in db.session.execute(counted):
        if count != last:
            yield Gap("entry_lost", f"{journal} {year}")


def _payouts(organisation_id: int) -> Iterator[Gap]:
    mine = (Payout.organisation_id == organisation_id, Payout.automatic, Payout.members_at.is_not(None))
    member = (BalanceTransaction.payout_id == Payout.id) & (BalanceTransaction.id != Payout.balance_transaction_id)
    net = func.coalesce(func.sum(BalanceTransaction.net), 0)
    query = select(Payout.id, Payout.amount, Payout.currency, net).outerjoin(BalanceTransaction, member)
    for payout_id, amount, currency, total in db.session.execute(
        query.where(*mine, Payout.reconciliation == "completed").group_by(Payout.id)
    ):
        if amount != total:
            yield Gap("payout_differs", payout_id, abs(amount - int(total)), currency, payout_id=payout_id)
    own = select(BalanceTransaction.source, BalanceTransaction.amount, BalanceTransaction.currency)
    own = own.outerjoin(Payout, Payout.id == BalanceTransaction.source)
    sent = (BalanceTransaction.organisation_id == organisation_id, BalanceTransaction.type == "payout")
    for source, amount, currency in db.session.execute(own.where(*sent, Payout.id.is_(None))):
        yield Gap("payout_missing", source or "", abs(amount), currency, payout_id=source)


def _closed(organisation_id: int) -> Iterator[Gap]:
    until = db.session.scalar(select(Books.closed_until).where(Books.organisation_id == organisation_id))
    query = select(func.max(ClosedPeriod.until)).where(ClosedPeriod.organisation_id == organisation_id)
    if until != db.session.scalar(query):
        yield Gap("period_lost", str(until or ""))


def of_organisation(facts: Sequence[Fact], organisation_id: int) -> list[Gap]:
    """Everything that does not fit; `facts` are the organisation's."""
    return [*of_facts(facts, clock.now()), *of_rest(organisation_id)]
