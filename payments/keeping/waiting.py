"""People who stood in line for an evening: forgotten with its guests, or when they ask for it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from events.catalogue.models import Event
from events.core.db import changed, db
from payments.waiting.models import LIVE, Waiting, WaitingLink


def of_event(event_id: int) -> int:
    """Name, address and links of everybody who waited for an evening that is long over; how many there were."""
    mine, unserved = Waiting.event_id == event_id, Waiting.status.in_(("unconfirmed", "waiting"))
    changed(update(Waiting).where(mine, unserved).values(status="over"))
    return _forget(mine)


def of_address(organisation_id: int, email: str) -> int:
    """The same of one address, save where it stands in line now: whoever does leaves by the link of a letter."""
    return _forget(_mine(organisation_id, email), Waiting.status.not_in(LIVE))


def told(organisation_id: int, email: str) -> Sequence[dict[str, Any]]:
    """What is known of an address that waited, for the file of its data; times ISO 8601 in UTC."""
    query = select(Waiting).where(_mine(organisation_id, email)).order_by(Waiting.id)
    return [
        {
            "event": group.event.title,
            "waited_for": group.ticket_type.name,
            "count": group.count,
            "name": group.name,
            "status": group.status,
            "asked_at": group.asked_at.isoformat(),
        }
        for group in db.session.scalars(query)
    ]


def _mine(organisation_id: int, email: str) -> ColumnElement[bool]:
    house = select(Event.id).where(Event.organisation_id == organisation_id)
    return (Waiting.email == email.strip().lower()) & Waiting.event_id.in_(house) & (func.length(Waiting.email) > 0)


def _forget(*which: ColumnElement[bool]) -> int:
    mine = (*which, or_(Waiting.email != "", Waiting.name != ""))
    changed(delete(WaitingLink).where(WaitingLink.waiting_id.in_(select(Waiting.id).where(*mine))))
    return changed(update(Waiting).where(*mine).values(name="", email=""))
