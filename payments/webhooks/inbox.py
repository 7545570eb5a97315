"""Stripe rings: verify, store once, acknowledge. What it means is found out afterwards, by asking."""

from events.core import clock, jobs
from events.core.db import insert_once
from payments.gateway.answers import EventNotice
from payments.webhooks.models import StripeEvent


def store(notice: EventNotice) -> bool:
    """Keep the event under its unique id and queue the reaction, in one transaction; False when it was here before."""
    values = {
        "id": notice.id,
        "type": notice.type,
        "object_id": notice.object_id or "",
        "created_at": notice.created,
        "received_at": clock.now(),
    }
    if not insert_once(StripeEvent, values, ["id"]):
        return False
    jobs.put("react_to_event", f"stripe-event:{notice.id}", event_id=notice.id)
    return True
