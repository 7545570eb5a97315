"""Public pages kept in memory, and the one question that tells whether a kept page is still the page.

What the page shows are marked rows (events.core.marks). Every request reads their marks, by one indexed SELECT; a page
is kept under the marks that were read before it was written. A row that changed meanwhile has another mark by then, so
what is kept is never older than its marks say, whichever process, machine or person changed the row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final, Generic, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, literal_column, select

from events.catalogue import finding
from events.catalogue.models import Block, Event, Organisation, Quota, Raised, TicketType, TicketTypeQuota
from events.core import clock
from events.core.db import glance, table_of
from events.core.engines import in_one_text

MOST: Final = 100
"""Things on a shelf of a process. Pages have some 20 kB each: evenings times languages, times the sources people come
from."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class State:
    """An evening before anything of it is written: enough to say where a visitor is led."""

    slug: str
    status: str
    language: str
    languages: tuple[str, ...]
    ends_at: datetime
    marks: tuple[str | None, ...]

    @property
    def is_public(self) -> bool:
        """Whether strangers may see it."""
        return self.status in ("published", "cancelled")


@dataclass(frozen=True)
class Page:
    """A written page: what it was made of, and between which moments its hours and days are right."""

    marks: tuple[str | None, ...]
    body: bytes
    etag: str
    since: datetime
    until: datetime

    def is_right(self, state: State, moment: datetime) -> bool:
        """Whether it would be written the same now."""
        return self.marks == state.marks and self.since <= moment < self.until


@dataclass
class Shelf(Generic[Thing]):
    """What a process keeps; the oldest goes where there are too many. Who has the `turn` may put things there."""

    things: dict[tuple[str, ...], Thing] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock)

    def put(self, key: tuple[str, ...], thing: Thing) -> Thing:
        """Keep it as the newest."""
        self.things.pop(key, None)
        while len(self.things) >= MOST:
            del self.things[next(iter(self.things))]
        self.things[key] = thing
        return thing


def get_state(slug: str) -> State:
    """How the evening of this address stands now, whoever may see it; raises NotFound."""
    rows = glance(_STATE, {"slug": slug})
    if not rows:
        raise finding.no_such_evening()
    status, language, languages, ends_at, *marks = rows[0]
    return State(slug, status, language, tuple(languages), ends_at, tuple(marks))


def page(state: State, key: tuple[str, ...], moment: datetime, write: Callable[[State], Page]) -> Page:
    """The kept page of this key, or the one that `write` makes now and that is kept from then on.

    One thread of a process writes at a time: a page that many want at once is written for all of them.
    """
    shelf: Shelf[Page] = current_app.extensions.setdefault("bonsoir-pages", Shelf())
    found = shelf.things.get(key)
    if found is not None and found.is_right(state, moment):
        return found
    with shelf.turn:
        state, found = get_state(state.slug), shelf.things.get(key)  # somebody may have written it meanwhile
        if found is not None and found.is_right(state, clock.now()):
            return found
        return shelf.put(key, write(state))


_E, _O, _B, _T = (table_of(model).c for model in (Event, Organisation, Block, TicketType))
_Q, _R, _L = (table_of(model).c for model in (Quota, Raised, TicketTypeQuota))


def of_types(told: ColumnElement[str]) -> ScalarSelect[str]:
    """Each ticket type's mark with what is `told` of each of its links to a quota."""
    pairs = in_one_text(_T.mark + literal_column("':'") + func.coalesce(told, literal_column("''")))
    linked = table_of(TicketType).outerjoin(table_of(TicketTypeQuota), _L.ticket_type_id == _T.id)
    found = select(pairs).select_from(linked)
    return found.where(_T.event_id == _E.id).correlate(table_of(Event)).scalar_subquery()


_QUOTA = select(_Q.mark).where(_Q.id == _L.quota_id).correlate(table_of(TicketTypeQuota)).scalar_subquery()
_BLOCKS = select(in_one_text(_B.mark)).where(_B.event_id == _E.id).correlate(table_of(Event)).scalar_subquery()
HOUSE: Final = table_of(Event).join(table_of(Organisation), _O.id == _E.organisation_id)
_STATE: Final = (
    select(*(_E.status, _E.language, _E.languages, _E.ends_at, _E.mark, _O.mark, _R.mark))
    .add_columns(_BLOCKS, of_types(_QUOTA))
    .select_from(HOUSE.outerjoin(table_of(Raised), _R.event_id == _E.id))
    .where(_E.slug == bindparam("slug"))
)
