"""A sold-out evening and people who wait for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, end_reading, transaction
from events.tickets.models import Hold
from payments import auditing
from payments.waiting import joining, lines, offering
from payments.waiting.joining import Wish
from payments.waiting.models import Waiting
from tests.support import world as w


@dataclass
class Line:
    """The line of the evening `w.furnish` makes: its room of four seats is sold."""

    world: w.World
    sold: int  # the order that has them

    def event(self) -> Event:
        """The evening, newly read."""
        return db.session.get_one(Event, self.world.event_id)

    def ask(self, name: str, count: int = 1, kind: str = "seat") -> str:
        """Somebody asks for a place in line; the secret of the letter's link."""
        with transaction():
            joining.join(self.event(), Wish(kind, count, name, f"{name}@example.org", "en"))
        with transaction():
            return lines.draw_link(self.of(name).id)

    def join(self, name: str, count: int = 1, kind: str = "seat") -> str:
        """The same, confirmed."""
        secret = self.ask(name, count, kind)
        with transaction():
            joining.confirm(secret)
        return secret

    def of(self, name: str) -> Waiting:
        """The newest group of this name."""
        query = db.select(Waiting).where(Waiting.email == f"{name}@example.org").order_by(Waiting.id.desc()).limit(1)
        group: Waiting = db.session.scalars(query, execution_options={"populate_existing": True}).one()
        return group

    def states(self) -> dict[str, str]:
        """Who stands where."""
        end_reading()
        return {group.name: group.status for group in db.session.scalars(db.select(Waiting).order_by(Waiting.id))}

    def held(self, name: str) -> int:
        """Seats of the room that an offer holds."""
        mine = (Hold.party_id == self.of(name).party_id, Hold.quota_id == self.world.room_id, Hold.status == "held")
        return db.session.scalar(db.select(Hold.seats).where(*mine)) or 0

    @staticmethod
    def work() -> None:
        """Let the worker see to the line: what came back, what ran out."""
        handlers = {kind: jobs.handlers()[kind] for kind in ("places_returned", offering.LAPSE)}
        while jobs.run_due(handlers):
            pass


@pytest.fixture
def line(house: Flask) -> Line:
    """Four seats, all sold."""
    world = w.furnish(room=4, kitchen=20)
    sold = w.buy(world, {"seat": 4})
    assert w.pay(sold) == "paid"
    return Line(world, sold)


@pytest.fixture
def later(turn_clock: Callable[[timedelta], None]) -> Callable[[timedelta], None]:
    """Turn the clock forward, from now on."""
    turn_clock(timedelta())
    return turn_clock


def now_is(moment_before_sales_end: timedelta, event: Event) -> timedelta:
    """How far ahead the clock must be turned to stand so long before the end of sales."""
    return event.sales_end_at - moment_before_sales_end - clock.now()


def let_go(order_id: int) -> None:
    """An unpaid order's pay page runs out: its seats come back."""
    assert w.lose(order_id) == "expired"


@pytest.fixture
def pending(line: Line) -> Callable[[int], int]:
    """Make the evening hold one more order of so many seats, which can run out: the room grows by as many."""

    def more(seats: int) -> int:
        with transaction():
            line.event().quotas[0].size += seats
        return w.buy(line.world, {"seat": seats})

    return more


def assert_clean() -> None:
    """The audit finds nothing."""
    db.session.rollback()
    assert auditing.audit()[0] == []
