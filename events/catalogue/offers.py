"""Evenings as an order needs them, kept in memory: what they are called, what is offered, at which prices.

What is kept are rows that belong to no session: read whole, shared by all threads, changed by nobody. One question
about marks (see kept.py) tells whether they are still the rows of the database; it is asked when a form is read, and
once more inside the transaction that places the order. How many places are left is not among it: who takes some does so
by a conditional UPDATE.
"""

from collections.abc import Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

from flask import current_app
from sqlalchemy import String, bindparam, cast, event, select
from sqlalchemy.orm import Session

from events.catalogue import finding
from events.catalogue.kept import HOUSE, Shelf, of_types
from events.catalogue.models import Event, Organisation, TicketTypeQuota
from events.core.db import Base, db, glance, rows, table_of

_Marks = list[list[str]]
_alone: WeakKeyDictionary[Base, _Marks] = WeakKeyDictionary()
"""Every kept row; an evening with the marks that were read before it."""


def get(slug: str) -> Event:
    """The evening as it stands now, as rows that belong to no session and are not to be changed; raises NotFound.

    There are its organisation with the agreed fees, its ticket types, and which quotas each of them draws on.
    """
    shelf: Shelf[Event] = current_app.extensions.setdefault("bonsoir-offers", Shelf())
    key, marks = (slug,), _marks(glance(_OFFER, {"slug": slug}))
    kept = shelf.things.get(key)
    if kept is None or _alone[kept] != marks:
        with shelf.turn:
            marks, kept = _marks(glance(_OFFER, {"slug": slug})), shelf.things.get(key)  # perhaps read meanwhile
            if kept is None or _alone[kept] != marks:
                kept = shelf.put(key, _read(slug, marks))
    return finding.to_visitors(kept)


def still(offered: Event) -> Event:
    """The same evening as the caller's transaction sees it: the very rows, or those that came in their place."""
    marks = _marks(rows(_OFFER, {"slug": offered.slug}))
    return offered if marks == _alone[offered] else finding.get_event_on_offer(offered.slug)


def _read(slug: str, marks: _Marks) -> Event:
    """The rows as they are, which may be newer than these marks, and never older."""
    with Session(db.engine) as session:
        found = finding.find_event_on_offer(slug, session)
        if found is None:
            raise finding.no_such_evening()
        whole = [found.organisation, *found.organisation.fee_rates]
        for kind in found.ticket_types:
            whole += [kind, kind.event, *kind.quotas]
        session.expunge_all()
    _alone.update({**dict.fromkeys(whole, []), found: marks})
    return found


@event.listens_for(Session, "before_attach")
def _stays_alone(_session: Session, row: object) -> None:
    """A row that all threads share would be changed behind their backs by a session that took it for its own."""
    if row in _alone:
        raise RuntimeError("a kept row belongs to no session")


def _marks(found: Sequence[tuple[Any, ...]]) -> _Marks:
    return [sorted((text or "").split()) for text in found[0]] if found else []


_E, _O, _L = (table_of(model).c for model in (Event, Organisation, TicketTypeQuota))
_OFFER: Final = (
    select(_E.mark, _O.mark, of_types(cast(_L.quota_id, String))).select_from(HOUSE).where(_E.slug == bindparam("slug"))
)
