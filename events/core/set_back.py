"""What a clock that was set back has left in the future."""

from datetime import timedelta

from sqlalchemy import select, update

from events.core import clock
from events.core.db import changed, db, end_reading, transaction
from events.core.jobs import Job

SKEW = timedelta(minutes=1)
"""Clocks of several machines differ by less."""


def bring_forward() -> int:
    """Let jobs meant for at once run now that were put before the clock was set back; how many there were.

    Those with an hour of their own keep it: it was right whatever this machine's clock said.
    """
    moment = clock.now()
    ahead = Job.status.in_(("queued", "retry")) & (Job.created_at > moment + SKEW) & (Job.run_at <= Job.created_at)
    found = db.session.scalar(select(Job.id).where(ahead).limit(1))
    end_reading()
    if found is None:
        return 0
    with transaction():
        return changed(update(Job).where(ahead).values(run_at=moment, created_at=moment))
