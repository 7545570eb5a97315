"""The room as it stands: tables with their places and guests, and who has no place yet. Three queries for any room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select

from events.core.db import db
from events.core.i18n import gettext as _
from events.guests import naming
from events.guests.models import Guest, Party
from events.seating import drawing
from events.seating.models import DiningTable, Seat
from events.seating.sitting import expected
from events.tickets.models import Ticket

PARTIES_SHOWN = 30
"""Parties without a place that the page lists at one time."""


@dataclass(frozen=True)
class Sitting:
    """A guest as the plan shows them. `named`: the name is known; else `name` says whose guest it is."""

    id: int
    party_id: int
    name: str
    named: bool
    number: str
    note: str
    party: str
    diet: str = ""
    alias: str = ""
    allergies: Sequence[str] = ()


@dataclass(frozen=True)
class Place:
    """One seat on the plan."""

    position: int
    x: int
    y: int
    guest: Sitting | None

    @property
    def state(self) -> str:
        """How it is drawn: named, sold (the name is to come) or free."""
        return "free" if self.guest is None else "named" if self.guest.named else "sold"


@dataclass(frozen=True)
class Table:
    """A table with everybody at it."""

    id: int
    number: int
    label: str
    name: str
    host: str
    shape: str
    x: int
    y: int
    places: Sequence[Place]

    @cached_property
    def seated(self) -> Sequence[Sitting]:
        """Its guests, in the order of the places."""
        return [place.guest for place in self.places if place.guest]

    @cached_property
    def outline(self) -> drawing.Outline:
        """The size of its top."""
        return drawing.outline(len(self.places), self.shape)

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return len(self.places) - len(self.seated)

    @property
    def named(self) -> int:
        """Guests whose names are known."""
        return sum(guest.named for guest in self.seated)


@dataclass
class Waiting:
    """The people of one party who have no place yet."""

    party_id: int
    name: str
    guests: list[Sitting] = field(default_factory=list)


@dataclass(frozen=True)
class Room:
    """The whole plan."""

    tables: Sequence[Table]
    unseated: Sequence[Waiting]
    found: Sequence[Waiting]
    page: int

    @property
    def waiting(self) -> Sequence[Waiting]:
        """The parties on this page, of those found."""
        return self.found[(self.page - 1) * PARTIES_SHOWN : self.page * PARTIES_SHOWN]

    @property
    def waiting_guests(self) -> int:
        """Everybody who has no place, found or not."""
        return sum(len(party.guests) for party in self.unseated)

    @property
    def has_next(self) -> bool:
        """Whether more parties follow."""
        return len(self.found) > self.page * PARTIES_SHOWN

    @property
    def places(self) -> int:
        """Of all tables."""
        return sum(len(table.places) for table in self.tables)

    @property
    def seated(self) -> int:
        """Guests with a place."""
        return sum(len(table.seated) for table in self.tables)

    @cached_property
    def frame(self) -> drawing.Frame:
        """What the drawing shows."""
        far = ((table.x, table.y, drawing.reach(len(table.places), table.shape)) for table in self.tables)
        return drawing.frame(list(far))

    def find_table(self, table_id: int | None) -> Table | None:
        """The table of this id."""
        return next((table for table in self.tables if table.id == table_id), None)

    def find_guest(self, guest_id: int | None) -> tuple[Sitting, Table | None] | None:
        """A guest on this plan, with the table."""
        at_tables = ((guest, table) for table in self.tables for guest in table.seated)
        without = ((guest, None) for party in self.unseated for guest in party.guests)
        return next((found for found in (*at_tables, *without) if found[0].id == guest_id), None)


def of_event(event_id: int, matches: str = "", page: int = 1) -> Room:
    """The plan of an evening; of those who wait for a place, the page of parties whose name holds `matches`."""
    waiting = unseated(event_id)
    words = matches.casefold().strip()
    fitting = [party for party in waiting if _fits(party, words)]
    return Room(tables(event_id), waiting, fitting, max(page, 1))


def tables(event_id: int) -> list[Table]:
    """Every table with its guests, in the order of the numbers. Two queries."""
    rows = db.session.execute(
        select(Seat.table_id, Seat.position, Seat.guest_id)
        .join(DiningTable, DiningTable.id == Seat.table_id)
        .where(DiningTable.event_id == event_id)
        .order_by(Seat.table_id, Seat.position)
    ).all()
    guests = _guests(event_id)
    places: dict[int, list[Sitting | None]] = {}
    for table_id, _position, guest_id in rows:
        places.setdefault(table_id, []).append(guests.get(guest_id) if guest_id else None)
    standing = select(DiningTable).where(DiningTable.event_id == event_id).order_by(DiningTable.number)
    return [_table(table, places.get(table.id, [])) for table in db.session.scalars(standing)]


def unseated(event_id: int) -> list[Waiting]:
    """Everybody who is expected and has no place, party by party."""
    seated = select(Seat.guest_id).join(DiningTable).where(DiningTable.event_id == event_id, Seat.guest_id.is_not(None))
    parties: dict[int, Waiting] = {}
    for guest in _guests(event_id, Guest.id.not_in(seated)).values():
        party = parties.setdefault(guest.party_id, Waiting(guest.party_id, guest.party))
        party.guests.append(guest)
    return list(parties.values())


def _guests(event_id: int, *conditions: object) -> Mapping[int, Sitting]:
    query = (
        select(
            *(Guest.id, Guest.party_id, Ticket.guest_name, Ticket.number, Guest.note, naming.host()),
            *(Guest.diet, Guest.alias, Guest.allergies),
        )
        .join(Ticket, Ticket.id == Guest.ticket_id)
        .join(Party, Party.id == Guest.party_id)
        .where(Ticket.event_id == event_id, expected(), *conditions)  # type: ignore[arg-type]
        .order_by(Guest.party_id, Guest.id)
    )
    nameless = _("Guest of %(name)s", name="{}")
    return {row[0]: _sitting(nameless, *row) for row in db.session.execute(query)}


def _sitting(
    nameless: str,
    guest_id: int,
    party_id: int,
    name: str | None,
    number: int,
    note: str,
    party: str,
    diet: str,
    alias: str,
    allergies: Sequence[str],
) -> Sitting:
    guest_of = naming.placeholder() if naming.stands_in(party) else nameless.replace("{}", party)
    shown = naming.told(name) or guest_of
    return Sitting(guest_id, party_id, shown, bool(name), f"{number:04}", note, party, diet, alias, allergies)


def _table(table: DiningTable, guests: Sequence[Sitting | None]) -> Table:
    spots = drawing.spots(table.x, table.y, len(guests), table.shape)
    pairs = enumerate(zip(spots, guests, strict=True), start=1)
    places = [Place(number, spot.x, spot.y, guest) for number, (spot, guest) in pairs]
    whole = (table.id, table.number, table.label, table.name, table.host, table.shape, table.x, table.y)
    return Table(*whole, places)


def _fits(party: Waiting, words: str) -> bool:
    if not words:
        return True
    texts = (party.name, *(guest.name for guest in party.guests), *(guest.number for guest in party.guests))
    return words in " ".join(texts).casefold()
