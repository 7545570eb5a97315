"""The evenings that a member of staff may open."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext
from events.core.refusal import NotFound
from events.team import access


def list_events(roles: Collection[str]) -> Sequence[Event]:
    """The events where the signed-in account holds one of the roles, the latest first."""
    mine = access.events_in(roles, Event.organisation_id, Event.id)
    return db.session.scalars(select(Event).where(mine).order_by(Event.starts_at.desc(), Event.id)).all()


def get_event(slug: str, roles: Collection[str]) -> Event:
    """The event of this name, if the account holds one of the roles there; else raises NotFound."""
    mine = access.events_in(roles, Event.organisation_id, Event.id)
    event = db.session.scalars(select(Event).where(Event.slug == slug, mine)).first()
    if event is None:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    return event
