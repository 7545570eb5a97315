"""How far Stripe's lists have been read. A restored database stands further back, and simply reads that part again."""

from datetime import datetime, timedelta

from sqlalchemy import update

from events.core import clock
from events.core.db import changed, db, end_reading, insert_once, transaction
from payments.ledger.models import Reading

FIRST = timedelta(days=30)
"""How far the first reading goes back; Stripe keeps its events that long."""


def since(name: str, overlap: timedelta, at_most: timedelta | None = None) -> datetime:
    """From when on to read a list: a little before the last reading began, but never more than `at_most` ago.

    Lists are read by time and with an overlap: what appears late in them is not missed, and reading twice is harmless.
    """
    row = db.session.get(Reading, name)
    reached = row.reached if row else None
    end_reading()
    moment = clock.now()
    begin = reached - overlap if reached else moment - FIRST
    return max(begin, moment - at_most) if at_most else begin


def reached(name: str, moment: datetime) -> None:
    """All that stood in the list before `moment` is dealt with. Never goes back. Opens its own transaction."""
    with transaction():
        if not insert_once(Reading, {"name": name, "reached": moment}, ["name"]):
            changed(update(Reading).where(Reading.name == name, Reading.reached < moment).values(reached=moment))
