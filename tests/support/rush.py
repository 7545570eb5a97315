"""Many buyers at once while something breaks: what each was told, and whether it was true."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event
from urllib.parse import urlsplit

from sqlalchemy import select

from events.core.db import db
from payments.checkout.models import Attempt
from payments.orders.models import Order
from tests.support.evening import System
from tests.support.shopping import Shop, new_email
from tests.support.visitor import Answer

CUT = "cut off"
"""Instead of an answer: the connection ended without one."""


@dataclass
class Rush:
    """What the buyers heard, in the order of their answers."""

    shop: Shop
    heard: list[Answer | str] = field(default_factory=list)
    slowest: float = 0.0
    """Seconds of the longest wait for an answer."""

    @property
    def acknowledged(self) -> list[str]:
        """The last part of the address each accepted buyer was sent to: a pay page's id, or an order's token."""
        taken = [answer for answer in self.heard if isinstance(answer, Answer) and answer.status == 303]
        return [urlsplit(answer.location).path.rpartition("/")[2] for answer in taken]

    @property
    def refused(self) -> list[Answer]:
        """Whoever got a page instead."""
        return [answer for answer in self.heard if isinstance(answer, Answer) and answer.status != 303]

    @property
    def cut(self) -> int:
        """How many got no answer."""
        return sum(answer == CUT for answer in self.heard)

    def lost(self, system: System | None = None) -> list[str]:
        """What was acknowledged and is not in the database; or in another system's, which came from it."""
        with (system or self.shop.system).looking():
            orders = select(Order.token, Attempt.session_id).outerjoin(Attempt)
            known = {value for row in db.session.execute(orders) for value in row if value}
        return [place for place in self.acknowledged if place not in known]

    def rude(self) -> list[str]:
        """Refusals that are not a sentence with a time to come back."""
        return [
            answer.words
            for answer in self.refused
            if answer.status != 503 or "retry-after" not in answer.headers or "try again" not in answer.text
        ]


@contextmanager
def rush(shop: Shop, buyers: int = 4, pause: float = 0) -> Iterator[Rush]:
    """Buyers who order one seat after the other, with a pause of seconds, as long as the block lasts."""
    crowd, over, form = Rush(shop), Event(), shop.filled(1)

    def buy() -> None:
        while not over.is_set():
            began = time.monotonic()
            try:
                crowd.heard.append(shop.send(form | {"email": new_email()}))
            except (OSError, HTTPException):
                crowd.heard.append(CUT)
                over.wait(0.05)
            crowd.slowest = max(crowd.slowest, time.monotonic() - began)
            over.wait(pause)

    with ThreadPoolExecutor(buyers) as pool:
        running: list[Future[None]] = [pool.submit(buy) for _ in range(buyers)]
        try:
            yield crowd
        finally:
            over.set()
    for done in running:
        done.result()
