"""The books: append-only double entry. Triggers refuse UPDATE and DELETE on both engines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base

STRIPE_CLEARING = "assets:stripe:clearing"
BENEFITS = "income:tickets:benefits"
GIFTS = "income:donations"
FEE_COVER = "income:fee_cover"
REFUNDS_DUE = "liabilities:refunds_due"
UNDER_REVIEW = "liabilities:under_review"


class JournalEntry(Base):
    """A fact in the books, named by what it came from: `ext_kind` and `ext_id` are unique, so none is booked twice."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("ext_kind", "ext_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    journal: Mapped[str]
    effective_on: Mapped[datetime]
    posted_at: Mapped[datetime]
    ext_kind: Mapped[str]
    ext_id: Mapped[str]
    memo: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    postings: Mapped[list["Posting"]] = relationship(back_populates="entry")


class Posting(Base):
    """A signed amount on one account, minor units: debit above zero. The postings of an entry sum to zero."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    account: Mapped[str] = mapped_column(index=True)
    currency: Mapped[str]
    amount: Mapped[int]

    entry: Mapped[JournalEntry] = relationship(back_populates="postings")
