"""A change is told to everybody who has a ticket: the evening does not take place, or not there and then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from events.catalogue.models import Event
from events.core import clock, jobs, trail
from events.guests import circulars
from events.mail import outbox

CANCELLED: Final = "evening_cancelled"
MOVED: Final = "evening_moved"
UNPAID: Final = "call_off_orders"
"""A job of the room that knows orders: those nobody has paid."""


@dataclass(frozen=True)
class Place:
    """Where and when an evening is, as it was at one moment."""

    starts_at: datetime
    time_zone: str
    venue: str
    address: tuple[tuple[str, str], ...]


def place_of(event: Event) -> Place:
    """As it stands now: to be asked before a change, and compared after it."""
    address = tuple(sorted(item for item in (event.venue_address or {}).items() if item[1]))
    return Place(event.starts_at, event.time_zone, event.venue, address)


def count(event: Event) -> int:
    """How many people would be written to now; none once the evening is over."""
    return len(_expected(event))


def tell_cancelled(event: Event) -> int:
    """In the caller's transaction: that it does not take place. How many letters; a second time writes again.

    Whoever has ordered and not paid is told when the order is called off, which asks Stripe and takes a while.
    """
    jobs.put(UNPAID, f"{UNPAID}:{event.id}:{event.version}", event_id=event.id)
    return _tell(event, CANCELLED, {})


def tell_other(event_id: int, occasion: str, to: Mapping[str, str], why: str, order_code: str = "") -> None:
    """In the caller's transaction: that the evening does not take place; to somebody who holds no ticket for it.

    `to` has name, email and language. `why` says what they wait for: `unpaid` (their order is called off), `awaited`
    (their money is on its way), `waiting` (they stand in line for seats).
    """
    outbox.put(CANCELLED, f"{CANCELLED}:{occasion}", **to, event_id=event_id, why=why, order_code=order_code)


def tell_moved(event: Event, was: Place) -> int:
    """In the caller's transaction: when and where it was, and is now. How many letters; none where nothing changed."""
    if place_of(event) == was:
        return 0
    return _tell(event, MOVED, {"at": was.starts_at.isoformat(), "zone": was.time_zone, "venue": was.venue})


def _tell(event: Event, kind: str, args: dict[str, str]) -> int:
    told = circulars.write(kind, f"{kind}:{event.id}:{event.version}", event.id, _expected(event), **args)
    if told:
        trail.note("service", f"event.{kind}_told", event.slug, event.organisation_id, event=event.id, letters=told)
    return told


def _expected(event: Event) -> list[circulars.Reader]:
    return circulars.readers(event.id) if event.ends_at > clock.now() else []
