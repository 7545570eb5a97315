"""Attempts to be paid, and the money that came."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
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


class Payment(Base):
    """Money that was captured. Exactly one of: it fulfilled its order, it is due back, or a person must look."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("outcome IN ('fulfilled', 'refund_due', 'needs_review')", name="outcome"),
        Index(
            "uq_payment_fulfilling",
            "order_id",
            unique=True,
            sqlite_where=text("outcome = 'fulfilled'"),
            postgresql_where=text("outcome = 'fulfilled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    provider: Mapped[str]  # stripe, cash, transfer, none
    reference: Mapped[str] = mapped_column(unique=True)  # the payment intent's id
    amount: Mapped[int]
    currency: Mapped[str]
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    why: Mapped[str]
