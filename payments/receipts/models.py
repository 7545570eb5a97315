"""Receipts: immutable, numbered without a gap."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order


class ReceiptSeries(Base):
    """The last number given out, per organisation, profile and year (in the organisation's time zone)."""

    __tablename__ = "receipt_series"
    __table_args__ = (UniqueConstraint("organisation_id", "profile", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    profile: Mapped[str]
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Receipt(Base):
    """What a donor may show the taxman: the payment, the benefit in it, and what remains as a gift. Minor units."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("series_id", "sequence"),
        CheckConstraint("state IN ('issued', 'cancelled', 'contested')", name="state"),
        CheckConstraint("eligible >= 0 AND paid >= 0 AND benefit >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("receipt_series.id"))
    sequence: Mapped[int]
    number: Mapped[str]  # R-2026-000001
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    state: Mapped[str]
    donor_name: Mapped[str]
    received_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    paid: Mapped[int]
    benefit: Mapped[int]
    eligible: Mapped[int]
    rule_version: Mapped[str]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), unique=True)

    order: Mapped[Order] = relationship(overlaps="receipts")
