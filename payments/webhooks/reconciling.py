"""The reconciler: whatever bells did not ring, our rows come to say what Stripe says.

Nothing here holds a transaction during a call, and every step may be cut off anywhere: the next run goes on.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from events.core import clock
from events.core.db import db, end_reading
from events.core.jobs import TryLater
from payments.checkout import watching
from payments.gateway.failures import GatewayError
from payments.ledger import books, payouts
from payments.webhooks import catching_up, reactions
from payments.webhooks.models import StripeEvent

EVERY, SOON = timedelta(minutes=5), timedelta(minutes=1)
UNASKED = timedelta(minutes=10)
"""Each attempt has a watcher of its own; the recurring run asks about those that were forgotten all the same."""


def reconcile() -> dict[str, int]:
    """Everything, once: what is open, what never rang (reactions included), what was lost; counts by outcome.

    Raises GatewayError when Stripe cannot be asked; what was done until then stands.
    """
    outcomes = watching.reconcile()
    catching_up.read_events()
    for outcome, count in (*_react().items(), *watching.read_sessions().items()):
        outcomes[outcome] = outcomes.get(outcome, 0) + count
    _read_books()
    return outcomes


def reconcile_again(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every five minutes, one in the whole system. Reactions to found events are jobs of their own."""
    try:
        watching.reconcile(UNASKED)
        catching_up.read_events()
        watching.read_sessions()
        _read_books()
    except GatewayError as error:
        raise TryLater(clock.now() + SOON) from error
    raise TryLater(clock.now() + EVERY)


def _read_books() -> None:
    payouts.read_payouts()
    books.read_movements()


def _react() -> dict[str, int]:
    """React to what is in the inbox without waiting for a worker; what cannot be done now stays a job."""
    unhandled = select(StripeEvent.id).where(StripeEvent.handled_at.is_(None))
    event_ids = list(db.session.scalars(unhandled.order_by(StripeEvent.created_at, StripeEvent.id)))
    end_reading()
    outcomes: dict[str, int] = {}
    for event_id in event_ids:
        try:
            outcome = reactions.react(event_id)
        except GatewayError:
            outcome = "refused"
        except TryLater:
            outcome = "not_yet"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes
