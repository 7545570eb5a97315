"""Promises of gifts under an address: what a person may ask to see, or to have forgotten."""

from collections.abc import Sequence

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core.db import db
from payments.pledges.models import Pledge


def of_address(organisation_id: int, email: str) -> Sequence[Pledge]:
    """Every promise that was made with this address to this organisation, the oldest first."""
    if not email.strip():
        return ()
    query = select(Pledge).join(Event, Event.id == Pledge.event_id).where(Event.organisation_id == organisation_id)
    mine = func.lower(Pledge.email) == email.strip().lower()
    return db.session.scalars(query.where(mine).order_by(Pledge.id)).all()
