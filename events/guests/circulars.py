"""Letters to everybody who has a ticket: whoever booked, and guests who left an address of their own; each once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, true

from events.core.db import db
from events.guests.models import Guest, Party
from events.mail import outbox
from events.mail.models import Letter
from events.tickets.models import Ticket

TICKET_KEY: Final = "guest-ticket:"
"""Begins the key of the letter with a guest's own ticket."""


@dataclass(frozen=True)
class Reader:
    """A person to write to. `whose` says which tickets the letter is about: ("party", id), or ("guest", id)."""

    whose: tuple[str, int]
    name: str
    email: str
    language: str


def readers(event_id: int, until: datetime | None = None) -> list[Reader]:
    """Everybody with a valid ticket of the evening and an address, buyers first; of those who came `until` then.

    Two orders from one address are one reader.
    """
    known: dict[str, Reader] = {}
    for reader in (*_buyers(event_id, until), *_guests(event_id, until)):
        known.setdefault(reader.email.strip().casefold(), reader)
    return list(known.values())


def write(kind: str, occasion: str, event_id: int, people: list[Reader], **args: str | int) -> int:
    """Put one letter to each of them for this occasion, in the caller's transaction; how many had none before.

    `occasion` tells one reason to write from the next: "reminder:4:2027-02-28".
    """
    keys = {f"{occasion}:{reader.whose[0]}:{reader.whose[1]}": reader for reader in people}
    written = set(db.session.scalars(select(Letter.key).where(Letter.kind == kind, Letter.key.in_(keys))))
    return sum(_put(kind, key, event_id, reader, args) for key, reader in keys.items() if key not in written)


def _put(kind: str, key: str, event_id: int, reader: Reader, args: dict[str, str | int]) -> bool:
    about: dict[str, Any] = {"event_id": event_id, f"{reader.whose[0]}_id": reader.whose[1], **args}
    return outbox.put(kind, key, name=reader.name, email=reader.email, language=reader.language, **about)


def _buyers(event_id: int, until: datetime | None) -> Iterator[Reader]:
    holding = select(Ticket.party_id).where(Ticket.event_id == event_id, Ticket.status == "valid")
    query = select(Party).where(Party.event_id == event_id, Party.email != "", Party.id.in_(holding), _booked(until))
    for party in db.session.scalars(query.order_by(Party.id)):
        yield Reader(("party", party.id), party.name, party.email, party.language)


def _guests(event_id: int, until: datetime | None) -> Iterator[Reader]:
    answered = true() if until is None else or_(Guest.answered_at.is_(None), Guest.answered_at <= until)
    key = literal(TICKET_KEY).concat(cast(Ticket.id, String))  # whoever asked for the ticket chose its language
    own = select(Letter.language).where(Letter.key == key).scalar_subquery()
    query = (
        select(Guest.id, Ticket.guest_name, Guest.email, func.coalesce(own, Party.language))
        .join(Ticket, Ticket.id == Guest.ticket_id)
        .join(Party, Party.id == Guest.party_id)
        .where(Ticket.event_id == event_id, Ticket.status == "valid", Guest.email != "", _booked(until), answered)
    )
    for guest_id, name, email, language in db.session.execute(query.order_by(Guest.id)):
        yield Reader(("guest", guest_id), name or "", email, language)


def _booked(until: datetime | None) -> ColumnElement[bool]:
    return true() if until is None else Party.created_at <= until
