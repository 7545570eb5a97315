"""The demonstration's past evening, lived through again on its own day."""

from collections.abc import Callable
from datetime import timedelta

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, end_reading
from payments.demo.people import Purchase, buy, let_in, purchases

Move = Callable[[float], None]
"""Set the demonstration's clock so many seconds away from the real one."""

STAYED_AWAY = 2
"""Guests who had a ticket and did not come."""


def hold_evening(event_id: int, stand_in: str, move: Move) -> None:
    """Invented guests buy in the weeks before, and come on the evening."""
    starts_at = db.session.get_one(Event, event_id).starts_at
    end_reading()
    here = clock.now()
    codes: list[str] = []
    for days, purchase in zip((40, 33, 21, 12), _guests(), strict=False):
        move((starts_at - timedelta(days=days) - here).total_seconds())
        codes += buy(event_id, purchase, stand_in)
    move((starts_at - here).total_seconds())
    let_in(event_id, codes[:-STAYED_AWAY], starts_at)
    move(0)


def _guests() -> list[Purchase]:
    return list(purchases())
