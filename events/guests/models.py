"""Who comes: the party of one order, and the guest of each ticket."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from events.tickets.models import Ticket


class Party(Base):
    """The people who come on one order, and how to reach whoever booked for them."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]

    guests: Mapped[list["Guest"]] = relationship(back_populates="party", order_by="Guest.id")


class Guest(Base):
    """What the house knows of the person on one ticket (the name stands on the ticket): diet, needs, table."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    note: Mapped[str] = mapped_column(default="")  # what kitchen and door must know, in the guest's own words
    table_name: Mapped[str | None]

    party: Mapped[Party] = relationship(back_populates="guests")
    ticket: Mapped[Ticket] = relationship()
