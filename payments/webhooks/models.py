"""The inbox of Stripe's events."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base


class StripeEvent(Base):
    """A bell that rang: stored once under Stripe's id, answered 200, then reacted to once."""

    __tablename__ = "stripe_event"
    __table_args__ = (Index("ix_stripe_event_open", "handled_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    object_id: Mapped[str]
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    result: Mapped[str | None]
