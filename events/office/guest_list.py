"""The guest list: found by any part of a name, an address, a number or a table, whatever the accents and capitals."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from events.catalogue.models import TicketType
from events.core.db import db
from events.door.models import ENTRANCE, Admission, Presence
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

PER_PAGE = 50
SHOWN = ("all", "unnamed", "notes", "arrived", "void")
"""What the list may be narrowed to; "all" leaves out nothing but tickets that a new one replaced."""


@dataclass(frozen=True)
class Line:
    """One ticket with its guest, as the list shows it."""

    ticket: Ticket
    party: Party
    note: str | None
    table: str | None
    checked_in_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Some lines of all that were found. Pages count from 1."""

    lines: list[Line]
    found: int
    number: int

    @property
    def first(self) -> int:
        """Place of its first line among all, from 1."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        """Place of its last line."""
        return self.first + len(self.lines) - 1

    @property
    def has_next(self) -> bool:
        """Whether more follow."""
        return self.last < self.found


class _Known(NamedTuple):
    """What can be searched of one ticket. `note` and `table` are None where nobody has been written down yet."""

    id: int
    number: int
    status: str
    guest: str | None
    buyer: str
    email: str
    note: str | None
    table: str | None
    scan_id: str | None


def find(event_id: int, query: str = "", shown: str = "all", page: int = 1) -> Page:
    """The page of the guest list that fits. Two queries, however long the list; an unknown `shown` counts as all.

    Words are compared here and not by the database: SQLite folds no letter beyond ASCII, and neither engine knows
    that somebody who types "helene" looks for "Hélène".
    """
    words = folded(query).split()
    fitting = [known.id for known in _index(event_id) if _shows(known, shown) and _matches(known, words)]
    number = min(max(page, 1), max(1, -(-len(fitting) // PER_PAGE)))
    wanted = fitting[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(_lines(wanted), len(fitting), number)


def folded(text: str) -> str:
    """Without capitals and Latin accents; Thai and other scripts keep their marks, which are letters there."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub("[\u0300-\u036f]", "", apart)
    return unicodedata.normalize("NFC", plain).replace("đ", "d").replace("œ", "oe").replace("’", "'")


def _index(event_id: int) -> Iterator[_Known]:
    rows = db.session.execute(
        select(
            Ticket.id,
            Ticket.number,
            Ticket.status,
            Ticket.guest_name,
            Party.name,
            Party.email,
            Guest.note,
            Guest.table_name,
            Presence.scan_id,
        )
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, _at_entrance())
        .where(Ticket.event_id == event_id, Ticket.status != "replaced")
        .order_by(Ticket.number)
    )
    return (_Known(*row) for row in rows)


def _at_entrance() -> ColumnElement[bool]:
    return and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE)


def _shows(known: _Known, shown: str) -> bool:
    answers = {
        "unnamed": not known.guest and known.status != "void",
        "notes": bool(known.note),
        "arrived": known.scan_id is not None,
        "void": known.status == "void",
    }
    return answers.get(shown, True)


def _matches(known: _Known, words: Sequence[str]) -> bool:
    if not words:
        return True
    texts = (known.guest or "", known.buyer, known.email, f"{known.number:04}", known.table or "")
    whole = folded(" ".join(texts))
    return all(word in whole for word in words)


def _lines(ids: Sequence[int]) -> list[Line]:
    came_in = and_(
        Admission.ticket_id == Ticket.id,
        Admission.check_list == ENTRANCE,
        Admission.scan_id == Presence.scan_id,
    )
    rows = db.session.execute(
        select(Ticket, Party, Guest.note, Guest.table_name, Admission.at)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, _at_entrance())
        .outerjoin(Admission, came_in)
        .where(Ticket.id.in_(ids))
        .order_by(Ticket.number)
        .options(joinedload(Ticket.ticket_type).lazyload(TicketType.quotas))
    )
    return [Line(*row) for row in rows]
