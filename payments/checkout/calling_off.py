"""An evening that is cancelled or moved, and orders that nobody has paid yet.

Cancelled, they are called off, and whoever placed them is told to pay nothing.

Whose money is on its way cannot be called off any more: they are told that it is not lost.

Without it a pay page stays open for half an hour, and a transfer that was asked for may come after weeks.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.jobs import TryLater
from events.core.refusal import Refusal
from events.guests import announcing
from payments.checkout import cancelling
from payments.orders.models import Order

AGAIN = timedelta(seconds=15)


def call_off(args: Mapping[str, Any]) -> None:
    """Job: cancel what waits for money, each pay page closed first; raises TryLater while Stripe is away.

    Whoever was faster has paid, and hears of the evening in the letter about the order.
    """
    away, event_id = False, int(args["event_id"])
    for order_id in _standing(event_id, ("processing",)):
        with transaction():
            _tell(db.session.get_one(Order, order_id), "awaited")
    for order_id in _standing(event_id, cancelling.CANCELLABLE):
        try:
            cancelling.cancel(order_id, "service", _tell)
        except Refusal as refusal:
            away = away or refusal.code == "stripe_is_away"
    if away:
        raise TryLater(clock.now() + AGAIN)


def tell_moved(args: Mapping[str, Any]) -> None:
    """Job: who has ordered and holds no ticket yet hears that the evening is elsewhere, or at another time."""
    moved = announcing.Moved(**args)
    with transaction():
        mine = Order.event_id == moved.event_id, Order.status.in_((*cancelling.CANCELLABLE, "processing"))
        for order in db.session.scalars(select(Order).where(*mine).order_by(Order.id)):
            announcing.tell_moved_to(moved, f"order:{order.id}", order.party.letter_to, "ordered", order.code)


def _standing(event_id: int, statuses: Sequence[str]) -> Sequence[int]:
    """None where the evening takes place after all."""
    cancelled = or_(Event.status == "cancelled", Event.cancelled_at.is_not(None))
    waits = Order.event_id == event_id, Order.status.in_(statuses), cancelled
    found = db.session.scalars(select(Order.id).join(Event).where(*waits).order_by(Order.id)).all()
    end_reading()
    return found


def _tell(order: Order, why: str = "unpaid") -> None:
    why = why if order.total else "free"
    announcing.tell_other(order.event_id, f"order:{order.id}", order.party.letter_to, why, order.code)


JOBS = {announcing.UNPAID: call_off, announcing.ORDERED: tell_moved}
