"""The clock is set back by an hour: people go on buying, and nothing that was put is forgotten."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import clock, jobs, set_back
from events.core.db import db, transaction
from events.core.jobs import Job
from payments import auditing
from tests.support.world import browser_of, buy, furnish, order, pay

HOUR = timedelta(hours=1)
Turn = Callable[[timedelta], None]


@pytest.mark.both_engines
def test_orders_from_before_and_after_are_paid_and_the_audit_is_clean(house: Flask, turn_clock: Turn) -> None:
    turn_clock(HOUR)
    world = furnish()
    early, late = buy(world), buy(world, {"seat": 2}, gift=50_000)
    pay(early)
    turn_clock(timedelta())
    newer = buy(world)
    pay(late), pay(newer)
    assert [order(one).status for one in (early, late, newer)] == ["paid"] * 3
    browser = browser_of(house)
    for one in (early, newer):
        assert browser.get(f"/o/{order(one).token}?lang=en").status_code == 200
    assert auditing.audit()[0] == []


def test_what_was_meant_for_at_once_does_not_wait_an_hour(house: Flask, turn_clock: Turn) -> None:
    done: list[object] = []
    handlers = {"at_once": done.append, "at_its_hour": done.append}
    turn_clock(HOUR)
    with transaction():
        jobs.put("at_once", "a", letter="a")
        jobs.put("at_its_hour", "b", clock.now() + timedelta(minutes=30), letter="b")
    hour = db.session.scalars(select(Job.run_at).where(Job.key == "b")).one()
    turn_clock(timedelta())
    assert (jobs.run_due(handlers), set_back.bring_forward(), jobs.run_due(handlers)) == (0, 1, 1)
    assert done == [{"letter": "a"}]
    db.session.rollback()
    assert db.session.scalars(select(Job.run_at).where(Job.key == "b")).one() == hour
    assert set_back.bring_forward() == 0
    assert house.name
