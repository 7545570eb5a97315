"""Money that takes days: its buyer is told by letter, who may have closed the only page that leads to the order."""

from datetime import timedelta

from events.core import clock
from events.mail import outbox
from events.mail.models import Letter
from payments.orders.models import Order

UNDER_WAY, FAILED = "payment_under_way", "payment_failed"
PATIENCE = timedelta(minutes=3)
"""Some ways of paying are slow by seconds: their buyers get the tickets alone."""


def tell_under_way(order: Order) -> None:
    """In the caller's transaction: the money is not here yet, and nothing is lost."""
    moment = clock.now() + PATIENCE
    outbox.put_later(
        moment, UNDER_WAY, _key(order), **order.party.letter_to, order_id=order.id, event_id=order.event_id
    )


def came(order: Order) -> None:
    """In the caller's transaction: a letter that has not left yet would be out of date."""
    outbox.stop(Letter.key == _key(order))


def tell_failed(order: Order) -> None:
    """In the caller's transaction: nothing was charged, and the seats are free again."""
    came(order)
    outbox.put(
        FAILED, f"payment-failed:{order.id}", **order.party.letter_to, order_id=order.id, event_id=order.event_id
    )


def _key(order: Order) -> str:
    return f"payment-under-way:{order.id}"
