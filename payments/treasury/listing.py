"""What the treasurer's pages show: the same rows as the files, some at a time, and the orders that are still open."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event
from events.core.db import db
from payments.exports.rows import Row
from payments.orders.models import Order

PER_PAGE = 100
OPEN = ("held", "waiting", "processing", "refund_due", "needs_review")
NEVER_PAID = ("expired", "failed", "cancelled")


@dataclass
class Part:
    """Some rows of a file, its totals, and how many rows it has in all. Pages count from 1."""

    number: int
    size: int
    lines: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)
    found: int = 0

    @property
    def first(self) -> int:
        """Place of its first row among all, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """Place of its last row."""
        return self.first + len(self.lines) - 1


def part_of(rows: Iterable[Row], page: int = 1, size: int = PER_PAGE) -> Part:
    """Read the file through, so that totals are the file's own, and keep one page of it."""
    part = Part(max(page, 1), size)
    for row in rows:
        if row.is_total:
            part.totals.append(row)
            continue
        part.found += 1
        if part.first <= part.found < part.first + size:
            part.lines.append(row)
    return part


def open_orders(event: Event) -> list[Order]:
    """Orders that money may still come to, or must go back from: the newest first, at most a page."""
    query = select(Order).where(Order.event_id == event.id, Order.status.in_(OPEN)).order_by(Order.id.desc())
    return list(db.session.scalars(query.limit(PER_PAGE).options(joinedload(Order.party))))


def count_never_paid(event: Event) -> int:
    """Orders that came to nothing."""
    query = select(func.count()).where(Order.event_id == event.id, Order.status.in_(NEVER_PAID))
    return db.session.scalar(query) or 0
