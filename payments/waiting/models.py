"""People who wait for places of an evening that is sold out, in the order in which they came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event, TicketType
from events.core.db import Base
from payments.orders.models import Order

LIVE = ("unconfirmed", "waiting", "offered")
"""Standing in line, or about to: one group for each address and evening."""
STATUSES = (*LIVE, "taken", "lapsed", "left", "removed", "over")

# From, to, trigger. A group begins as `unconfirmed`.
TRANSITIONS = (
    ("unconfirmed", "waiting", "the mailed link was confirmed"),
    ("waiting", "offered", "places came back, or staff offer them"),
    ("offered", "taken", "an order was placed with them"),
    ("offered", "lapsed", "the time limit is over"),
    ("taken", "waiting", "that order ran out within the time limit"),
    *((before, "left", "the group's own wish") for before in LIVE),
    *((before, "removed", "staff") for before in LIVE),
    *((before, "over", "no more offers are made for the evening") for before in ("unconfirmed", "waiting")),
)
_LIVE = text(f"status IN {LIVE}")


class WaitingLine(Base):
    """An evening's line. `party_id` keeps the places that return for those in it; whoever moves the line locks it."""

    __tablename__ = "waiting_line"
    __table_args__ = (CheckConstraint("offer_hours BETWEEN 1 AND 168", name="offer_hours"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    offer_hours: Mapped[int] = mapped_column(default=24)  # how long an offer stands; less when the evening is near

    event: Mapped[Event] = relationship()


class Waiting(Base):
    """One group: so many of one ticket type. Its place counts from `joined_at`, when the address was confirmed.

    An offer is held seats of `party_id`, a party of the group's own, until `offered_until`. `passed` is how many
    smaller groups were served before it, `saved_since` when places began to be saved for it (deciding.py). Whoever took
    an offer has `order_id`.
    """

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("status NOT IN ('waiting', 'offered') OR joined_at IS NOT NULL", name="joined"),
        CheckConstraint("status <> 'offered' OR (party_id IS NOT NULL AND offered_until IS NOT NULL)", name="offer"),
        CheckConstraint("status <> 'taken' OR order_id IS NOT NULL", name="taken"),
        Index("uq_waiting_place", "event_id", "email", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    count: Mapped[int]  # seats, or bundles of a type that is one
    name: Mapped[str]
    email: Mapped[str]  # in small letters
    language: Mapped[str]
    status: Mapped[str] = mapped_column(default="unconfirmed")
    asked_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    passed: Mapped[int] = mapped_column(default=0)
    saved_since: Mapped[datetime | None]
    offers: Mapped[int] = mapped_column(default=0)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), unique=True)
    offered_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)

    event: Mapped[Event] = relationship()
    ticket_type: Mapped[TicketType] = relationship()
    order: Mapped[Order | None] = relationship()

    @property
    def seats(self) -> int:
        """Places in all: a table counts its seats."""
        return self.count * self.ticket_type.bundle_size


class WaitingLink(Base):
    """The secret of a link in one of a group's letters; only its digest is kept. All of them open the same page."""

    __tablename__ = "waiting_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    waiting_id: Mapped[int] = mapped_column(ForeignKey("waiting.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
