"""The evenings that a member of staff may open."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db
from events.team import access


def list_events(roles: Collection[str]) -> Sequence[Event]:
    """The events where the signed-in account holds one of the roles, the latest first."""
    mine = access.events_in(roles, Event.organisation_id, Event.id)
    return db.session.scalars(select(Event).where(mine).order_by(Event.starts_at.desc(), Event.id)).all()
