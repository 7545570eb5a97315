"""Counting with a limit, right on both engines however many count at once; and what is forgotten afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Executable, bindparam, case, delete, func, select

from events.core import clock, engines, tokens
from events.core.db import UtcDateTime, changed, db, engine, insert_once, plainly, rows, table_of, transaction
from events.core.jobs import TryLater
from payments.guarding.models import DailySalt, Origin, SentForm, Tally

KEPT = timedelta(days=1)
EVERY = timedelta(hours=1)


def add(key: str, window: timedelta, most: int) -> datetime | None:
    """Count one more within `window`; None when it was counted, else the moment from which it will be.

    In the caller's transaction. The update locks the key's row: whoever counts the same key waits for its end.
    """
    moment = clock.now()
    first = {"key": key, "began_at": moment, "count": 1}
    if rows(_one_more(engine()), first | {"now": moment, "since": moment - window, "most": most}):
        return None
    return db.session.scalars(select(Tally.began_at).where(Tally.key == key)).one() + window


def once(key: str) -> bool:
    """Whether this is the first time (within a day); in the caller's transaction."""
    return insert_once(Tally, {"key": key, "began_at": clock.now(), "count": 1}, ["key"])


def count(*keys: str) -> int:
    """How often they were counted, together, each since its window began."""
    return int(plainly(_COUNTED, {"keys": keys}).scalar() or 0)


def digest(kind: str, value: str) -> str:
    """`value` as it may be stored: under today's salt, which is drawn when it is first needed."""
    today = clock.now().date()
    found = rows(_SALT, {"today": today})
    if not found:
        insert_once(DailySalt, {"day": today, "salt": tokens.new_token()}, ["day"])
        found = rows(_SALT, {"today": today})
    return tokens.digest(f"{found[0][0]}:{kind}:{value}")


def forget(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every hour: what is older than a day goes, the salts first."""
    moment = clock.now()
    with transaction():
        changed(delete(DailySalt).where(DailySalt.day < (moment - KEPT).date()))
        changed(delete(Tally).where(Tally.began_at < moment - KEPT))
        changed(delete(Origin).where(Origin.at < moment - KEPT))
        changed(delete(SentForm).where(SentForm.at < moment - KEPT))
    raise TryLater(moment + EVERY)


# Made once: to write a statement anew costs more than to run it.
_T, _S = table_of(Tally).c, table_of(DailySalt).c
_OVER = _T.began_at <= bindparam("since", type_=UtcDateTime())


@cache
def _one_more(engine_name: str) -> Executable:
    counted = {
        "count": case((_OVER, 1), else_=_T.count + 1),
        "began_at": case((_OVER, bindparam("now", type_=UtcDateTime())), else_=_T.began_at),
    }
    free = _OVER | (_T.count < bindparam("most", type_=_T.count.type))
    row = engines.upserting(table_of(Tally), engine_name)
    return row.on_conflict_do_update(index_elements=["key"], set_=counted, where=free).returning(_T.key)


_COUNTED: Final = select(func.sum(_T.count)).where(_T.key.in_(bindparam("keys", expanding=True)))
_SALT: Final = select(_S.salt).where(_S.day == bindparam("today"))
