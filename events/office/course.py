"""How an evening's sale went, day by day, where buyers came from, and how the guests arrived."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.door import board
from events.guests.models import Party
from events.tickets.models import Ticket

STANDS: Final = ("valid", "unpaid")
MOST_COLUMNS: Final = 45
QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Sold:
    """Places sold from `first` to `last`, and all that were sold until then."""

    first: date
    last: date
    places: int
    so_far: int


@dataclass(frozen=True)
class Source:
    """A word of a link (?from=...), "" for none: orders that came by it, and their places."""

    word: str
    orders: int
    places: int


@dataclass(frozen=True)
class Arrived:
    """Guests let in within a quarter of an hour from `since` (UTC), and all until then."""

    since: datetime
    guests: int
    so_far: int


def sales(event: Event) -> Sequence[Sold]:
    """From the first sale to today or the evening, by days, weeks or four weeks, so that the columns stay few."""
    zone = ZoneInfo(event.time_zone)
    query = select(Ticket.issued_at).where(Ticket.event_id == event.id, Ticket.status.in_(STANDS))
    days = Counter(moment.astimezone(zone).date() for moment in db.session.scalars(query))
    if not days:
        return []
    begin, end = min(days), max(max(days), min(clock.now(), event.ends_at).astimezone(zone).date())
    length = next((step for step in (1, 7) if (end - begin).days < step * MOST_COLUMNS), 28)
    found: list[Sold] = []
    for offset in range(0, (end - begin).days + 1, length):
        within = [begin + timedelta(days=offset + one) for one in range(length)]
        places = sum(days[day] for day in within)
        found.append(Sold(within[0], min(within[-1], end), places, places + (found[-1].so_far if found else 0)))
    return found


def sources(event: Event) -> Sequence[Source]:
    """Where the buyers of standing tickets came from, the strongest first."""
    query = (
        select(Party.source, func.count(func.distinct(Party.id)), func.count(Ticket.id))
        .join(Ticket, Ticket.party_id == Party.id)
        .where(Ticket.event_id == event.id, Ticket.status.in_(STANDS))
        .group_by(Party.source)
    )
    found = [Source(*row) for row in db.session.execute(query)]
    return sorted(found, key=lambda one: (-one.places, one.word))


def arrivals(event: Event) -> Sequence[Arrived]:
    """Quarter of an hour by quarter of an hour; nothing before the first guest."""
    counts: Counter[datetime] = Counter()
    for step in board.of_event(event.id).arrivals:
        counts[step.since - (step.since - _hour(step.since)) % QUARTER] += step.guests
    if not counts:
        return []
    found: list[Arrived] = []
    for number in range((max(counts) - min(counts)) // QUARTER + 1):
        since = min(counts) + number * QUARTER
        found.append(Arrived(since, counts[since], counts[since] + (found[-1].so_far if found else 0)))
    return found


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
