"""Proposals: parties together, wishes heeded, deterministic, and honest about what could not be met."""

import random

import pytest

from events.core.db import db, transaction
from events.core.i18n import in_language
from events.core.refusal import Refusal
from events.seating import plan, proposals, wishes
from events.seating.proposing import propose
from events.seating.puzzle import Room, Unit
from tests.events.seating.conftest import guest
from tests.support.staff import Staff, sell

ROOMS = [Room(number, number, 4) for number in (1, 2, 3)]


def at(found: dict[int, tuple[int, ...]], one: int) -> int | None:
    return next((table for table, guests in found.items() if one in guests), None)


def test_parties_sit_together_and_tables_fill_up() -> None:
    units = [Unit(1, (1, 2, 3)), Unit(2, (4, 5)), Unit(3, (6, 7)), Unit(4, (8,))]
    found = propose(ROOMS, units, [], [])
    assert dict(found.tables) == {1: (1, 2, 3, 8), 2: (4, 5, 6, 7)}
    assert found.unmet == []


def test_who_wants_to_sit_together_does() -> None:
    units = [Unit(1, (1, 2, 3)), Unit(2, (4, 5)), Unit(3, (6, 7)), Unit(4, (8,)), Unit(5, (9, 10))]
    found = propose(ROOMS, units, [(5, 9)], [])
    assert at(dict(found.tables), 5) == at(dict(found.tables), 9)
    together = next(guests for guests in found.tables.values() if 5 in guests)
    assert abs(together.index(5) - together.index(9)) == 1
    assert found.unmet == []


def test_who_must_not_sit_together_does_not() -> None:
    found = propose(ROOMS[:2], [Unit(1, (1, 2)), Unit(2, (3, 4))], [], [(2, 3)])
    assert at(dict(found.tables), 2) != at(dict(found.tables), 3)
    assert found.unmet == []


def test_a_party_larger_than_any_table_is_divided_and_this_is_said() -> None:
    found = propose(ROOMS, [Unit(1, (1, 2, 3, 4, 5))], [], [])
    assert sorted(len(guests) for guests in found.tables.values()) == [1, 4]
    assert [unmet.kind for unmet in found.unmet] == ["split"]


def test_who_gets_no_place_is_named() -> None:
    found = propose(ROOMS[:1], [Unit(1, (1, 2, 3)), Unit(2, (4, 5))], [], [])
    assert sum(len(guests) for guests in found.tables.values()) == 4
    assert {"no_place"} <= {unmet.kind for unmet in found.unmet}


def test_who_sits_already_stays_and_draws_the_rest_of_the_party() -> None:
    rooms = [Room(1, 1, 4), Room(2, 2, 2, frozenset({90, 91}))]
    found = propose(rooms, [Unit(1, (1, 2), frozenset({90}))], [], [])
    assert dict(found.tables) == {2: (1, 2)}


def test_a_group_that_belongs_to_nobody_makes_room() -> None:
    rooms = [Room(1, 1, 2, frozenset({90})), Room(2, 2, 4)]
    units = [Unit(1, (1, 2, 3, 4)), Unit(2, (5, 6)), Unit(3, (7,), frozenset({90}))]
    found = propose([*rooms, Room(3, 3, 2)], units, [], [])
    assert at(dict(found.tables), 7) == 1
    assert found.unmet == []


def test_any_room_gives_the_same_plan_twice_and_no_table_too_many() -> None:
    dice = random.Random(7)  # noqa: S311 - a plan, not a secret
    for _turn in range(60):
        rooms = [Room(number, number, dice.randint(1, 8)) for number in range(1, 8)]
        sizes = [dice.randint(1, 5) for _ in range(14)]
        guests = iter(range(1, 200))
        units = [Unit(number, tuple(next(guests) for _ in range(size))) for number, size in enumerate(sizes)]
        pairs = [tuple(sorted(dice.sample(range(1, sum(sizes) + 1), 2))) for _ in range(8)]
        near, apart = [(a, b) for a, b in pairs[:5]], [(a, b) for a, b in pairs[5:] if (a, b) not in pairs[:5]]
        first, again = propose(rooms, units, near, apart), propose(rooms, units, near, apart)
        assert first == again
        seated = [guest for guests in first.tables.values() for guest in guests]
        assert len(seated) == len(set(seated))
        assert all(len(first.tables.get(room.id, ())) <= room.free for room in rooms)
        assert len(seated) <= min(sum(sizes), sum(room.free for room in rooms))
        seats = {guest: table for table, guests in first.tables.items() for guest in guests}
        clash = {pair for pair in apart if set(pair) <= seats.keys() and seats[pair[0]] == seats[pair[1]]}
        assert {unmet.guests for unmet in first.unmet if unmet.kind == "not_with"} == clash
        assert all(any(set(pair) <= set(unit.guests) for unit in units) for pair in clash)


def test_a_proposal_is_accepted_as_the_organiser_left_it(inside: Staff) -> None:
    with transaction():
        wishes.add_wish(1, 4, 6, "next_to")
    shown = proposals.for_event(1)
    assert shown.unmet == []
    assert shown.guests == 7
    wanted = {line.key: line.number for line in shown.lines}
    with transaction():
        assert proposals.accept(1, wanted) == 7
    assert plan.unseated(1) == []
    assert {line.met for line in wishes.lines(1)} == {True}


def test_guests_without_a_name_are_said_once_with_their_number(inside: Staff) -> None:
    with transaction():
        sell("dinner", "DDDDD", "Ana Silva", [("Ana Silva", ""), (None, ""), (None, ""), (None, "")])
        sell("dinner", "EEEEE", "The Bank", [(None, "")] * 9)
    shown = proposals.for_event(1)
    said = [line.people for line in shown.lines]
    assert "Hélène Moreau, Luc Moreau, and 1 guest of Hélène Moreau" in said
    assert "Ana Silva and 3 guests of Ana Silva" in said
    assert said.count("4 guests of The Bank") == 2
    assert "There is no seat left for Ana Silva and 3 guests of Ana Silva." in shown.unmet
    assert "There is no seat left for 1 guest of The Bank." in shown.unmet
    assert sum(len(line.guests) for line in shown.lines) == 20
    with in_language("fr"):
        assert "Ana Silva et 3 convives du groupe Ana Silva" in [line.people for line in shown.lines]


def test_a_line_left_empty_waits_and_a_wrong_number_stops_all(inside: Staff) -> None:
    lines = proposals.for_event(1).lines
    with pytest.raises(Refusal) as refusal, transaction():
        proposals.accept(1, {line.key: 9 if line is lines[-1] else line.number for line in lines})
    assert refusal.value.code == "no_table"
    assert len(plan.unseated(1)) == 3
    with transaction():
        proposals.accept(1, {lines[0].key: lines[0].number, lines[1].key: None})
    assert len(plan.unseated(1)) == 2


def test_a_proposal_that_somebody_overtook_is_refused_whole(inside: Staff) -> None:
    wanted = {line.key: line.number for line in proposals.for_event(1).lines}
    with transaction():
        proposals.accept(1, {str(guest(6)): 2})
    with pytest.raises(Refusal) as refusal, transaction():
        proposals.accept(1, wanted)
    assert refusal.value.code == "moved_meanwhile"
    db.session.rollback()
    assert sum(len(table.seated) for table in plan.tables(1)) == 1
