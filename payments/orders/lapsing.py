"""Orders that no pay page watches: their seats go back by the clock, a moment after the time that was promised."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from events.core import clock, jobs
from events.core.db import transaction
from events.core.jobs import TryLater
from payments.orders import keeping, placing
from payments.orders.models import Order
from payments.orders.placing import Placed

JOB = "lapse_order"
GRACE = timedelta(seconds=30)
"""Whoever confirms in the last second is still in time."""


def put(order: Order | Placed) -> None:
    """See to it that the seats go back at `held_until`, whenever that will be then. In the caller's transaction."""
    jobs.put(JOB, f"lapse-order:{order.id}", order.held_until + GRACE, order_id=order.id)


def lapse(args: Mapping[str, Any]) -> None:
    """Job: the seats go back, unless money came; raises TryLater where the time limit was moved."""
    with transaction():
        order = placing.lock(int(args["order_id"]))
        if order.status != "held" or order.way == "stripe":
            return
        if clock.now() >= order.held_until + GRACE:
            placing.move(order, "expired", "the time limit is over")
            keeping.release(order)
            return
        later = order.held_until + GRACE
    raise TryLater(later)
