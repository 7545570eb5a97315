"""What proves that a visitor is the buyer, what buyers may give back, and an address that waits to be confirmed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order


class OrderCode(Base):
    """Six digits mailed to an order's address; only their digest is kept. Used once, by a conditional update."""

    __tablename__ = "order_code"
    __table_args__ = (Index("ix_order_code_order", "order_id", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    digest: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()


class ReturnTerms(Base):
    """What buyers of an evening may give back for money by themselves. Without a row: nothing.

    Until `until` (None: never), `share_bp` basis points of what the seat's benefit cost, and of the gift in its price
    unless `gifts_stay`. A seat may always be given back without the money.
    """

    __tablename__ = "return_terms"
    __table_args__ = (CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    until: Mapped[datetime | None]
    share_bp: Mapped[int] = mapped_column(default=10_000)
    gifts_stay: Mapped[bool] = mapped_column(default=True)


class EmailChange(Base):
    """A new address for an order: it counts when the link that was mailed to it is followed and its button pressed."""

    __tablename__ = "email_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    email_before: Mapped[str]
    email: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
