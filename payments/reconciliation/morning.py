"""The treasurer's morning: what came in yesterday, what is on its way, what needs a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import and_, select

from events.core.db import db
from events.core.jobs import Job
from events.core.trail import TrailEntry
from events.mail.models import Letter
from payments.auditing.facts import Fact
from payments.disputes.models import Dispute
from payments.ledger.models import SUSPENSE, BalanceTransaction, JournalEntry, Payout, Posting, StrayPayment
from payments.orders.models import Order, Payment
from payments.reconciliation.models import Handled
from payments.refunds import steps
from payments.refunds.models import ENDED, Refund

SENT = ("pending", "in_transit")
WARNINGS = {"payment.fraud_warning": "fraud_warning", "dispute.no_seats": "no_seats"}
"""Notes of the trail that somebody must read, and what kind of item each is."""
RECENT = 50
"""So many handled items are shown."""

Sums = dict[str, int]
"""Minor units by currency."""


@dataclass(frozen=True)
class Item:
    """Something that a person must look at. `key` names it for ever; amounts in minor units."""

    key: str
    kind: str
    subject: str
    at: datetime
    amount: int = 0
    currency: str = ""
    order_code: str | None = None
    event_id: int | None = None


def items(organisation_id: int) -> list[Item]:
    """All that needs a person and that nobody has dealt with, the oldest first."""
    done = set(db.session.scalars(select(Handled.item).where(Handled.organisation_id == organisation_id)))
    sources = (_reviews, _strays, _late, _refunds, _disputes, _suspense, _warnings, _letters)
    found = chain.from_iterable(source(organisation_id) for source in sources)
    return sorted((item for item in found if item.key not in done), key=lambda item: (item.at, item.key))


def handled(organisation_id: int) -> Sequence[Handled]:
    """What people have dealt with, the latest first."""
    query = select(Handled).where(Handled.organisation_id == organisation_id).order_by(Handled.id.desc())
    return db.session.scalars(query.limit(RECENT)).all()


def came_in(facts: Iterable[Fact]) -> dict[str, Sums]:
    """What facts sum to, by kind and currency."""
    sums: dict[str, Counter[str]] = {}
    for fact in facts:
        kind = fact.kind if fact.kind != "payment" else f"payment_{fact.provider}"
        sums.setdefault(kind, Counter())[fact.currency] += fact.gross
    return {kind: dict(by_currency) for kind, by_currency in sums.items()}


def payouts_between(organisation_id: int, begin: datetime, end: datetime) -> Sequence[Payout]:
    """Payouts that arrived at the bank then."""
    arrived = and_(Payout.arrival_at >= begin, Payout.arrival_at < end, Payout.status == "paid")
    query = select(Payout).where(Payout.organisation_id == organisation_id, arrived).order_by(Payout.arrival_at)
    return db.session.scalars(query).all()


def payouts_under_way(organisation_id: int) -> Sequence[Payout]:
    """Payouts that Stripe has sent and no bank has yet."""
    query = select(Payout).where(Payout.organisation_id == organisation_id, Payout.status.in_(SENT))
    return db.session.scalars(query.order_by(Payout.arrival_at)).all()


def at_stripe(facts: Iterable[Fact]) -> Sums:
    """Stripe's balance as its movements say, by currency."""
    sums: Counter[str] = Counter()
    for row in chain.from_iterable(fact.moved for fact in facts):
        sums[row.currency] += row.net
    return dict(sums)


def slow_payments(organisation_id: int) -> Sequence[Order]:
    """Orders whose money takes days: a transfer that is awaited, or a slow way of paying at Stripe."""
    waits = (Order.status == "processing") | ((Order.status == "held") & (Order.way == "transfer"))
    query = select(Order).where(Order.organisation_id == organisation_id, waits).order_by(Order.id)
    return db.session.scalars(query).all()


def refunds_under_way(organisation_id: int) -> Sequence[Refund]:
    """Money that has left or will leave, and has not arrived."""
    waiting = Refund.status.in_(("requested", "submitted", "pending", "requires_action"))
    query = select(Refund).join(Order, Order.id == Refund.order_id).where(Order.organisation_id == organisation_id)
    return db.session.scalars(query.where(waiting).order_by(Refund.id)).all()


def on_day(facts: Iterable[Fact], first: datetime, last: datetime) -> list[Fact]:
    """The facts between two moments, the second not included."""
    return [fact for fact in facts if first <= fact.at < last]


def _reviews(organisation_id: int) -> Iterator[Item]:
    query = select(Payment, Order).join(Order).where(Order.organisation_id == organisation_id)
    for payment, order in db.session.execute(query.where(Payment.outcome == "needs_review")):
        about = (order.code, payment.received_at, payment.amount, payment.currency, order.code, order.event_id)
        yield Item(f"review:{payment.id}", "needs_review", *about)


