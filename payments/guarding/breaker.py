"""The breaker: when far more happens than honest people do, every order must first show a pass. It never closes."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Integer, bindparam, select

from events.core import clock
from events.core.db import rows, table_of, transaction
from payments.guarding import tallies
from payments.orders.models import Order

MINUTE = timedelta(minutes=1)
ORDERS_A_MINUTE = 1500
"""Stripe opens 25 pay pages a second: more than that helps nobody. An evening that sells out in a minute has fewer."""
DECLINES_A_MINUTE = 30
UNLIMITED = 1 << 40


def is_out() -> bool:
    """Whether passes are asked for now."""
    moment = clock.now()
    return _declines(moment) > DECLINES_A_MINUTE or _too_many_orders(moment)


def note_decline(_intent_id: str) -> str:
    """A bank said no: one more in this minute. What it said is neither read nor kept."""
    with transaction():
        tallies.add(_key(clock.now()), MINUTE * 2, UNLIMITED)
    return "declined"


def _declines(moment: datetime) -> int:
    """In this minute of the clock and the one before."""
    return tallies.count(_key(moment), _key(moment - MINUTE))


def _key(moment: datetime) -> str:
    return f"declines:{moment:%Y%m%dT%H%M}"


def _too_many_orders(moment: datetime) -> bool:
    """Counted over an index as far as the limit and no further; nothing is written for it."""
    recent = {"since": moment - MINUTE, "allowed": ORDERS_A_MINUTE}
    return bool(rows(_ONE_TOO_MANY, recent))


_ORDERS = table_of(Order).c
_ONE_TOO_MANY: Final = (
    select(_ORDERS.id)
    .where(_ORDERS.created_at > bindparam("since"))
    .offset(bindparam("allowed", type_=Integer))
    .limit(1)
)
