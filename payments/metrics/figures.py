"""Figures for Prometheus, read from the database at the moment of asking: any number of processes say the same.

Each function is one query, whatever the number of orders, save where it says otherwise. Every name is told every
time, with 0 where there is nothing: an alert on a figure that is missing would never ring.
"""

import platform
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import ColumnElement, Select, String, case, cast, distinct, exists, func, literal, select

from events.core import clock
from events.core.db import db
from events.core.jobs import Job
from events.core.web import PATIENCE
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.auditing.gaps import lacks_ticket
from payments.checkout.models import Attempt
from payments.ledger.models import SUSPENSE, Posting, Reading, StrayPayment
from payments.orders.models import STATUSES, Order, OrderLine, Payment
from payments.reconciliation.models import Handled
from payments.webhooks.models import StripeEvent

LISTS = ("events", "movements", "payouts", "sessions")
"""What the reconciler reads at Stripe, as it remembers how far it came."""
WAITS = ("queued", "retry", "leased")


def as_text() -> bytes:
    """All of them in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Figures())
    return generate_latest(registry)


class _Figures(Collector):
    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the registry would read everything twice."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = clock.now()
        for part in (_build(), _orders(now), _jobs(now), _letters(), _stripe(now), _reconciler(now), _money()):
            yield from part


def _build() -> Iterator[GaugeMetricFamily]:
    try:
        ours = version("bonsoir")
    except PackageNotFoundError:  # run from a folder that was never installed
        ours = "unknown"
    labels = {"version": ours, "python": platform.python_version(), "engine": db.engine.dialect.name}
    family = GaugeMetricFamily("bonsoir_build_info", "What runs; always 1.", labels=list(labels))
    family.add_metric(list(labels.values()), 1)
    yield family


def _orders(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Three queries."""
    counted = dict.fromkeys(STATUSES, 0) | _counts(select(Order.status, func.count()).group_by(Order.status))
    yield _family("bonsoir_orders", "Orders by status.", "status", counted)
    bare = select(func.count(distinct(Order.id))).select_from(Order).join(OrderLine)
    bare = bare.outerjoin(Ticket, Ticket.id == OrderLine.ticket_id).where(lacks_ticket())
    yield _single("bonsoir_orders_paid_without_ticket", "Paid orders that lack a ticket.", _number(bare))
    late = select(func.count()).where(Order.status.in_(("held", "waiting")), Order.held_until < now)
    yield _single("bonsoir_holds_overdue", "Orders that keep seats past their time.", _number(late))


def _jobs(now: datetime) -> Iterator[GaugeMetricFamily]:
    waits, due = Job.status.in_(("queued", "retry")), Job.run_at <= now
    query = select(
        _how_many(waits),
        _how_many(waits & due),
        _how_many(waits & (Job.run_at < now - PATIENCE)),
        _how_many(Job.status == "dead"),
        func.min(case((waits & due, Job.run_at))),
    )
    row = db.session.execute(query.where(Job.status.in_(("queued", "retry", "dead")))).one()
    states = dict(zip(("waiting", "due", "overdue", "dead"), row[:4], strict=True))
    yield _family("bonsoir_jobs", "Jobs: waiting, of them due, of them overdue; given up.", "state", states)
    silent = "Seconds that the oldest due job has waited for a worker."
    yield _single("bonsoir_worker_silent_seconds", silent, _age(row[4], now))


def _letters() -> Iterator[GaugeMetricFamily]:
    query = select(_how_many(Job.status.in_(WAITS)), _how_many(Job.status == "dead")).select_from(Job)
    query = query.join(Letter, Letter.job_key == Job.key).where(Job.status != "done", Letter.sent_at.is_(None))
    waiting, dead = db.session.execute(query).one()
    states = {"waiting": waiting, "dead": dead}
    yield _family("bonsoir_letters", "Letters not yet sent, and given up.", "state", states)


def _stripe(now: datetime) -> Iterator[GaugeMetricFamily]:
    """Two queries."""
    query = select(func.count(), func.min(StripeEvent.received_at)).where(StripeEvent.handled_at.is_(None))
    count, oldest = db.session.execute(query).one()
    yield _single("bonsoir_stripe_events_unreacted", "Stripe's events nobody has reacted to.", count)
    yield _single("bonsoir_stripe_event_oldest_seconds", "Age of the oldest of them.", _age(oldest, now))
    live = ("creating", "open")
    counted = select(Attempt.status, func.count()).where(Attempt.status.in_(live)).group_by(Attempt.status)
    yield _family("bonsoir_attempts", "Attempts to pay under way.", "status", dict.fromkeys(live, 0) | _counts(counted))


def _reconciler(now: datetime) -> Iterator[GaugeMetricFamily]:
    """A list that was never read is infinitely old: so is the whole of a fresh system until its first reading."""
    rows = {row.name: row.reached for row in db.session.execute(select(Reading.name, Reading.reached))}
    ages = {name: _age(rows[name], now) if name in rows else float("inf") for name in LISTS}
    yield _family("bonsoir_reconcile_age_seconds", "Since each of Stripe's lists was read.", "list", ages)


def _money() -> Iterator[GaugeMetricFamily]:
    """Three queries. The treasurer's "unexplained" compares everything, which takes seconds; this is seen at once."""
    left = Payment.refunded + Payment.lost < Payment.amount
    review = _undealt("review:", cast(Payment.id, String)) & (Payment.outcome == "needs_review")
    late = _undealt("late:", cast(Payment.id, String)) & (Payment.outcome == "refund_due") & left
    rows = db.session.execute(select(_how_many(review), _how_many(late)).where(Payment.outcome != "fulfilled")).one()
    strays = (
        select(func.count()).select_from(StrayPayment).where(_undealt("stray:", cast(StrayPayment.reference, String)))
    )
    kinds = {"needs_review": rows[0], "late_money": rows[1], "stray": _number(strays)}
    yield _family("bonsoir_money_unexplained", "Payments that a person must look at.", "kind", kinds)
    sums = select(Posting.currency, func.sum(Posting.amount)).where(Posting.account == SUSPENSE)
    kept = _counts(sums.group_by(Posting.currency))
    yield _family("bonsoir_suspense_minor_units", "What the books cannot place.", "currency", kept)


def _undealt(prefix: str, name: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(Handled.item == literal(prefix) + name)


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _counts(query: Select[str, int]) -> dict[str, int]:
    return {name: int(count) for name, count in db.session.execute(query)}


def _number(query: Select[int]) -> int:
    return db.session.scalar(query) or 0


def _age(moment: datetime | None, now: datetime) -> float:
    return max((now - moment) / timedelta(seconds=1), 0) if moment else 0


def _single(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _family(name: str, words: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
