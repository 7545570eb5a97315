"""What the guard remembers, for a day at most: digests and counts, no address of anybody.

Every order writes here, so there are no indexes but those that an order reads: what is old is looked for once an hour,
in tables of a day.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base


class DailySalt(Base):
    """Drawn at random each day and thrown away after it: then no digest of that day tells an address any more."""

    __tablename__ = "guard_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[str]


class Tally(Base):
    """How often something happened since `began_at`; one row for each key, moved by conditional updates alone."""

    __tablename__ = "guard_tally"

    key: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    count: Mapped[int]


class Origin(Base):
    """Where an order was placed from: the day's digest of a network address."""

    __tablename__ = "guard_origin"

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    key: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]


class SentForm(Base):
    """An order form that was sent, as a digest, and the order that came of it."""

    __tablename__ = "guard_sent_form"

    digest: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[datetime]
