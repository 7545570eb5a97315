"""The demonstration's past evening, lived through again on its own day; and what a restart has lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, end_reading, transaction
from payments.checkout.models import Attempt
from payments.checkout.settle import settle
from payments.demo.people import Purchase, buy, let_in, purchases
from payments.gateway.answers import CheckoutSession

Move = Callable[[float], None]
"""Set the demonstration's clock so many seconds away from the real one."""

STAYED_AWAY = 2
"""Guests who had a ticket and did not come."""


def hold_evening(event_id: int, stand_in: str, move: Move) -> None:
    """Invented guests buy in the weeks before, and come on the evening."""
    starts_at = db.session.get_one(Event, event_id).starts_at
    end_reading()
    here = clock.now()
    codes: list[str] = []
    for days, purchase in zip((40, 33, 21, 12), _guests(), strict=False):
        move((starts_at - timedelta(days=days) - here).total_seconds())
        codes += buy(event_id, purchase, stand_in)
    move((starts_at - here).total_seconds())
    let_in(event_id, codes[:-STAYED_AWAY], starts_at)
    move(0)


def _guests() -> list[Purchase]:
    return list(purchases())


def forget_lost_sessions() -> None:
    """The stand-in keeps its books in memory: pay pages that were open when it ended are gone, and the seats return."""
    open_ones = select(Attempt).where(Attempt.status.in_(("creating", "open")))
    lost = [_expired(attempt) for attempt in db.session.scalars(open_ones) if attempt.session_id]
    end_reading()
    for session in lost:
        with transaction():
            settle(session)


def _expired(attempt: Attempt) -> CheckoutSession:
    order_id = str(attempt.order_id)
    return CheckoutSession(
        id=attempt.session_id or "",
        mode="payment",
        status="expired",
        payment_status="unpaid",
        amount_total=attempt.amount,
        currency=attempt.currency,
        client_reference_id=order_id,
        order_metadata={"order": order_id},
        payment_intent=None,
        url=None,
        expires_at=datetime.max.replace(tzinfo=attempt.expires_at.tzinfo),
        livemode=False,
    )
