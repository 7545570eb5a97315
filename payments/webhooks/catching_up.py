"""After an outage, or a restore: Stripe's list of events is walked, and what never rang is stored as if it had."""

from datetime import timedelta

from events.core import clock
from events.core.db import transaction
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.stripe_api import current_gateway
from payments.ledger import reading
from payments.webhooks import inbox

OVERLAP = timedelta(hours=1)
KEPT = timedelta(days=30)
"""So long Stripe keeps its events."""


def read_events() -> int:
    """Store every event since the last reading in the inbox, each in a transaction of its own; how many were new.

    Their reactions are jobs, as those of any event. The reading counts only when all of them are stored.
    """
    begun = clock.now()
    start = reading.since("events", OVERLAP, at_most=KEPT)
    new = 0
    for notice in current_gateway().list_events(types=EVENT_TYPES, created_since=start):
        with transaction():
            new += inbox.store(notice)
    reading.reached("events", begun)
    return new
