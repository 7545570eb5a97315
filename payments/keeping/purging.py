"""Every day: guests' data of evenings that are long over, orders that came to nothing, and letters' readers go."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select, update

from events.catalogue.models import Event, Organisation
from events.core import clock, trail
from events.core.db import changed, db, end_reading, transaction
from events.core.jobs import TryLater
from events.guests.models import Party
from events.mail.models import Letter
from payments.keeping import forgetting, waiting
from payments.keeping.erasing import ABANDONED
from payments.orders.models import Order, Payment
from payments.pledges.models import Pledge

JOB = "purge"
EVERY = timedelta(days=1)
SHORTEST, LONGEST = 7, 730
"""Days after an evening between which an organisation may choose."""


def purge_again(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every day."""
    purge()
    raise TryLater(clock.now() + EVERY)


def purge() -> int:
    """Take out all that is past its time, each evening in a transaction of its own; returns how many had something."""
    moment = clock.now()
    due = list(_due(moment))
    end_reading()
    count = 0
    for event_id, organisation_id in due:
        with transaction():
            if counts := {what: number for what, number in _of_event(event_id).items() if number}:
                trail.note("service", "guests.purged", f"event:{event_id}", organisation_id, **counts)
                count += 1
    with transaction():
        forgetting.wrong_pairings()
        _letters(moment)
    return count


def _due(moment: datetime) -> Iterator[tuple[int, int]]:
    query = select(Event.id, Event.organisation_id, Event.ends_at, Organisation.guest_data_days)
    for event_id, organisation_id, ends_at, days in db.session.execute(query.join(Organisation)):
        if ends_at + timedelta(days=days) < moment:
            yield event_id, organisation_id


def _of_event(event_id: int) -> dict[str, int]:
    parties = list(db.session.scalars(select(Party.id).where(Party.event_id == event_id)))
    paid = exists().where(Payment.order_id == Order.id)
    abandoned = select(Order.party_id).where(Order.event_id == event_id, Order.status.in_(ABANDONED), ~paid)
    gone = list(db.session.scalars(abandoned))
    promises = list(db.session.scalars(select(Pledge.id).where(Pledge.event_id == event_id)))
    counts: dict[str, int] = dict(forgetting.guests(parties)) | {"promises": forgetting.promisers(promises)}
    return counts | {
        "buyers": forgetting.buyers(gone),
        "permissions": forgetting.permissions(gone),
        "traces": forgetting.traces(parties),
        "waiting": waiting.of_event(event_id),
    }


def _letters(moment: datetime) -> None:
    """A letter that was sent so long ago that even the longest term is over, or that told of an erasure, has no
    reader any more."""
    old = func.coalesce(Letter.sent_at, Letter.bounced_at, Letter.stopped_at) < moment - timedelta(days=LONGEST)
    told = (Letter.kind == "erased") & Letter.sent_at.is_not(None)
    known = (Letter.recipient_email != "", or_(old, told))
    changed(update(Letter).where(*known).values(recipient_name="", recipient_email="", bounce=""))
