"""Where everybody sits: tables with their places, wishes, and what the kitchen was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base

SHAPES = ("round", "long")
WISHES = ("next_to", "not_with")
MOST_PLACES = 40
FARTHEST = 20_000
"""How far from the corner of the room a table may stand, in the plan's own units (100 are about a metre and a half)."""


class DiningTable(Base):
    """A table in the room. `x` and `y` are its middle on the plan; `host` is whose table it is, if it is anybody's."""

    __tablename__ = "dining_table"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint(f"shape IN {SHAPES}", name="shape"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(f"x >= 0 AND x <= {FARTHEST} AND y >= 0 AND y <= {FARTHEST}", name="in_the_room"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    host: Mapped[str] = mapped_column(default="")
    shape: Mapped[str] = mapped_column(default="round")
    x: Mapped[int]
    y: Mapped[int]

    seats: Mapped[list["Seat"]] = relationship(order_by="Seat.position", cascade="all, delete-orphan")

    @property
    def label(self) -> str:
        """As guests and door read it: 4, or 4 · Jasmine."""
        return f"{self.number} · {self.name}" if self.name else str(self.number)


class Seat(Base):
    """One place at a table. Whoever sits on it is its guest: a place is one row, so no table can hold too many."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("table_id", "position"),
        CheckConstraint(f"position >= 1 AND position <= {MOST_PLACES}", name="position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("dining_table.id"))
    position: Mapped[int]
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id"), unique=True)


class SeatingWish(Base):
    """Two guests who want to sit at one table, or must not. The lower id stands first."""

    __tablename__ = "seating_wish"
    __table_args__ = (
        UniqueConstraint("guest_id", "other_id"),
        CheckConstraint("guest_id < other_id", name="order"),
        CheckConstraint(f"kind IN {WISHES}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    guest_id: Mapped[int] = mapped_column(ForeignKey("guest.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("guest.id"), index=True)
    kind: Mapped[str]


class Catering(Base):
    """What is agreed with the restaurant: the chef's language, until when changes are free, and how many covers."""

    __tablename__ = "catering"
    __table_args__ = (CheckConstraint("guaranteed >= 0 AND cover_price >= 0", name="not_negative"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    language: Mapped[str]
    cut_off_at: Mapped[datetime | None]  # after it the kitchen hears of differences alone
    dishes_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))  # the question that asks for the dish
    guaranteed: Mapped[int] = mapped_column(default=0)  # covers paid for, whoever comes
    cover_price: Mapped[int] = mapped_column(default=0)  # minor units of the event's currency; 0 where none is agreed


class KitchenSheet(Base):
    """What the kitchen was given, and when: append-only. `content` has tables, places, diets, allergies; no names."""

    __tablename__ = "kitchen_sheet"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    given_at: Mapped[datetime]
    given_by: Mapped[str]
    content: Mapped[dict[str, Any]]
