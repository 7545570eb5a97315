"""The lists on paper go out by themselves, two hours before the doors open, to everybody who runs the evening."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.door.models import ENTRANCE, DoorHours
from events.mail import outbox
from events.team.access import MANAGERS
from events.team.models import Account, Membership

JOB: Final = "mail_door_lists"
LETTER: Final = "door_lists"
BEFORE: Final = timedelta(hours=2)
EVERY: Final = timedelta(minutes=5)


def mail_lists(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every five minutes: whose doors open within two hours gets the lists, once for each day."""
    moment = clock.now()
    with transaction():
        for event, opens_at in _soon(moment):
            _mail(event, opens_at)
    raise TryLater(moment + EVERY)


def _soon(moment: datetime) -> Sequence[tuple[Event, datetime]]:
    """Published evenings whose doors open within two hours or have opened, and that are not over."""
    opens_at = func.coalesce(DoorHours.opens_at, Event.starts_at)
    entrance = and_(DoorHours.event_id == Event.id, DoorHours.check_list == ENTRANCE)
    query = select(Event, DoorHours.opens_at).outerjoin(DoorHours, entrance)
    due = query.where(Event.status == "published", opens_at <= moment + BEFORE, Event.ends_at > moment)
    return [(event, opens or event.starts_at) for event, opens in db.session.execute(due.order_by(Event.id))]


def _mail(event: Event, opens_at: datetime) -> None:
    day = opens_at.astimezone(ZoneInfo(event.time_zone)).date()
    put = [_put(event, account, f"{LETTER}:{event.id}:{day}:{account.id}") for account in _managers(event)]
    if any(put):
        trail.note("service", "door.lists_mailed", f"event:{event.id}", event.organisation_id, letters=sum(put))


def _put(event: Event, account: Account, key: str) -> bool:
    return outbox.put(LETTER, key, name=account.name, email=account.email, language=account.language, event_id=event.id)


def _managers(event: Event) -> Iterable[Account]:
    here = or_(Membership.event_id.is_(None), Membership.event_id == event.id)
    mine = (Membership.organisation_id == event.organisation_id, Membership.role.in_(MANAGERS), here)
    ids = select(Membership.account_id).where(*mine)
    return db.session.scalars(select(Account).where(Account.id.in_(ids)).order_by(Account.id))
