"""The day after an evening its buyers are thanked, each with what their order came to."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.mail import outbox
from events.mail.models import Letter
from payments.orders.models import Order

JOB: Final = "thank_buyers"
LETTER: Final = "evening_thanks"
EVERY: Final = timedelta(minutes=15)
WITHIN: Final = timedelta(days=3)
"""So long after its end an evening is looked at: a service that was away does not thank for last year's."""
REST: Final = timedelta(hours=6)
HOUR: Final = time(10)
KEPT: Final = ("paid", "partly_refunded")


def thank(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every quarter of an hour: evenings that ended within three days, from the next morning on."""
    moment = clock.now()
    took_place = Event.status.in_(("published", "archived")) & Event.cancelled_at.is_(None)
    over = (took_place, Event.ends_at <= moment, Event.ends_at > moment - WITHIN)
    with transaction():
        for event in db.session.scalars(select(Event).where(*over).order_by(Event.id)):
            if moment >= due_at(event):
                _thank(event)
    raise TryLater(moment + EVERY)


def due_at(event: Event) -> datetime:
    """The first ten o'clock in the morning, where the evening was, after everybody has slept."""
    zone = ZoneInfo(event.time_zone)
    rested = (event.ends_at + REST).astimezone(zone)
    morning = datetime.combine(rested.date(), HOUR, zone)
    return morning if morning >= rested else datetime.combine(rested.date() + timedelta(days=1), HOUR, zone)


def _thank(event: Event) -> None:
    """Orders paid before the end and not all given back: who pays later is thanked by the letter of the order."""
    kept = (Order.event_id == event.id, Order.status.in_(KEPT), Order.paid_at <= event.ends_at)
    written = set(db.session.scalars(select(Letter.key).where(Letter.kind == LETTER)))
    orders = db.session.scalars(select(Order).where(*kept).order_by(Order.id))
    count = sum(_put(order) for order in orders if _key(order) not in written)
    if count:
        trail.note("service", "event.thanked", event.slug, event.organisation_id, event=event.id, letters=count)


def _put(order: Order) -> bool:
    return outbox.put(LETTER, _key(order), **order.party.letter_to, order_id=order.id, event_id=order.event_id)


def _key(order: Order) -> str:
    return f"{LETTER}:{order.id}"
