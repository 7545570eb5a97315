"""A seating plan proposed: the largest groups first, each where it fits best; then exchanges that meet more wishes.

Pure and deterministic: the same guests, tables and wishes give the same plan, and what could not be met is said. Nobody
who sits already is moved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from events.seating.neighbours import neighbours
from events.seating.puzzle import Pairs, Proposal, Room, Unit, Unmet

ROUNDS = 3
"""How often exchanges are looked for; each round only looks at groups that miss something."""


def propose(rooms: Sequence[Room], units: Sequence[Unit], near: Pairs, apart: Pairs) -> Proposal:
    """A place for every guest of `units`, as far as there are any."""
    work = _Work(rooms, near, apart)
    for group in sorted(_groups(units, work), key=lambda group: (-sum(len(u.guests) for u in group), group[0].key)):
        _place_group(work, group)
    for _round in range(ROUNDS):
        if not any([_improve(work, unit, units) for unit in units if work.misses(unit)]):
            break
    return Proposal(work.placed(units), _unmet(work, units))


@dataclass
class _Work:
    """The plan while it grows."""

    rooms: Sequence[Room]
    near: Pairs
    apart: Pairs
    at: dict[int, int] = field(default_factory=dict)
    free: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.at = {guest: room.id for room in self.rooms for guest in room.seated}
        self.free = {room.id: room.free for room in self.rooms}
        self.friends, self.foes = _both_ways(self.near), _both_ways(self.apart)

    def put(self, guests: Iterable[int], room_id: int) -> None:
        for guest in guests:
            self.at[guest] = room_id
            self.free[room_id] -= 1

    def take(self, guests: Iterable[int]) -> None:
        for guest in guests:
            self.free[self.at.pop(guest)] += 1

    def clashes(self, guests: Iterable[int], room_id: int) -> bool:
        foes = (foe for guest in guests for foe in self.foes.get(guest, ()))
        return any(self.at.get(foe) == room_id for foe in foes)

    def pull(self, unit: Unit) -> dict[int, int]:
        """Tables where people sit that this unit belongs to, with their number."""
        wanted = [*unit.beside, *(friend for guest in unit.guests for friend in self.friends.get(guest, ()))]
        found: dict[int, int] = {}
        for guest in wanted:
            if guest in self.at and guest not in unit.guests:
                found[self.at[guest]] = found.get(self.at[guest], 0) + 1
        return found

    def misses(self, unit: Unit) -> bool:
        tables = {self.at.get(guest) for guest in (*unit.guests, *unit.beside)}
        friends = {self.at.get(friend) for guest in unit.guests for friend in self.friends.get(guest, ())}
        return len(tables | friends) > 1 or None in tables

    def placed(self, units: Sequence[Unit]) -> dict[int, tuple[int, ...]]:
        """New guests by table, parties and friends beside each other."""
        found: dict[int, list[int]] = {}
        for unit in units:
            for guest in unit.guests:
                if guest in self.at:
                    found.setdefault(self.at[guest], []).append(guest)
        return {room.id: neighbours(found[room.id], self.friends) for room in self.rooms if room.id in found}


def _both_ways(pairs: Pairs) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def _groups(units: Sequence[Unit], work: _Work) -> list[list[Unit]]:
    """Units that wish to sit together, as long as one table may hold them and nobody in them must be kept apart."""
    largest = max((room.free for room in work.rooms), default=0)
    owner = {guest: number for number, unit in enumerate(units) for guest in unit.guests}
    home, groups = list(range(len(units))), {number: [unit] for number, unit in enumerate(units)}
    for one, other in sorted(work.near):
        if one in owner and other in owner:
            first, second = sorted((home[owner[one]], home[owner[other]]))
            if first != second and _may_join(groups[first] + groups[second], largest, work):
                groups[first] += groups.pop(second)
                home = [first if number == second else number for number in home]
    return list(groups.values())


def _may_join(group: Sequence[Unit], largest: int, work: _Work) -> bool:
    guests = {guest for unit in group for guest in unit.guests}
    return len(guests) <= largest and not any(work.foes.get(guest, set()) & guests for guest in guests)


def _place_group(work: _Work, group: Sequence[Unit]) -> None:
    guests = [guest for unit in group for guest in unit.guests]
    pull: dict[int, int] = {}
    for unit in group:
        for room_id, count in work.pull(unit).items():
            pull[room_id] = pull.get(room_id, 0) + count
    best = _best(work, guests, pull)
    if best is not None:
        work.put(guests, best)
    elif len(group) > 1:
        for unit in sorted(group, key=lambda unit: (-len(unit.guests), unit.key)):
            _place_group(work, [unit])
    else:
        _scatter(work, group[0])


def _best(work: _Work, guests: Sequence[int], pull: Mapping[int, int], without: int | None = None) -> int | None:
    """Where those sit whom they belong to, else where least is left over; one empty place beside them is worst."""
    size, best, best_score = len(guests), None, (0, 0, 0, 0)
    guarded = any(guest in work.foes for guest in guests)
    for room in work.rooms:
        left = work.free[room.id] - size
        if left < 0 or room.id == without:
            continue
        score = (-pull.get(room.id, 0), int(left == 1), left, room.number)
        if (best is None or score < best_score) and not (guarded and work.clashes(guests, room.id)):
            best, best_score = room.id, score
    return best


def _scatter(work: _Work, unit: Unit) -> None:
    """No table has room for all: as many together as possible, the rest likewise, until nothing is free."""
    rest = list(unit.guests)
    while rest:
        rooms = [room for room in work.rooms if work.free[room.id] > 0]
        open_to = [room for room in rooms if not work.clashes(rest, room.id)]
        if not open_to:
            _one_by_one(work, rest, rooms)
            return
        room = min(open_to, key=lambda room: (-work.free[room.id], room.number))
        sits, rest = rest[: work.free[room.id]], rest[work.free[room.id] :]
        work.put(sits, room.id)


def _one_by_one(work: _Work, rest: Iterable[int], rooms: Sequence[Room]) -> None:
    for guest in rest:
        room = next((r for r in rooms if work.free[r.id] > 0 and not work.clashes([guest], r.id)), None)
        if room:
            work.put([guest], room.id)


def _improve(work: _Work, unit: Unit, units: Sequence[Unit]) -> bool:
    """Bring a unit that misses somebody to where they sit; somebody who belongs to nobody there may make room."""
    pull = work.pull(unit)
    for room_id in sorted(pull, key=lambda room_id: (-pull[room_id], room_id)):
        before = {guest: work.at[guest] for guest in unit.guests if guest in work.at}
        if pull[room_id] <= _company(work, unit, before):
            return False
        work.take(before)
        if _fits(work, unit, room_id) or _make_room(work, unit, room_id, units):
            work.put(unit.guests, room_id)
            return True
        for guest, old in before.items():
            work.put([guest], old)
    return False


def _company(work: _Work, unit: Unit, before: Mapping[int, int]) -> int:
    """How many of those it belongs to sit with the unit now; -1 while it is not together itself."""
    rooms = set(before.values())
    if len(before) < len(unit.guests) or len(rooms) > 1:
        return -1
    return work.pull(unit).get(rooms.pop(), 0)


def _fits(work: _Work, unit: Unit, room_id: int) -> bool:
    return work.free[room_id] >= len(unit.guests) and not work.clashes(unit.guests, room_id)


def _make_room(work: _Work, unit: Unit, room_id: int, units: Sequence[Unit]) -> bool:
    """Move one group away from the table, to one where it sits as well."""
    for other in units:
        if other is unit or {work.at.get(guest) for guest in other.guests} != {room_id} or work.pull(other):
            continue
        work.take(other.guests)
        elsewhere = _best(work, other.guests, {}, without=room_id) if _fits(work, unit, room_id) else None
        work.put(other.guests, room_id if elsewhere is None else elsewhere)
        if elsewhere is not None:
            return True
    return False


def _unmet(work: _Work, units: Sequence[Unit]) -> list[Unmet]:
    found: list[Unmet] = []
    for unit in units:
        missing = tuple(guest for guest in unit.guests if guest not in work.at)
        tables = {work.at[guest] for guest in (*unit.guests, *unit.beside) if guest in work.at}
        found += [Unmet("no_place", missing)] if missing else []
        found += [Unmet("split", unit.guests)] if len(tables) > 1 else []
    seated = [
        (one, other, work.at[one] == work.at[other]) for one, other in work.near if {one, other} <= work.at.keys()
    ]
    found += [Unmet("next_to", (one, other)) for one, other, together in seated if not together]
    foes = [pair for pair in work.apart if set(pair) <= work.at.keys() and work.at[pair[0]] == work.at[pair[1]]]
    return [*found, *(Unmet("not_with", pair) for pair in foes)]
