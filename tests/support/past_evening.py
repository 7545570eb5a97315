"""The demonstration's past evening in a database of one's own: orders, refund, dispute, cash, payouts, as lived."""

from collections.abc import Callable
from datetime import timedelta

from events.core.db import transaction
from payments.demo import past
from payments.demo.catalogue import add_house
from payments.webhooks import reconciling


def live_through(stand_in: str, turn: Callable[[timedelta], None]) -> int:
    """Hold the evening at this stand-in, and let Stripe's lists be read once more; the evening's id."""
    with transaction():
        before, _coming, staff = add_house()
        event_id, treasurer = before.id, next(one.id for one in staff if one.memberships[0].role == "treasurer")
    past.hold_evening(event_id, stand_in, lambda seconds: turn(timedelta(seconds=seconds)), f"account:{treasurer}")
    reconciling.reconcile()
    return event_id
