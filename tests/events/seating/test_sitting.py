"""Who sits where: nobody is over capacity, and the first of two organisers wins."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from events.core.db import db, transaction
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest
from events.seating import moving, plan, sitting, tables
from events.seating.models import DiningTable, Seat
from events.seating.sitting import Move
from events.seating.tables import Wanted
from events.tickets.models import Ticket
from tests.events.seating.conftest import guest, table
from tests.support.staff import Staff
from tests.support.world import in_threads


def seat(number: int, at: int, *, seen: int | None = None, party: bool = False) -> None:
    with transaction():
        moving.move(1, Move(guest(number), table(seen) if seen else None, table(at)), whole_party=party)


def at(number: int) -> int | None:
    db.session.rollback()
    return db.session.scalar(
        select(DiningTable.number).join(Seat, Seat.table_id == DiningTable.id).where(Seat.guest_id == guest(number))
    )


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refusal, transaction():
        act()
    assert refusal.value.code == code


@pytest.mark.both_engines
def test_a_guest_is_seated_and_the_door_reads_the_table(inside: Staff) -> None:
    seat(1, 2)
    assert at(1) == 2
    assert db.session.get_one(Guest, guest(1)).table_name == "2"


def test_a_party_moves_as_one(inside: Staff) -> None:
    seat(1, 1, party=True)
    assert [at(number) for number in (1, 2, 3, 4)] == [1, 1, 1, None]
    seat(2, 2, seen=1, party=True)
    assert [at(number) for number in (1, 2, 3)] == [2, 2, 2]


def test_a_full_table_takes_nobody_and_nothing_half_is_done(inside: Staff) -> None:
    seat(1, 1, party=True)
    refused("table_full", lambda: moving.move(1, Move(guest(4), None, table(1)), whole_party=True))
    assert (at(4), at(5)) == (None, None)


@pytest.mark.both_engines
def test_the_slower_of_two_organisers_is_told(inside: Staff) -> None:
    seat(1, 1)
    refused("moved_meanwhile", lambda: sitting.sit(1, [Move(guest(1), None, table(2))]))
    seat(1, 2, seen=1)
    refused("moved_meanwhile", lambda: sitting.sit(1, [Move(guest(1), table(1), None)]))
    assert at(1) == 2


@pytest.mark.both_engines
def test_four_at_once_want_the_last_place_and_one_gets_it(inside: Staff) -> None:
    seat(1, 1, party=True)
    answers = in_threads(inside.app, 4, lambda turn: _try(4 + turn))
    assert sorted(answers) == ["seated", "table_full", "table_full", "table_full"]
    taken = select(func.count(Seat.guest_id)).where(Seat.table_id == table(1))
    assert db.session.scalar(taken) == 4


@pytest.mark.both_engines
def test_two_at_once_seat_one_guest_and_one_of_them_is_told(inside: Staff) -> None:
    answers = in_threads(inside.app, 2, lambda turn: _try(6, turn + 1))
    assert sorted(answers) == ["moved_meanwhile", "seated"]


def _try(number: int, at_table: int = 1) -> str:
    try:
        with transaction():
            sitting.sit(1, [Move(guest(number), None, table(at_table))])
    except Refusal as refusal:
        return refusal.code
    finally:
        db.session.remove()
    return "seated"


def test_two_guests_swap_their_very_places(inside: Staff) -> None:
    seat(1, 1)
    seat(4, 2)
    before = {number: _place(number) for number in (1, 4)}
    with transaction():
        moving.swap(1, Move(guest(1), table(1), None), Move(guest(4), table(2), None), whole_parties=False)
    assert {1: _place(4), 4: _place(1)} == before
    assert [db.session.get_one(Guest, guest(number)).table_name for number in (1, 4)] == ["2", "1"]


def _place(number: int) -> int:
    db.session.rollback()
    return db.session.scalars(select(Seat.id).where(Seat.guest_id == guest(number))).one()


def test_a_guest_without_a_place_takes_somebodys(inside: Staff) -> None:
    seat(1, 1)
    with transaction():
        moving.swap(1, Move(guest(6), None, None), Move(guest(1), table(1), None), whole_parties=False)
    assert (at(6), at(1)) == (1, None)


def test_two_parties_swap_their_tables_in_one_step(inside: Staff) -> None:
    seat(1, 1, party=True)
    seat(4, 2, party=True)
    with transaction():
        moving.swap(1, Move(guest(1), table(1), None), Move(guest(4), table(2), None), whole_parties=True)
    assert [at(number) for number in range(1, 6)] == [2, 2, 2, 1, 1]


def test_a_swap_of_parties_that_does_not_fit_changes_nothing(inside: Staff) -> None:
    seat(1, 1, party=True)
    seat(4, 2, party=True)
    seat(6, 2, party=True)
    refused(
        "table_full",
        lambda: moving.swap(1, Move(guest(1), table(1), None), Move(guest(4), table(2), None), whole_parties=True),
    )
    assert [at(number) for number in range(1, 8)] == [1, 1, 1, 2, 2, 2, 2]


def test_the_place_of_a_void_ticket_is_free_for_others(inside: Staff) -> None:
    seat(1, 1, party=True)
    seat(4, 1)
    with transaction() as session:
        session.execute(update(Ticket).where(Ticket.event_id == 1, Ticket.number == 4).values(status="void"))
    assert plan.tables(1)[0].free == 1
    seat(6, 1)
    assert at(6) == 1


def test_guests_and_tables_of_another_evening_are_not_found(inside: Staff) -> None:
    with pytest.raises(NotFound), transaction():
        sitting.sit(1, [Move(guest(1, event_id=2), None, table(1))])
    with pytest.raises(NotFound), transaction():
        sitting.sit(1, [Move(guest(1), None, table(1, event_id=2))])


def test_a_table_shrinks_only_where_nobody_loses_a_place(inside: Staff) -> None:
    seat(1, 1)
    seat(4, 1)
    with transaction():
        tables.change_table(tables.get_table(1, table(1)), Wanted(1, 2, "long", "Jasmine"))
    assert db.session.get_one(Guest, guest(4)).table_name == "1 · Jasmine"
    refused("still_seated", lambda: tables.change_table(tables.get_table(1, table(1)), Wanted(1, 1, "long")))
    refused("still_seated", lambda: tables.remove_table(tables.get_table(1, table(1))))
    assert (at(1), at(4)) == (1, 1)


@pytest.mark.both_engines
def test_no_two_tables_have_one_number(inside: Staff) -> None:
    refused("number_taken", lambda: tables.change_table(tables.get_table(1, table(1)), Wanted(2, 4, "round")))


def test_a_table_moved_meanwhile_stays_where_it_is(inside: Staff) -> None:
    one = tables.get_table(1, table(1))
    seen = (one.x, one.y)
    with transaction():
        tables.move_table(tables.get_table(1, one.id), 300, 400, seen)
    refused("moved_meanwhile", lambda: tables.move_table(tables.get_table(1, one.id), 10, 10, seen))
    assert (plan.tables(1)[0].x, plan.tables(1)[0].y) == (300, 400)


def test_an_empty_table_can_be_taken_away(inside: Staff) -> None:
    with transaction():
        tables.remove_table(tables.get_table(1, table(2)))
    assert [one.number for one in plan.tables(1)] == [1]
