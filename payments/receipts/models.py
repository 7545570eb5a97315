"""Receipts: immutable, numbered without a gap. What they said and the paper itself are append-only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order

STATES = ("issued", "cancelled", "contested")


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
    """What a donor may show the taxman: the payment, the benefit in it, and what remains as a gift. Minor units.

    Only `state` ever changes. `order` is the one it was written for, of a combined receipt the first; `parts` are all.
    `tolerated` is a benefit that the country's rule lets pass undeducted. `seal` proves the paper at /r/.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("series_id", "sequence"),
        CheckConstraint("state IN ('issued', 'cancelled', 'contested')", name="state"),
        CheckConstraint("eligible >= 0 AND paid >= 0 AND benefit >= 0 AND eligible <= paid", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("receipt_series.id"))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(index=True)  # R-2026-000001
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    state: Mapped[str]
    donor_name: Mapped[str]
    received_at: Mapped[datetime]
    issued_at: Mapped[datetime]
    currency: Mapped[str]
    paid: Mapped[int]
    benefit: Mapped[int]
    eligible: Mapped[int]
    tolerated: Mapped[int] = mapped_column(default=0)
    rule_version: Mapped[str]
    seal: Mapped[str]
    retain_until: Mapped[date]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"), unique=True)

    order: Mapped[Order] = relationship(overlaps="receipts")
    series: Mapped[ReceiptSeries] = relationship()
    parts: Mapped[list["ReceiptPart"]] = relationship(order_by="ReceiptPart.order_id", back_populates="receipt")
    replaces: Mapped["Receipt | None"] = relationship(remote_side=[id])
    record: Mapped["ReceiptRecord"] = relationship(viewonly=True)


class ReceiptPart(Base):
    """What one order brings to a receipt, in minor units; a combined receipt has several. Append-only."""

    __tablename__ = "receipt_part"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, index=True)
    received_at: Mapped[datetime]
    paid: Mapped[int]
    benefit: Mapped[int]
    eligible: Mapped[int]

    receipt: Mapped[Receipt] = relationship(back_populates="parts")
    order: Mapped[Order] = relationship(overlaps="receipts")


class ReceiptRecord(Base):
    """Everything the paper says, as it was when the number was given out (see `facts`). Append-only."""

    __tablename__ = "receipt_record"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True, autoincrement=False)
    facts: Mapped[dict[str, Any]]


class ReceiptPaper(Base):
    """The PDF as issued, byte for byte, and its hex SHA-256. Append-only."""

    __tablename__ = "receipt_paper"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True, autoincrement=False)
    pdf: Mapped[bytes]
    sha256: Mapped[str]
    made_at: Mapped[datetime]


class ReceiptSettings(Base):
    """What an organisation's receipts need beside its name: a row once somebody has looked at it."""

    __tablename__ = "receipt_settings"
    __table_args__ = (CheckConstraint("issuing IN ('automatic', 'by_hand')", name="issuing"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    issuing: Mapped[str] = mapped_column(default="automatic")
    purpose: Mapped[str] = mapped_column(default="")  # its object, as in the statutes
    siren: Mapped[str] = mapped_column(default="")
    rna: Mapped[str] = mapped_column(default="")
    signatory: Mapped[str] = mapped_column(default="")
    signatory_role: Mapped[str] = mapped_column(default="")
    benefit_cap: Mapped[int | None]  # a yearly figure newer than the table's, in minor units


class DonorDetails(Base):
    """Who gave, as the receipt must name them: told by the donor or by staff, for one order."""

    __tablename__ = "donor_details"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    company: Mapped[str] = mapped_column(default="")  # empty: a person
    title: Mapped[str] = mapped_column(default="")
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    house: Mapped[str] = mapped_column(default="")  # name or number, where a country asks for it apart
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    tax_id: Mapped[str] = mapped_column(default="")
    declaration: Mapped[str] = mapped_column(default="")  # the Gift Aid declaration as it was agreed to
    declared_at: Mapped[datetime | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class ReceiptRun(Base):
    """Many receipts at once: `done` of `total` are dealt with, up to order `reached`. One step is one transaction."""

    __tablename__ = "receipt_run"
    __table_args__ = (CheckConstraint("kind IN ('evening', 'year')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    year: Mapped[int | None]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
