"""Payments that the buyer's bank contests."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order, Payment

ASKING = ("warning_needs_response", "warning_under_review")
"""The bank inquires; no money has moved."""
OPEN = ("needs_response", "under_review")
"""Contested: the money is away until the bank has decided."""
HARMLESS = ("warning_closed", "prevented")
CLOSED = ("won", "lost", *HARMLESS)
STATUSES = (*ASKING, *OPEN, *CLOSED)

# From, to, trigger. Stripe's events come in any order and each is a re-reading, so steps may be left out; what is
# closed never opens again. `lost -> won`: the bank changed its mind.
TRANSITIONS = (
    *((before, after, "Stripe's news") for before in ASKING for after in STATUSES if after != before),
    *((before, after, "Stripe's news") for before in OPEN for after in (*OPEN, *CLOSED) if after != before),
    ("lost", "won", "the bank changed its mind"),
)


class Dispute(Base):
    """One dispute at Stripe, as it was last read. `away` is what the bank holds of `amount` now; minor units.

    `taken` is what a lost one took from the payment; `returned_at` when the money came back.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("amount > 0 AND away >= 0 AND away <= amount", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    reason: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    away: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    due_by: Mapped[datetime | None]  # until when evidence can be sent
    closed_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(overlaps="disputes")
    payment: Mapped[Payment] = relationship()
    lines: Mapped[list["DisputeLine"]] = relationship(order_by="DisputeLine.id", back_populates="dispute")

    @property
    def is_open(self) -> bool:
        """Whether the bank still decides: until then the receipt is contested, and nothing can be given back."""
        return self.status in OPEN


class DisputeLine(Base):
    """What a lost dispute takes from one line; `ticket_id` is the ticket that it made void. Minor units."""

    __tablename__ = "dispute_line"
    __table_args__ = (
        UniqueConstraint("dispute_id", "order_line_id"),
        CheckConstraint("benefit >= 0 AND gift >= 0 AND fee >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    benefit: Mapped[int]
    gift: Mapped[int]
    fee: Mapped[int]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)

    dispute: Mapped[Dispute] = relationship(back_populates="lines")
