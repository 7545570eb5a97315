"""The breaker: when far more happens than honest people do, every order must first show a pass. It never closes."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, bindparam, func, select

from events.core import clock
from events.core.db import glance, table_of, transaction
from payments.guarding import tallies
from payments.guarding.models import Tally
from payments.orders.models import Order

MINUTE = timedelta(minutes=1)
ORDERS_A_MINUTE = 1500
"""Stripe opens 25 pay pages a second: more than that helps nobody. An evening that sells out in a minute has fewer."""
DECLINES_A_MINUTE = 30
UNLIMITED = 1 << 40


def is_out() -> bool:
    """Whether passes are asked for now."""
    moment = clock.now()
    asked = {"this": _key(moment), "last": _key(moment - MINUTE), "since": moment - MINUTE, "allowed": ORDERS_A_MINUTE}
    ((declines, one_too_many),) = glance(_ASKED, asked)
    return (declines or 0) > DECLINES_A_MINUTE or one_too_many is not None


def note_decline(_intent_id: str) -> str:
    """A bank said no: one more in this minute. What it said is neither read nor kept."""
    with transaction():
        tallies.add(_key(clock.now()), MINUTE * 2, UNLIMITED)
    return "declined"


def _key(moment: datetime) -> str:
    return f"declines:{moment:%Y%m%dT%H%M}"


# What banks declined in this minute of the clock and the one before; and whether there is one order too many, counted
# over an index as far as the limit and no further. Nothing is written for it.
_O, _T = table_of(Order).c, table_of(Tally).c
_DECLINES = select(func.sum(_T.count)).where((_T.key == bindparam("this")) | (_T.key == bindparam("last")))
_RECENT = select(_O.id).where(_O.created_at > bindparam("since"))
_ONE_TOO_MANY = _RECENT.offset(bindparam("allowed", type_=Integer)).limit(1)
_ASKED: Final = select(_DECLINES.scalar_subquery(), _ONE_TOO_MANY.scalar_subquery())
