"""Bad roads between Stripe and us: events are lost, arrive several times, in any order, and days late."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from events.core import clock
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.sandbox.books import Obj
from tests.support.evening import System

LOST, COPIES, LATE = 0.3, 5, timedelta(hours=72)


@dataclass
class BadRoads:
    """Takes the place of the stand-in's own deliveries: what is due is rung at our door when the test says so.

    The fate of the n-th event depends on `seed` and n alone, so that the same steps meet the same luck again.
    """

    system: System
    seed: int
    under_way: list[tuple[datetime, bytes]] = field(default_factory=list)
    events: int = 0
    lost: int = 0
    rung: int = 0

    def __post_init__(self) -> None:
        self.system.standin.books.on_event = self._take

    def bring(self) -> None:
        """Ring with everything that is due by now, in a shuffled order."""
        now, taken = clock.now(), self.under_way
        due = [payload for at, payload in taken if at <= now]
        self.under_way = [(at, payload) for at, payload in taken if at > now]
        self._luck("order", self.rung).shuffle(due)
        for payload in due:
            self.rung += 1
            answer = self.system.ring(payload)
            assert answer.status == 200, answer.words

    def _take(self, event: Obj) -> None:
        """Called by the stand-in for every event it makes."""
        if event["type"] not in EVENT_TYPES:
            return
        self.events += 1
        luck = self._luck("event", self.events)
        if luck.random() < LOST:
            self.lost += 1
            return
        payload = json.dumps(event).encode()
        self.under_way += [(clock.now() + _delay(luck), payload) for _ in range(luck.randint(1, COPIES))]

    def _luck(self, what: str, number: int) -> Random:
        return Random(f"{self.seed} {what} {number}")  # noqa: S311 - a game, no secret


def _delay(luck: Random) -> timedelta:
    """Often none, mostly hours, sometimes days."""
    return LATE * luck.random() ** 3 if luck.random() < 0.6 else timedelta()
