"""A proposal for the room as it stands: shown first, then accepted as the organiser left it, all of it or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.core.i18n import enumerate_names, ngettext
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.seating import plan, proposing, sitting, tables, wishes
from events.seating.plan import Sitting, Table
from events.seating.puzzle import Room, Unit, Unmet
from events.seating.sitting import Move


@dataclass(frozen=True)
class Line:
    """Guests of one party and the number of the table proposed for them; `number` is None where there is no place."""

    party: str
    guests: Sequence[Sitting]
    number: int | None

    @property
    def key(self) -> str:
        """The guests' ids as the form carries them."""
        return ",".join(str(guest.id) for guest in self.guests)

    @property
    def people(self) -> str:
        """Who they are, in one sentence."""
        return _people(self.guests)


@dataclass(frozen=True)
class Shown:
    """The proposal with its reasons: sentences about what could not be met."""

    lines: Sequence[Line]
    unmet: Sequence[str]
    guests: int


def for_event(event_id: int) -> Shown:
    """What would be proposed now. The same room gives the same proposal."""
    standing, waiting = plan.tables(event_id), plan.unseated(event_id)
    known = {guest.id: guest for party in waiting for guest in party.guests}
    known |= {guest.id: guest for table in standing for guest in table.seated}
    found = proposing.propose(_rooms(standing), _units(standing, waiting), *_pairs(event_id))
    numbers = {table.id: table.number for table in standing}
    at = {guest: numbers[table_id] for table_id, guests in found.tables.items() for guest in guests}
    order = {guest: place for guests in found.tables.values() for place, guest in enumerate(guests)}
    return Shown(_lines(waiting, at, order), [_sentence(unmet, known) for unmet in found.unmet], len(at))


def accept(event_id: int, wanted: Mapping[str, int | None]) -> int:
    """Seat the guests (ids joined by commas) at the tables of these numbers; how many were seated.

    In the caller's transaction, all or nothing. Raises Refusal: no_table, table_full, moved_meanwhile.
    """
    known = {table.number: table.id for table in tables.of_event(event_id)}
    moves: list[Move] = []
    for key, number in wanted.items():
        if number is not None and number not in known:
            raise Refusal("no_table", _("There is no table %(number)s.", number=number))
        if number is not None:
            moves += [Move(guest_id, None, known[number]) for guest_id in _ids(key)]
    sitting.sit(event_id, moves)
    return len(moves)


def _rooms(standing: Sequence[Table]) -> list[Room]:
    return [
        Room(table.id, table.number, table.free, frozenset(guest.id for guest in table.seated)) for table in standing
    ]


def _units(standing: Sequence[Table], waiting: Sequence[plan.Waiting]) -> list[Unit]:
    seated: dict[int, set[int]] = {}
    for table in standing:
        for guest in table.seated:
            seated.setdefault(guest.party_id, set()).add(guest.id)
    return [
        Unit(party.party_id, tuple(guest.id for guest in party.guests), frozenset(seated.get(party.party_id, ())))
        for party in waiting
    ]


def _pairs(event_id: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    known = wishes.of_event(event_id)
    near = [(wish.guest_id, wish.other_id) for wish in known if wish.kind == "next_to"]
    return near, [(wish.guest_id, wish.other_id) for wish in known if wish.kind == "not_with"]


def _lines(waiting: Sequence[plan.Waiting], at: Mapping[int, int], order: Mapping[int, int]) -> list[Line]:
    """By table, then by place; a party that is split has a line for each of its tables."""
    lines: list[Line] = []
    for party in waiting:
        for number in sorted({at.get(guest.id) for guest in party.guests}, key=lambda number: (number is None, number)):
            lines.append(Line(party.name, [guest for guest in party.guests if at.get(guest.id) == number], number))
    return sorted(lines, key=lambda line: (line.number is None, line.number or 0, order.get(line.guests[0].id, 0)))


def _sentence(unmet: Unmet, known: Mapping[int, Sitting]) -> str:
    people = [known[guest] for guest in unmet.guests if guest in known]
    names = _people(people)
    if unmet.kind == "no_place":
        return _("There is no seat left for %(names)s.", names=names)
    if unmet.kind == "split":
        return _("The party of %(name)s does not fit one table and is divided.", name=people[0].party)
    if unmet.kind == "next_to":
        return _("%(names)s would like to sit together; their tables have no room for it.", names=names)
    return _("%(names)s must not sit together, and do already. Move one of them by hand.", names=names)


def _people(guests: Sequence[Sitting]) -> str:
    """ "Maria Rossi and 3 guests of Maria Rossi": those whose names are to come are counted after the others."""
    nameless = Counter(guest.party for guest in guests if not guest.named)
    names = [guest.name for guest in guests if guest.named]
    for party, num in nameless.items():
        names.append(ngettext("%(num)s guest of %(name)s", "%(num)s guests of %(name)s", num, name=party))
    return enumerate_names(names)


def _ids(key: str) -> list[int]:
    parts = key.split(",")
    if not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts):
        raise Refusal("not_a_number", _("This page has run out. Load it again."))
    return [int(part) for part in parts]
