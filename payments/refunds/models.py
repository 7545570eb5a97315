"""Money on its way back."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order, OrderLine, Payment

STATUSES = ("requested", "submitted", "pending", "requires_action", "succeeded", "failed", "canceled")
TAKEN = ("pending", "requires_action", "succeeded")
"""Stripe has taken the refund on: the money has left the balance."""
ENDED = ("failed", "canceled")
"""It came to nothing."""

# From, to, trigger (MONEY.md): no backward step, except succeeded -> failed.
TRANSITIONS = (
    ("requested", "submitted", "Stripe is asked"),
    *(("submitted", answer, "Stripe's answer") for answer in STATUSES[2:]),
    *(("pending", answer, "Stripe's news") for answer in STATUSES[3:]),
    *(("requires_action", answer, "Stripe's news") for answer in STATUSES[4:]),
    ("succeeded", "failed", "the bank sent it back"),
)

WHYS = ("late", "duplicate", "review", "lines", "goodwill", "external")


class Refund(Base):
    """A sum given back from one payment. Key and parameters are rows before Stripe is asked.

    `why`: late and duplicate money bought nothing; a person decided after a review; lines went back; a sum was given
    back out of goodwill; `external` was made in Stripe's dashboard. `accepted_at` is when Stripe took it on, `again_of`
    the refund that failed after that and is repeated by this one.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"why IN {WHYS}", name="why"),
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
    actor: Mapped[str] = mapped_column(default="service")
    note: Mapped[str] = mapped_column(default="")  # of whoever asked, for colleagues
    refusal: Mapped[str | None]  # what Stripe said when it would not, or why the bank sent it back
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    again_of: Mapped[int | None] = mapped_column(ForeignKey("refund.id"), unique=True)

    order: Mapped[Order] = relationship(overlaps="refunds")
    payment: Mapped[Payment] = relationship()
    lines: Mapped[list["RefundLine"]] = relationship(order_by="RefundLine.id", back_populates="refund")
    history: Mapped[list["RefundStatus"]] = relationship(order_by="RefundStatus.id", viewonly=True)

    @property
    def is_by_hand(self) -> bool:
        """Whether a person gives it back, as no card brought it."""
        return self.payment.provider != "stripe"

    @property
    def way(self) -> str:
        """Where the money goes out, by the names of providers: a person may give cash back by transfer."""
        how = str(self.params.get("how") or self.payment.provider)
        return "door" if (how, self.payment.provider) == ("cash", "door") else how


class RefundLine(Base):
    """What a refund takes from one line, part by part; `ticket_id` is the ticket that it made void. Minor units."""

    __tablename__ = "refund_line"
    __table_args__ = (
        UniqueConstraint("refund_id", "order_line_id"),
        CheckConstraint("benefit >= 0 AND gift >= 0 AND fee >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    benefit: Mapped[int]
    gift: Mapped[int]
    fee: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)

    refund: Mapped[Refund] = relationship(back_populates="lines")
    line: Mapped[OrderLine] = relationship()


class RefundStatus(Base):
    """A step in a refund's history: a path in TRANSITIONS, append-only. An external one begins as Stripe shows it."""

    __tablename__ = "refund_status"
    __table_args__ = (Index("ix_refund_status_refund", "refund_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"))
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    at: Mapped[datetime]
    trigger: Mapped[str]
    actor: Mapped[str]
