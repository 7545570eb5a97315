"""A change is told to everybody who has a ticket: the evening does not take place, or not there and then."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
ORDERED: Final = "tell_orders_moved"
IN_LINE: Final = "tell_line_moved"
"""Jobs of the rooms that know who awaits a ticket: by an order, or in line for one. `args` are those of `Moved`."""


@dataclass(frozen=True)
class Place:
    """Where and when an evening is, as it was at one moment."""

    starts_at: datetime
    time_zone: str
    venue: str
    address: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Moved:
    """A move of an evening, as a job carries it: of which version, and how it was before."""

    event_id: int
    version: int
    at: str
    zone: str
    venue: str

    @property
    def was(self) -> dict[str, str]:
        """As the letter takes it."""
        return {"at": self.at, "zone": self.zone, "venue": self.venue}


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
    """In the caller's transaction: when and where it was, and is now. How many letters; none where nothing changed.

    Whoever awaits a ticket is told by jobs of the rooms that know them.
    """
    if place_of(event) == was:
        return 0
    moved = Moved(event.id, event.version, was.starts_at.isoformat(), was.time_zone, was.venue)
    for job in (ORDERED, IN_LINE):
        jobs.put(job, f"{job}:{event.id}:{event.version}", **asdict(moved))
    return _tell(event, MOVED, moved.was)


def tell_moved_to(moved: Moved, occasion: str, to: Mapping[str, str], why: str, order_code: str = "") -> None:
    """In the caller's transaction: the same, to somebody who holds no ticket: `why` is `ordered` or `waiting`.

    Nobody is written to twice: who holds a ticket, too, has the letter about it.
    """
    has_theirs = {reader.email.casefold() for reader in circulars.readers(moved.event_id)}
    if to["email"] and to["email"].casefold() not in has_theirs:
        key = f"{MOVED}:{moved.event_id}:{moved.version}:{occasion}"
        outbox.put(MOVED, key, **to, event_id=moved.event_id, why=why, order_code=order_code, **moved.was)


def _tell(event: Event, kind: str, args: dict[str, str]) -> int:
    told = circulars.write(kind, f"{kind}:{event.id}:{event.version}", event.id, _expected(event), **args)
    if told:
        trail.note("service", f"event.{kind}_told", event.slug, event.organisation_id, event=event.id, letters=told)
    return told


def _expected(event: Event) -> list[circulars.Reader]:
    return circulars.readers(event.id) if event.ends_at > clock.now() else []
