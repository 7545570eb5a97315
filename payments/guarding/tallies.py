"""Counting with a limit, right on both engines however many count at once; and what is forgotten afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select, update

from events.core import clock, tokens
from events.core.db import changed, db, insert_once, transaction
from events.core.jobs import TryLater
from payments.guarding.models import DailySalt, Origin, Tally

KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)


def add(key: str, window: timedelta, most: int) -> datetime | None:
    """Count one more within `window`; None when it was counted, else the moment from which it will be.

    In the caller's transaction. The update locks the key's row: whoever counts the same key waits for its end.
    """
    if _add(key, window, most) or insert_once(Tally, {"key": key, "began_at": clock.now(), "count": 1}, ["key"]):
        return None
    if _add(key, window, most):  # somebody made the row in between
        return None
    return db.session.scalars(select(Tally.began_at).where(Tally.key == key)).one() + window


def _add(key: str, window: timedelta, most: int) -> bool:
    moment = clock.now()
    over = Tally.began_at <= moment - window
    values = {
        "count": case((over, 1), else_=Tally.count + 1),
        "began_at": case((over, moment), else_=Tally.began_at),
    }
    return changed(update(Tally).where(Tally.key == key, over | (Tally.count < most)).values(**values)) == 1


def once(key: str) -> bool:
    """Whether this is the first time (within a day); in the caller's transaction."""
    return insert_once(Tally, {"key": key, "began_at": clock.now(), "count": 1}, ["key"])


def count(key: str) -> int:
    """How often it was counted since its window began."""
    return db.session.scalar(select(Tally.count).where(Tally.key == key)) or 0


def digest(kind: str, value: str) -> str:
    """`value` as it may be stored: under today's salt, which is drawn when it is first needed."""
    today = clock.now().date()
    if db.session.get(DailySalt, today) is None:
        insert_once(DailySalt, {"day": today, "salt": tokens.new_token()}, ["day"])
    salt = db.session.scalars(select(DailySalt.salt).where(DailySalt.day == today)).one()
    return tokens.digest(f"{salt}:{kind}:{value}")


def forget(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every hour: what is older than a day goes, the salts first."""
    moment = clock.now()
    with transaction():
        changed(delete(DailySalt).where(DailySalt.day < (moment - KEPT).date()))
        changed(delete(Tally).where(Tally.began_at < moment - KEPT))
        changed(delete(Origin).where(Origin.at < moment - KEPT))
    raise TryLater(moment + EVERY)
