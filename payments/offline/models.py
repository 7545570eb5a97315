"""Orders that no card pays: how they are to be paid, and the invoices written for them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order


class Arrangement(Base):
    """Staff agreed with the buyer on cash, a bank transfer or an invitation. Who settled it stands in the history."""

    __tablename__ = "arrangement"
    __table_args__ = (CheckConstraint("way IN ('cash', 'door', 'transfer', 'comp')", name="way"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    way: Mapped[str]
    company: Mapped[str]  # for the invoice; empty for none
    tax_id: Mapped[str]
    address: Mapped[str]
    note: Mapped[str]  # for colleagues
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]

    order: Mapped[Order] = relationship()


class InvoiceSeries(Base):
    """The last number given out, per organisation and year (in the organisation's time zone)."""

    __tablename__ = "invoice_series"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Invoice(Base):
    """What a company is asked for. Never changed: what it lists are the order's lines, which are frozen."""

    __tablename__ = "invoice"
    __table_args__ = (UniqueConstraint("series_id", "sequence"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("invoice_series.id"))
    sequence: Mapped[int]
    number: Mapped[str]  # I-2026-000001
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    company: Mapped[str]
    tax_id: Mapped[str]
    address: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    issued_by: Mapped[str]

    order: Mapped[Order] = relationship(backref=backref("invoice", uselist=False, viewonly=True))
    credits: Mapped[list["CreditNote"]] = relationship(order_by="CreditNote.id", back_populates="invoice")


class CreditNoteSeries(Base):
    """The last number given out, per organisation and year, as of invoices."""

    __tablename__ = "credit_note_series"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class CreditNote(Base):
    """What an invoice no longer asks for, as it went back or was never paid. Never changed."""

    __tablename__ = "credit_note"
    __table_args__ = (UniqueConstraint("series_id", "sequence"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("credit_note_series.id"))
    sequence: Mapped[int]
    number: Mapped[str]  # C-2026-000001
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]

    invoice: Mapped[Invoice] = relationship(back_populates="credits")
