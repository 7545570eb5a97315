"""Whom a message is for. What tickets and tables tell is known here; what orders tell, payments registers.

A guest without an address of their own is reached through whoever booked. One address is one reader.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true

from events.catalogue.models import Event, TicketType
from events.core import tokens
from events.core.db import db
from events.core.i18n import gettext, local
from events.core.i18n import lazy_gettext as _
from events.door.models import ENTRANCE, Presence
from events.guests.circulars import Reader
from events.guests.models import Guest, Party
from events.messages.models import GuestMessage, Objection
from events.tickets.models import Ticket

_REGISTERED: Final = "bonsoir-segments"
LinkOf = Callable[[int], str | None]
"""The page of the order that a party (by id) came of."""


@dataclass(frozen=True)
class PartySegment:
    """People whom their orders tell. `parties` selects the ids of their parties at an event."""

    code: str
    words: Any
    parties: Callable[[int], Select[int]]


@dataclass(frozen=True)
class PeopleSegment:
    """People who are no party of the evening: what is theirs has no page to link to. `people` reads them."""

    code: str
    words: Any
    people: Callable[[int], Iterable[Reader]]


Above = PartySegment | PeopleSegment


@dataclass(frozen=True)
class _Registered:
    segments: Sequence[Above]
    link_of: LinkOf


def init_app(app: Flask, above: Sequence[Above], link_of: LinkOf) -> None:
    """Know the segments of the rooms above, and where an order's page is."""
    app.extensions[_REGISTERED] = _Registered(above, link_of)


def link_of(party_id: int) -> str | None:
    """The address of the order's page of this party."""
    return _registered().link_of(party_id)


def offer(event: Event) -> list[tuple[str, str]]:
    """Every segment that this evening has: its key as it is stored, and its words."""
    plain = [(code, str(words)) for code, (words, _which) in _TICKETS.items()]
    above = [(one.code, str(one.words)) for one in _registered().segments]
    return [*plain, *above, *_tables(event), *_kinds(event), *_marks(event)]


def words_of(event: Event, segment: str) -> str:
    """What a segment is called; one that is gone by its key."""
    return dict(offer(event)).get(segment, segment)


def readers(event: Event, segment: str, purpose: str) -> tuple[list[Reader], int]:
    """Who gets a message now, and how many are left out because they do not want letters of this kind."""
    found: dict[str, Reader] = {}
    for reader in _all(event, segment):
        found.setdefault(folded(reader.email), reader)
    if purpose == "news":
        return list(found.values()), 0
    unwilling = set(db.session.scalars(select(Objection.digest).filter_by(organisation_id=event.organisation_id)))
    willing = [one for one in found.values() if digest_of(event.organisation_id, one.email) not in unwilling]
    return willing, len(found) - len(willing)


def unreached(event: Event, segment: str) -> int:
    """How many of its guests no letter reaches: neither they nor whoever booked left an address."""
    code, _colon, value = segment.partition(":")
    which = _tickets_of(code, value)
    if which is None:
        return 0
    nowhere = (Party.email == "", func.coalesce(Guest.email, "") == "")
    query = select(func.count(Ticket.id)).join(Party, Party.id == Ticket.party_id)
    mine = query.outerjoin(Guest, Guest.ticket_id == Ticket.id).where(Ticket.event_id == event.id, which, *nowhere)
    return db.session.scalar(mine.where(Ticket.status == "valid")) or 0


def digest_of(organisation_id: int, email: str) -> str:
    """How an address is known where the address itself has no place."""
    return tokens.digest(f"{organisation_id}:{folded(email)}")


def objects(organisation_id: int, email: str) -> bool:
    """Whether this address wants no thanks and appeals."""
    key = {"organisation_id": organisation_id, "digest": digest_of(organisation_id, email)}
    return db.session.scalar(select(Objection.id).filter_by(**key)) is not None


def folded(email: str) -> str:
    """One address, whatever capitals it is written in."""
    return email.strip().casefold()


