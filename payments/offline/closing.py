"""The pay page of an order that is paid otherwise: closed at Stripe, so that nobody pays twice."""

from contextlib import suppress

from events.core.db import end_reading, transaction
from payments.checkout.models import Attempt
from payments.checkout.settle import settle
from payments.gateway.failures import GatewayError
from payments.gateway.stripe_api import current_gateway


def close_page(order_id: int) -> None:
    """Ask Stripe, outside any transaction. If Stripe is away the page runs out by itself, and its watcher says so."""
    attempt = Attempt.live_of(order_id)
    session_id = attempt.session_id if attempt else None
    end_reading()
    if session_id is None:
        return
    with suppress(GatewayError):
        session = current_gateway().expire_session(session_id)
        with transaction():
            settle(session)
