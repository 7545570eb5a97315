"""Two days before an evening, everybody who has a ticket is reminded: when, where, and how to come in."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.guests import circulars

JOB: Final = "remind_guests"
LETTER: Final = "reminder"
BEFORE: Final = timedelta(hours=48)
EVERY: Final = timedelta(minutes=15)


def remind(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every quarter of an hour: evenings that begin within two days, and have not begun."""
    moment = clock.now()
    soon = (Event.status == "published", Event.starts_at > moment, Event.starts_at <= moment + BEFORE)
    with transaction():
        for event in db.session.scalars(select(Event).where(*soon).order_by(Event.id)):
            _remind(event)
    raise TryLater(moment + EVERY)


def _remind(event: Event) -> None:
    """Whoever booked or answered in the last two days has just had a letter with all of it."""
    day = event.starts_at.astimezone(ZoneInfo(event.time_zone)).date()
    people = circulars.readers(event.id, until=event.starts_at - BEFORE)
    if count := circulars.write(LETTER, f"{LETTER}:{event.id}:{day}", event.id, people):
        trail.note("service", "event.reminded", event.slug, event.organisation_id, event=event.id, letters=count)
