"""What we do when a bell has rung: a table from event type to function. The object is re-read for the truth."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import update

from events.core import clock
from events.core.db import changed, db, end_reading, transaction
from payments.checkout.settle import payment_failed, settle
from payments.disputes import following as disputes
from payments.gateway.stripe_api import current_gateway
from payments.guarding import breaker
from payments.ledger import books, payouts
from payments.refunds import confirming
from payments.webhooks.models import StripeEvent


def _settle_session(object_id: str) -> str:
    session = current_gateway().get_session(object_id)
    with transaction():
        return settle(session)


def _fail_session(object_id: str) -> str:
    session = current_gateway().get_session(object_id)
    with transaction():
        return payment_failed(session)


REACTIONS: Mapping[str, Callable[[str], str]] = {
    "checkout.session.completed": _settle_session,
    "checkout.session.async_payment_succeeded": _settle_session,
    "checkout.session.async_payment_failed": _fail_session,
    "checkout.session.expired": _settle_session,
    "payment_intent.payment_failed": breaker.note_decline,
    "charge.updated": books.read_charge,
    "charge.refunded": confirming.refresh_charge,
    "refund.created": confirming.refresh,
    "refund.updated": confirming.refresh,
    "refund.failed": confirming.refresh,
    "charge.dispute.created": disputes.refresh,
    "charge.dispute.updated": disputes.refresh,
    "charge.dispute.closed": disputes.refresh,
    "charge.dispute.funds_withdrawn": disputes.refresh,
    "charge.dispute.funds_reinstated": disputes.refresh,
    "radar.early_fraud_warning.created": disputes.warn,
    "payout.paid": payouts.refresh,
    "payout.failed": payouts.refresh,
    "payout.reconciliation_completed": payouts.refresh,
}


def react_to_event(args: Mapping[str, Any]) -> None:
    """Job: react to one stored event."""
    react(str(args["event_id"]))


def react(event_id: str) -> str:
    """React to one stored event, and say how in a word. Idempotent, so a crash in between costs nothing."""
    stored = db.session.get_one(StripeEvent, event_id)
    kind, object_id, handled = stored.type, stored.object_id, stored.result
    end_reading()
    if handled is not None:
        return handled
    reaction = REACTIONS.get(kind)
    result = reaction(object_id) if reaction else "ignored"
    with transaction():
        changed(
            update(StripeEvent)
            .where(StripeEvent.id == event_id, StripeEvent.handled_at.is_(None))
            .values(handled_at=clock.now(), result=result)
        )
    return result
