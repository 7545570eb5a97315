"""Counting with a limit, by many at once, and forgetting what was counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import clock
from events.core.db import db, transaction
from events.core.jobs import TryLater
from payments.guarding import repeats, tallies
from payments.guarding.models import DailySalt, Origin, SentForm, Tally
from tests.support import world

Turn = Callable[[timedelta], None]
HOUR = timedelta(hours=1)


def counted(most: int) -> bool:
    with transaction():
        return tallies.add("somebody", HOUR, most) is None


@pytest.mark.both_engines
def test_of_many_at_once_no_more_than_the_limit_are_counted(house: Flask) -> None:
    passed = world.in_threads(house, 16, lambda _: [counted(20) for _ in range(2)])
    assert sum(map(sum, passed)) == 20
    assert tallies.count("somebody") == 20


@pytest.mark.both_engines
def test_what_is_good_once_is_good_for_one_of_many(house: Flask) -> None:
    def use(_: int) -> bool:
        with transaction():
            return tallies.once("a pass")

    assert sum(world.in_threads(house, 8, use)) == 1


def test_after_the_window_counting_begins_anew(house: Flask, turn_clock: Turn) -> None:
    began = clock.now()
    assert [counted(2) for _ in range(3)] == [True, True, False]
    with transaction():
        again_at = tallies.add("somebody", HOUR, 2)
    assert again_at is not None
    assert HOUR <= again_at - began < HOUR + timedelta(minutes=1)
    turn_clock(HOUR + timedelta(minutes=1))
    assert [counted(2) for _ in range(3)] == [True, True, False]


@pytest.mark.both_engines
def test_a_digest_is_the_same_all_day_and_another_the_next(house: Flask, turn_clock: Turn) -> None:
    def digest(_: int = 0) -> str:
        with transaction():
            return tallies.digest("network", "192.0.2.7")

    (today,) = set(world.in_threads(house, 6, digest))
    turn_clock(timedelta(days=1))
    assert digest() != today


def test_after_a_day_nothing_tells_who_was_here(house: Flask, turn_clock: Turn) -> None:
    placed = world.furnish()
    order = world.order(world.buy(placed))
    with transaction():
        key = tallies.digest("network", "192.0.2.7")
        tallies.add(key, HOUR, 5)
        db.session.add(Origin(party_id=order.party_id, key=key, at=clock.now()))
        repeats.remember(repeats.digest("a browser", "/e/dinner/order", [("name", "Claire")]), order.id)
    with pytest.raises(TryLater):
        tallies.forget({})
    assert all(db.session.scalars(select(model)).all() for model in (DailySalt, Tally, Origin, SentForm))
    turn_clock(timedelta(days=2, minutes=1))
    with pytest.raises(TryLater):
        tallies.forget({})
    db.session.rollback()
    assert not any(db.session.scalars(select(model)).all() for model in (DailySalt, Tally, Origin, SentForm))
