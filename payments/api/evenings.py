"""Evenings and what is sold for them."""

from typing import Any

from sqlalchemy import select

from events.catalogue.models import EVENT_STATUSES, Event, TicketType
from events.mail.links import absolute
from payments.api import paging, shapes
from payments.api.operations import SLUG, Answer, Asked, Operation, evenings, get_event, paged

EVENT = shapes.fields(
    slug=SLUG,
    status=shapes.one_of(EVENT_STATUSES),
    title=shapes.words(),
    currency=shapes.text(3),
    time_zone=shapes.text(60),
    starts_at=shapes.moment(),
    ends_at=shapes.moment(),
    sales_end_at=shapes.moment(),
    venue={"type": "string"},
    url={"type": "string"},
)
TYPE = shapes.fields(
    id=shapes.text(60),
    event=SLUG,
    name=shapes.words(),
    currency=shapes.text(3),
    price=shapes.amount(),
    benefit=shapes.amount(),
    bundle_size=shapes.whole(description="Tickets in one: a table of eight has eight."),
    hidden=shapes.flag(),
    left={"type": "integer", "description": "How many more can be sold now."},
)


def list_events(asked: Asked) -> Answer:
    """All within reach, drafts among them."""
    return paging.turn(select(Event).where(evenings(asked.holder)), Event.id, asked.page).told(write)


def read_event(asked: Asked) -> Answer:
    """One."""
    return write(get_event(asked, asked.path["event"]))


def list_types(asked: Asked) -> Answer:
    """What is sold for one evening."""
    event = get_event(asked, asked.path["event"])
    mine = select(TicketType).where(TicketType.event_id == event.id)
    return paging.turn(mine, TicketType.id, asked.page).told(lambda kind: _write_type(kind, event))


def write(event: Event) -> dict[str, Any]:
    """An evening as programs read it."""
    return {
        "slug": event.slug,
        "status": event.status,
        "title": event.title,
        "currency": event.currency,
        "time_zone": event.time_zone,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "sales_end_at": event.sales_end_at.isoformat(),
        "venue": event.venue,
        "url": absolute("catalogue.event", slug=event.slug),
    }


def _write_type(kind: TicketType, event: Event) -> dict[str, Any]:
    return {
        "id": kind.public_id,
        "event": event.slug,
        "name": kind.name,
        "currency": event.currency,
        "price": kind.price,
        "benefit": kind.benefit,
        "bundle_size": kind.bundle_size,
        "hidden": kind.hidden,
        "left": kind.left,
    }


_FIRST = {"event": "$response.body#/data/0/slug"}
OPERATIONS = (
    paged(
        *("/events", "listEvents", "events:read", "Evenings", EVENT, list_events),
        links={"readEvent": _FIRST, "listTicketTypes": _FIRST},
    ),
    Operation("GET", "/events/{event}", "readEvent", "events:read", "One evening", EVENT, read_event),
    paged(
        *("/events/{event}/ticket-types", "listTicketTypes", "events:read"),
        *("What is sold for an evening", TYPE, list_types),
    ),
)
