"""Seats: held, sold, released, taken again; never more than there are."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from events.catalogue.models import Event, Quota
from events.core.db import changed, db, transaction
from events.guests.parties import new_party
from events.tickets import holding
from events.tickets.holding import SoldOut
from events.tickets.models import Hold
from tests.support import world as w

ROUNDS = 5  # on each engine


@pytest.fixture
def world(house: Flask) -> Iterator[w.World]:
    """An evening with 20 places in the room and 20 in the kitchen."""
    yield w.furnish()


def party(world: w.World) -> int:
    """Somebody new."""
    with transaction():
        return new_party(world.event_id, "Noa", "noa@example.org", "", "en").id


def hold(party_id: int, seats: dict[int, int]) -> bool:
    """Whether the seats were there."""
    try:
        with transaction():
            holding.hold(party_id, seats)
    except SoldOut:
        return False
    return True


def holds(party_id: int) -> list[tuple[int, str]]:
    """Seats and status of a party's holds, as committed."""
    db.session.rollback()
    query = select(Hold.seats, Hold.status).where(Hold.party_id == party_id).order_by(Hold.quota_id)
    return [(row.seats, row.status) for row in db.session.execute(query)]


@pytest.mark.both_engines
def test_the_last_seat_goes_to_one_of_64(house: Flask) -> None:
    world = w.furnish(room=ROUNDS, kitchen=64)
    with transaction():
        parties = [new_party(world.event_id, "Noa", "noa@example.org", "", "en").id for _ in range(64)]
        db.session.get_one(Quota, world.room_id).size = 0
    for turn in range(1, ROUNDS + 1):
        with transaction():
            db.session.get_one(Quota, world.room_id).size = turn
        won = w.in_threads(house, 64, lambda number: hold(parties[number], {world.room_id: 1}))
        assert won.count(True) == 1
        assert w.counters(world.room_id) == (turn, 0)
        parties[won.index(True)] = party(world)


@pytest.mark.both_engines
def test_of_two_quotas_both_are_taken_or_none(world: w.World) -> None:
    first, second = party(world), party(world)
    assert hold(first, {world.kitchen_id: 18})
    assert not hold(second, {world.room_id: 3, world.kitchen_id: 3})
    assert holds(second) == []
    assert w.counters(world.room_id) == (0, 0)
    assert w.counters(world.kitchen_id) == (18, 0)


@pytest.mark.both_engines
def test_buyers_who_want_two_quotas_do_not_wait_for_each_other_in_a_circle(house: Flask) -> None:
    world = w.furnish(room=10, kitchen=10)
    wanted = [{world.room_id: 1, world.kitchen_id: 1}, {world.kitchen_id: 1, world.room_id: 1}]
    parties = [party(world) for _ in range(16)]
    won = w.in_threads(house, 16, lambda number: hold(parties[number], wanted[number % 2]))
    assert won.count(True) == 10
    assert w.counters(world.room_id) == w.counters(world.kitchen_id) == (10, 0)


def test_sold_out_says_how_many_are_left(world: w.World) -> None:
    hold(party(world), {world.room_id: 18})
    with pytest.raises(SoldOut, match="Only 2 seats are left") as refusal, transaction():
        holding.hold(party(world), {world.room_id: 3})
    assert (refusal.value.quota_id, refusal.value.left, refusal.value.status) == (world.room_id, 2, 409)


@pytest.mark.both_engines
def test_releasing_twice_returns_the_seats_once(world: w.World) -> None:
    kept, gone = party(world), party(world)
    hold(kept, {world.room_id: 3})
    hold(gone, {world.room_id: 4, world.kitchen_id: 4})
    for _ in range(2):
        with transaction():
            holding.release(gone)
    assert w.counters(world.room_id) == (3, 0)
    assert w.counters(world.kitchen_id) == (0, 0)
    assert holds(gone) == [(4, "released"), (4, "released")]


@pytest.mark.both_engines
def test_eight_that_release_at_once_return_the_seats_once(house: Flask) -> None:
    world = w.furnish()
    kept, gone = party(world), party(world)
    hold(kept, {world.room_id: 12})
    hold(gone, {world.room_id: 1})

    def release(_number: int) -> None:
        with transaction():
            holding.release(gone)

    w.in_threads(house, 8, release)
    assert w.counters(world.room_id) == (12, 0)


def test_selling_moves_held_seats_and_does_so_once(world: w.World) -> None:
    buyer = party(world)
    hold(buyer, {world.room_id: 4})
    for _ in range(2):
        with transaction():
            holding.sell(buyer)
    assert w.counters(world.room_id) == (0, 4)
    with transaction():
        holding.release(buyer)
    assert w.counters(world.room_id) == (0, 4)


@pytest.mark.both_engines
def test_released_seats_are_sold_again_if_they_are_there(world: w.World) -> None:
    late = party(world)
    hold(late, {world.room_id: 4})
    for step in (holding.release, holding.retake, holding.retake):
        with transaction():
            step(late)
    assert w.counters(world.room_id) == (0, 4)


@pytest.mark.both_engines
def test_late_money_finds_no_seat_when_somebody_took_it(world: w.World) -> None:
    late = party(world)
    hold(late, {world.room_id: 4, world.kitchen_id: 4})
    with transaction():
        holding.release(late)
    hold(party(world), {world.kitchen_id: 17})
    with pytest.raises(SoldOut), transaction():
        holding.retake(late)
    assert holds(late) == [(4, "released"), (4, "released")]
    assert w.counters(world.room_id) == (0, 0)
    assert w.counters(world.kitchen_id) == (17, 0)


def test_a_table_needs_eight_seats_of_each_quota(world: w.World) -> None:
    seat, table = db.session.get_one(Event, world.event_id).ticket_types
    assert holding.needs([(seat, 2), (table, 1)]) == {world.room_id: 10, world.kitchen_id: 10}
    assert holding.needs([]) == {}


@pytest.mark.both_engines
def test_the_quota_itself_refuses_too_many(world: w.World) -> None:
    with pytest.raises(IntegrityError, match="not_overbooked"), transaction():
        changed(update(Quota).values(held=21))
