"""What the accountant calls our accounts, in which currency the books are kept, and files in the making."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base

STATES = ("waiting", "writing", "ready", "failed", "gone")

# From, to, trigger.
TRANSITIONS = (
    ("waiting", "writing", "the worker begins"),
    ("writing", "writing", "another worker begins again"),
    ("writing", "ready", "the file is whole"),
    ("writing", "failed", "it cannot be written: the sentence says why"),
    ("ready", "gone", "its day is over"),
)


class Bookkeeping(Base):
    """The currency of an organisation's books. Without a row it is the one that its evenings are sold in."""

    __tablename__ = "bookkeeping"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    currency: Mapped[str]


class AccountCode(Base):
    """What the accountant calls one of our accounts. Without a row accounts.DEFAULTS counts."""

    __tablename__ = "account_code"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    label: Mapped[str]


class BookRate(Base):
    """What one unit of a currency is worth in the books' own, from a day on. `rate` is a decimal number."""

    __tablename__ = "book_rate"
    __table_args__ = (UniqueConstraint("organisation_id", "currency", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    currency: Mapped[str]
    since: Mapped[date]
    rate: Mapped[str]


class ExportFile(Base):
    """A file that the worker writes. `choice` is what was asked for (whose, event, days, language), as JSON.

    `name` is its random name, and in its address; only whoever asked for it may fetch it. Each worker that begins takes
    the next `draft`; the one that is `ready` says whose pieces count.
    """

    __tablename__ = "export_file"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    format: Mapped[str]
    choice: Mapped[dict[str, Any]]
    download_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    total: Mapped[int] = mapped_column(default=0)  # lines that were there when it was begun
    done: Mapped[int] = mapped_column(default=0)
    draft: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]


class ExportPiece(Base):
    """A piece of such a file; `place` counts from nought. Kept for a day, as the file is."""

    __tablename__ = "export_piece"

    file_id: Mapped[int] = mapped_column(ForeignKey("export_file.id"), primary_key=True, autoincrement=False)
    draft: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes]
