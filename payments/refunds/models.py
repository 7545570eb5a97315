"""Money on its way back."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order, Payment

STATUSES = ("requested", "submitted", "pending", "requires_action", "succeeded", "failed", "canceled")

# From, to, trigger (MONEY.md): no backward step, except succeeded -> failed.
TRANSITIONS = (
    ("requested", "submitted", "Stripe is asked"),
    *(("submitted", answer, "Stripe's answer") for answer in STATUSES[2:]),
    *(("pending", answer, "Stripe's news") for answer in STATUSES[3:]),
    *(("requires_action", answer, "Stripe's news") for answer in STATUSES[4:]),
    ("succeeded", "failed", "the bank sent it back"),
)


class Refund(Base):
    """A sum given back from one payment. Key and parameters are rows before Stripe is asked."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    why: Mapped[str]
    status: Mapped[str]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    params: Mapped[dict[str, Any]]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
    payment: Mapped[Payment] = relationship()