def _strays(organisation_id: int) -> Iterator[Item]:
    for row in db.session.scalars(select(StrayPayment).where(StrayPayment.organisation_id == organisation_id)):
        yield Item(f"stray:{row.reference}", "stray", row.reference, row.found_at, row.amount, row.currency)


def _late(organisation_id: int) -> Iterator[Item]:
    """Money that bought nothing and of which something is still here."""
    left = Payment.refunded + Payment.lost < Payment.amount
    query = select(Payment, Order).join(Order).where(Order.organisation_id == organisation_id, left)
    for payment, order in db.session.execute(query.where(Payment.outcome == "refund_due")):
        about = (order.code, payment.received_at, payment.left, payment.currency, order.code, order.event_id)
        yield Item(f"late:{payment.id}", "late_money", *about)


def _refunds(organisation_id: int) -> Iterator[Item]:
    """Refunds that failed and that nobody has repeated, and those that wait for the buyer's answer."""
    watched = Refund.status.in_((*ENDED, "requires_action"))
    query = select(Refund, Order).join(Order, Order.id == Refund.order_id)
    query = query.where(Order.organisation_id == organisation_id, watched)
    for refund, order in db.session.execute(query.order_by(Refund.id)):
        about = (order.code, refund.created_at, refund.amount, refund.currency, order.code, order.event_id)
        if refund.status == "requires_action":
            yield Item(f"refund-waits:{refund.id}", "refund_waits", *about)
        elif steps.is_owed(refund):
            yield Item(f"refund-failed:{refund.id}", "refund_failed", *about)


def _disputes(organisation_id: int) -> Iterator[Item]:
    """Disputes that Stripe expects an answer to."""
    query = select(Dispute, Order).join(Order, Order.id == Dispute.order_id)
    asked = Dispute.status.in_(("needs_response", "warning_needs_response"))
    for dispute, order in db.session.execute(query.where(Order.organisation_id == organisation_id, asked)):
        about = (order.code, dispute.opened_at, dispute.amount, dispute.currency, order.code, order.event_id)
        yield Item(f"dispute:{dispute.id}:{dispute.status}", "dispute", *about)


def _suspense(organisation_id: int) -> Iterator[Item]:
    """Movements that nobody could place, as alerts of the trail name them; what was set right is left out."""
    named = JournalEntry.ext_id == BalanceTransaction.id
    held = (
        select(BalanceTransaction, Posting.amount)
        .select_from(BalanceTransaction)
        .join(JournalEntry, named)
        .join(Posting)
    )
    held = held.where(Posting.account == SUSPENSE, BalanceTransaction.organisation_id == organisation_id)
    sums: dict[str, tuple[BalanceTransaction, int]] = {}
    for row, amount in db.session.execute(held):
        sums[row.id] = (row, sums.get(row.id, (row, 0))[1] + amount)
    alerted = select(TrailEntry.subject).where(
        TrailEntry.organisation_id == organisation_id, TrailEntry.action == "alert.movement"
    )
    query = select(BalanceTransaction).where(
        BalanceTransaction.id.in_(alerted), BalanceTransaction.category.in_(("other_adjustment", "adjustment"))
    )
    for row in db.session.scalars(query):
        sums.setdefault(row.id, (row, row.amount))
    for row, amount in sums.values():
        if amount:
            yield Item(f"movement:{row.id}", "movement", row.id, row.created_at, abs(amount), row.currency)


def _warnings(organisation_id: int) -> Iterator[Item]:
    """Early fraud warnings: a dispute may follow. And disputes won after they were lost, when others had the seats."""
    named = and_(Order.organisation_id == TrailEntry.organisation_id, Order.code == TrailEntry.subject)
    query = select(TrailEntry, Order).join(Order, named).where(TrailEntry.organisation_id == organisation_id)
    for entry, order in db.session.execute(query.where(TrailEntry.action.in_(WARNINGS))):
        about = (order.code, entry.at, order.total, order.currency, order.code, order.event_id)
        yield Item(f"warning:{entry.id}", WARNINGS[entry.action], *about)


def _letters(organisation_id: int) -> Iterator[Item]:
    """Letters about an order that were given up."""
    dead = select(Letter).join(Job, Job.key == Letter.job_key).where(Job.status == "dead", Letter.sent_at.is_(None))
    for letter in db.session.scalars(dead):
        order = db.session.get(Order, letter.args["order_id"]) if "order_id" in letter.args else None
        if order is not None and order.organisation_id == organisation_id:
            about = (order.code, letter.created_at, 0, "", order.code, order.event_id)
            yield Item(f"letter:{letter.id}", "letter", *about)