def language_for(message: GuestMessage, main: str, wanted: str) -> str:
    """`wanted` if the message is written in it, else the evening's main language."""
    return wanted if wanted in written_in(message) else main


def written_in(message: GuestMessage) -> list[str]:
    """The languages that have both a subject and a text."""
    return [code for code, words in message.text.items() if words and message.subject.get(code)]


def _all(event: Event, segment: str) -> Iterable[Reader]:
    code, _colon, value = segment.partition(":")
    above = next((one for one in _registered().segments if one.code == code), None)
    if isinstance(above, PeopleSegment):
        return above.people(event.id)
    if isinstance(above, PartySegment):
        return _of_parties(above.parties(event.id))
    which = _tickets_of(code, value)
    return [] if which is None else _of_tickets(event.id, which)


def _tickets_of(code: str, value: str) -> ColumnElement[bool] | None:
    """The condition on tickets behind a segment; None for one that is not of tickets."""
    if code in _TICKETS:
        return _TICKETS[code][1]()
    return _VALUED[code](value) if code in _VALUED and value else None


def _of_parties(ids: Select[int]) -> Iterable[Reader]:
    query = select(Party).where(Party.id.in_(ids), Party.email != "").order_by(Party.id)
    for party in db.session.scalars(query):
        yield Reader(("party", party.id), party.name, party.email, party.language)


def _of_tickets(event_id: int, which: ColumnElement[bool]) -> Iterable[Reader]:
    query = (
        select(Party.id, Party.name, Party.email, Party.language, Guest.id, Guest.email, Ticket.guest_name)
        .select_from(Ticket)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .where(Ticket.event_id == event_id, Ticket.status == "valid", which)
        .order_by(Party.id, Ticket.number)
    )
    for party_id, booker, address, language, guest_id, own, guest in db.session.execute(query):
        if own:
            yield Reader(("guest", guest_id), guest or "", own, language)
        elif address:
            yield Reader(("party", party_id), booker, address, language)


def _here() -> ColumnElement[bool]:
    at_entrance = and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE)
    return exists().where(at_entrance, Presence.scan_id.is_not(None))


_TICKETS: Final[dict[str, tuple[Any, Callable[[], ColumnElement[bool]]]]] = {
    "guests": (_("All guests"), true),
    "unnamed": (_("Guests whose name is missing"), lambda: func.coalesce(Ticket.guest_name, "") == ""),
    "absent": (_("Guests who are not here yet"), lambda: ~_here()),
    "arrived": (_("Guests who came"), _here),
}
_VALUED: Final[dict[str, Callable[[str], ColumnElement[bool]]]] = {
    "table": lambda value: Guest.table_name == value,
    "kind": lambda value: Ticket.ticket_type_id == (int(value) if value.isascii() and value.isdigit() else 0),
    "mark": lambda value: Guest.mark == value,
}


def _tables(event: Event) -> list[tuple[str, str]]:
    names = sorted(_distinct(event, Guest.table_name), key=lambda name: (len(name.split()[0]), name))
    return [(f"table:{name}", gettext("Table %(table)s", table=name)) for name in names]


def _marks(event: Event) -> list[tuple[str, str]]:
    return [(f"mark:{word}", gettext("Marked: %(mark)s", mark=word)) for word in sorted(_distinct(event, Guest.mark))]


def _kinds(event: Event) -> list[tuple[str, str]]:
    query = select(TicketType.id, TicketType.name).where(TicketType.event_id == event.id).order_by(TicketType.position)
    kinds = db.session.execute(query)
    return [(f"kind:{number}", gettext("Ticket: %(name)s", name=local(name))) for number, name in kinds]


def _distinct(event: Event, column: Any) -> list[str]:  # noqa: ANN401 - a column of Guest
    query = select(column).distinct().join(Ticket, Ticket.id == Guest.ticket_id)
    return [word for word in db.session.scalars(query.where(Ticket.event_id == event.id, column != "")) if word.strip()]


def _registered() -> _Registered:
    known: _Registered = current_app.extensions[_REGISTERED]
    return known
