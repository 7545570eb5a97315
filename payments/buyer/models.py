"""What proves that a visitor is the buyer, and an address that waits to be confirmed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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
