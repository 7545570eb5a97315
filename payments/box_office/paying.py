"""The pay page of a sale by card, for the guest's own telephone. Called outside any transaction: Stripe is asked."""

from contextlib import suppress
from datetime import timedelta

from events.core import clock
from events.core.db import end_reading
from payments.checkout import begin, cancelling, watching
from payments.checkout.models import Attempt
from payments.gateway import turns
from payments.gateway.failures import GatewayError

ASK_AGAIN = timedelta(seconds=4)
"""A volunteer looks every two seconds; Stripe is asked half as often, and only while nothing else has told us."""


def open_page(order_id: int) -> None:
    """Let there be a pay page, if the order still waits for one. Where Stripe is away, the worker goes on trying."""
    attempt = Attempt.live_of(order_id)
    attempt_id = attempt.id if attempt is not None and attempt.status == "creating" else None
    end_reading()
    if attempt_id is None:
        return
    begin.open_page(attempt_id)


def look(order_id: int) -> None:
    """Ask Stripe how it stands, unless it was asked just now; and go on where a killed server stopped."""
    attempt = Attempt.live_of(order_id)
    attempt_id, status = (attempt.id, attempt.status) if attempt else (0, "")
    asked = attempt is not None and attempt.polled_at is not None and attempt.polled_at > clock.now() - ASK_AGAIN
    end_reading()
    if status == "creating":
        open_page(order_id)
    elif status == "open" and not asked:
        with suppress(GatewayError), turns.taken() as mine:
            if mine:
                watching.poll(attempt_id)


def call_off(order_id: int, actor: str) -> None:
    """The guest pays otherwise, or not at all. Raises Refusal as `cancelling.cancel` does."""
    end_reading()
    cancelling.cancel(order_id, actor)
