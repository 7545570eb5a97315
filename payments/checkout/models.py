"""Attempts to be paid."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base, db
from payments.orders.models import Order

# From, to, trigger (MONEY.md). An attempt begins as `creating`, with key and parameters committed before the call.
TRANSITIONS = (
    ("creating", "open", "Stripe's answer, or the reconciler"),
    ("creating", "closed", "Stripe calls the parameters invalid: there was no session"),
    ("open", "complete", "Stripe"),
    ("open", "expired", "Stripe"),
    ("open", "failed", "Stripe"),
    ("complete", "failed", "the slow payment failed"),
)
_LIVE = text("status IN ('creating', 'open')")


class Confirmation(Base):
    """A link mailed for an order that costs nothing; only its digest is kept. Whoever opens it has the address."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class Attempt(Base):
    """One Checkout Session, or the intent of one. At most one per order is creating or open."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("status IN ('creating', 'open', 'complete', 'expired', 'failed', 'closed')", name="status"),
        Index("uq_attempt_live", "order_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    status: Mapped[str] = mapped_column(index=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    params: Mapped[dict[str, Any]]  # exactly what is sent, so that it can be repeated to the letter
    amount: Mapped[int]
    currency: Mapped[str]
    session_id: Mapped[str | None] = mapped_column(unique=True)
    url: Mapped[str | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    polled_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()

    @property
    def watcher(self) -> str:
        """The key of the job that watches this attempt."""
        return f"watch-attempt:{self.id}"

    @classmethod
    def live_of(cls, order_id: int) -> "Attempt | None":
        """The attempt that is being created or can be paid now; there is at most one."""
        query = select(cls).where(cls.order_id == order_id, cls.status.in_(("creating", "open")))
        return db.session.scalars(query).one_or_none()

    @classmethod
    def newest_of(cls, order_id: int) -> "Attempt | None":
        """The order's last attempt."""
        return db.session.scalars(select(cls).where(cls.order_id == order_id).order_by(cls.id.desc()).limit(1)).first()
