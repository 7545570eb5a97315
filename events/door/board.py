"""How the evening fills: who has come, table by table, and how fast."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, select

from events.core.db import db
from events.door import figures
from events.door.models import ENTRANCE, Admission, Presence
from events.guests.models import Guest
from events.tickets.models import Ticket

STEP: Final = timedelta(minutes=5)
_MOST_STEPS: Final = 72  # six hours; an evening's arrivals fit


@dataclass(frozen=True)
class TableLine:
    """One table; `name` is empty for guests without one."""

    name: str
    arrived: int
    expected: int

    @property
    def is_complete(self) -> bool:
        """Everybody sits: the kitchen may begin."""
        return self.arrived == self.expected


@dataclass(frozen=True)
class Step:
    """Five minutes of arrivals, from `since` (UTC)."""

    since: datetime
    guests: int


@dataclass(frozen=True)
class Board:
    """Everything on the live page."""

    figures: figures.Figures
    tables: Sequence[TableLine]
    arrivals: Sequence[Step]

    @property
    def busiest(self) -> int:
        """The most guests in one step, at least 1."""
        return max((step.guests for step in self.arrivals), default=1)


def of_event(event_id: int, check_list: str = ENTRANCE) -> Board:
    """The board of one check list as it stands now."""
    found = figures.of_event(event_id, check_list)
    return Board(found, _tables(event_id, check_list), _arrivals(event_id, check_list))


def _tables(event_id: int, check_list: str) -> list[TableLine]:
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    query = (
        select(Guest.table_name, func.count(Presence.scan_id), func.count(Ticket.id))
        .select_from(Ticket)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, here)
        .where(Ticket.event_id == event_id, Ticket.status == "valid")
        .group_by(Guest.table_name)
    )
    lines = [TableLine(name or "", arrived, expected) for name, arrived, expected in db.session.execute(query)]
    return sorted(lines, key=lambda line: (not line.name, len(line.name), line.name))


def _arrivals(event_id: int, check_list: str) -> list[Step]:
    """Without admissions that were taken back; those made without a network count when they were made."""
    undone = select(Admission.undoes).where(Admission.undoes.is_not(None))
    query = select(Admission.at, Admission.device_at, Admission.offline)
    standing = query.where(Admission.event_id == event_id, Admission.undoes.is_(None), Admission.id.not_in(undone))
    rows = db.session.execute(standing.where(Admission.check_list == check_list))
    counts = Counter(_floor(min(device_at, at) if offline and device_at else at) for at, device_at, offline in rows)
    if not counts:
        return []
    last = max(counts)
    first = max(min(counts), last - (_MOST_STEPS - 1) * STEP)
    moments = [first + number * STEP for number in range((last - first) // STEP + 1)]
    return [Step(moment, counts[moment]) for moment in moments]


def _floor(moment: datetime) -> datetime:
    seconds = int(STEP.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)
