"""Public pages kept in memory, and the one question that tells whether a kept page is still the page.

What the page shows are marked rows (events.core.marks). Every request reads their marks, by one indexed SELECT; a page
is kept under the marks that were read before it was written. A row that changed meanwhile has another mark by then, so
what is kept is never older than its marks say, whichever process, machine or person changed the row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from flask import current_app
from sqlalchemy import ColumnElement, ScalarSelect, String, bindparam, cast, func, literal_column, select

from events.catalogue import finding
from events.catalogue.models import Block, Event, Organisation, Quota, Raised, TicketType, TicketTypeQuota
from events.core import clock
from events.core.db import db, glance, rows, table_of
from events.core.engines import in_one_text

MOST: Final = 100
"""Pages of a process, some 20 kB each: evenings times languages, times the sources people come from."""


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
class _Shelf:
    pages: dict[tuple[str, ...], Page] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock)


def get_state(slug: str) -> State:
    """How the evening of this address stands now, whoever may see it; raises NotFound."""
    rows = glance(_STATE, {"slug": slug})
    if not rows:
        raise finding.no_such_evening()
    status, language, languages, ends_at, *marks = tuple(rows[0])
    return State(slug, status, language, tuple(languages), ends_at, tuple(marks))


def page(state: State, key: tuple[str, ...], moment: datetime, write: Callable[[State], Page]) -> Page:
    """The kept page of this key, or the one that `write` makes now and that is kept from then on.

    One thread of a process writes at a time: a page that many want at once is written for all of them.
    """
    shelf: _Shelf = current_app.extensions.setdefault("bonsoir-pages", _Shelf())
    found = shelf.pages.get(key)
    if found is not None and found.is_right(state, moment):
        return found
    with shelf.turn:
        state, found = get_state(state.slug), shelf.pages.get(key)  # somebody may have written it meanwhile
        if found is not None and found.is_right(state, clock.now()):
            return found
        return _keep(shelf, key, write(state))


def _keep(shelf: _Shelf, key: tuple[str, ...], written: Page) -> Page:
    shelf.pages.pop(key, None)
    while len(shelf.pages) >= MOST:
        del shelf.pages[next(iter(shelf.pages))]
    shelf.pages[key] = written
    return written


def carried(event: Event) -> Callable[[], Event]:
    """Take an evening on offer, as the session has it, into the transaction that begins next.

    What is returned gives it there: the same rows, joined to the session again, where their marks are still the same;
    else read anew. How many places are left is not asked: who takes one does it by a conditional UPDATE.
    """
    places = {quota for kind in event.ticket_types for quota in kind.quotas}
    for row in (event, event.organisation, *event.ticket_types, *places):
        db.session.expunge(row)

    def there() -> Event:
        now = rows(_OFFER, {"slug": event.slug})
        if not now or [sorted((text or "").split()) for text in now[0]] != _offer_of(event):
            return finding.get_event_on_offer(event.slug)
        db.session.add(event)
        return event

    return there


def _offer_of(event: Event) -> list[list[str]]:
    kinds = event.ticket_types
    links = [f"{kind.mark}:{quota.id}" for kind in kinds for quota in kind.quotas]
    alone = [f"{kind.mark}:" for kind in kinds if not kind.quotas]
    return [[event.mark], [event.organisation.mark], sorted([*links, *alone])]


_E, _O, _B, _T = (table_of(model).c for model in (Event, Organisation, Block, TicketType))
_Q, _R, _L = (table_of(model).c for model in (Quota, Raised, TicketTypeQuota))


def _of_types(told: ColumnElement[str]) -> ScalarSelect[str]:
    """Each ticket type's mark with what is `told` of each of its quotas."""
    pairs = in_one_text(_T.mark + literal_column("':'") + func.coalesce(told, literal_column("''")))
    linked = table_of(TicketType).outerjoin(table_of(TicketTypeQuota), _L.ticket_type_id == _T.id)
    found = select(pairs).select_from(linked.outerjoin(table_of(Quota), _Q.id == _L.quota_id))
    return found.where(_T.event_id == _E.id).correlate(table_of(Event)).scalar_subquery()


_BLOCKS = select(in_one_text(_B.mark)).where(_B.event_id == _E.id).correlate(table_of(Event)).scalar_subquery()
_HOUSE = table_of(Event).join(table_of(Organisation), _O.id == _E.organisation_id)
_STATE: Final = (
    select(*(_E.status, _E.language, _E.languages, _E.ends_at, _E.mark, _O.mark, _R.mark))
    .add_columns(_BLOCKS, _of_types(_Q.mark))
    .select_from(_HOUSE.outerjoin(table_of(Raised), _R.event_id == _E.id))
    .where(_E.slug == bindparam("slug"))
)
_OFFER: Final = (
    select(_E.mark, _O.mark, _of_types(cast(_Q.id, String))).select_from(_HOUSE).where(_E.slug == bindparam("slug"))
)
