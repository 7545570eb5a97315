"""The guest list: found by any part of a name, an address, a code, a number or a table, whatever accents and capitals.

Two or three queries, however long the list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from events.catalogue.models import TicketType
from events.core.db import db
from events.core.folding import folded
from events.core.paging import PER_PAGE, Page, before, within
from events.door import looking
from events.door.models import ENTRANCE, Admission, Presence
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

SHOWN = ("all", "unnamed", "notes", "arrived", "missing", "unseated", "void")
"""What the list may be narrowed to; "all" leaves out nothing but tickets that a new one replaced."""


@dataclass(frozen=True)
class Line:
    """One ticket with its guest, as the list shows it. `guest` is None where nobody has been written down yet."""

    ticket: Ticket
    party: Party
    guest: Guest | None
    checked_in_at: datetime | None

    @property
    def note(self) -> str:
        """What kitchen and door must know."""
        return self.guest.note if self.guest else ""

    @property
    def table(self) -> str:
        """Where the guest sits."""
        return (self.guest.table_name if self.guest else "") or ""


@dataclass(frozen=True)
class Narrowed:
    """Further filters; None (or "") leaves all. `diet` is a code or "any"; `table` a number or name, "-" for none."""

    diet: str = ""
    table: str = ""
    kind: int | None = None
    mark: str = ""


def find(
    event_id: int, query: str = "", shown: str = "all", page: int = 1, narrowed: Narrowed | None = None
) -> Page[Line]:
    """The page of the guest list that fits; an unknown `shown` counts as all.

    Filters are the database's business; words are compared here, because SQLite folds no letter beyond ASCII, and
    neither engine knows that somebody who types "helene" looks for "Hélène".
    """
    wanted, words = _wanted(event_id, shown, narrowed or Narrowed()), folded(query).split()
    if not words:
        found = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        number = within(page, found)
        return Page(_lines(wanted.limit(PER_PAGE).offset(before(number))), found, number)
    fitting = list(_matching(wanted, words))
    number = within(page, len(fitting))
    return Page(_lines(fitting[before(number) : before(number + 1)]), len(fitting), number)


def found(event_id: int, query: str = "", shown: str = "all", narrowed: Narrowed | None = None) -> Sequence[int]:
    """The tickets of the whole list that fits, not of a page of it."""
    wanted, words = _wanted(event_id, shown, narrowed or Narrowed()), folded(query).split()
    return list(_matching(wanted, words)) if words else db.session.scalars(wanted).all()


def every(event_id: int) -> Iterator[Line]:
    """The whole list in the order of the numbers, for an export."""
    ids = db.session.scalars(_wanted(event_id, "all", Narrowed())).all()
    for first in range(0, len(ids), 500):
        yield from _lines(ids[first : first + 500])


def kinds(event_id: int) -> Sequence[TicketType]:
    """The evening's ticket types, to narrow the list by."""
    query = select(TicketType).where(TicketType.event_id == event_id).order_by(TicketType.position)
    return db.session.scalars(query.options(lazyload(TicketType.quotas))).all()


def _wanted(event_id: int, shown: str, narrowed: Narrowed) -> Select[int]:
    query = (
        select(Ticket.id)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, _at_entrance())
        .where(Ticket.event_id == event_id, Ticket.status != "replaced", *_narrowing(narrowed))
    )
    condition = _showing(shown)
    return (query if condition is None else query.where(condition)).order_by(Ticket.number)


def _showing(shown: str) -> ColumnElement[bool] | None:
    good = Ticket.status != "void"
    answers: dict[str, ColumnElement[bool]] = {
        "unnamed": and_(func.coalesce(Ticket.guest_name, "") == "", good),
        "notes": func.coalesce(Guest.note, "") != "",
        "arrived": Presence.scan_id.is_not(None),
        "missing": and_(Presence.scan_id.is_(None), good),
        "unseated": and_(func.coalesce(Guest.table_name, "") == "", good),
        "void": Ticket.status == "void",
    }
    return answers.get(shown)


def _narrowing(narrowed: Narrowed) -> Iterator[ColumnElement[bool]]:
    if narrowed.diet == "any":
        yield or_(Guest.diet != "", Guest.note != "")
    elif narrowed.diet:
        yield Guest.diet == narrowed.diet
    if narrowed.table == "-":
        yield func.coalesce(Guest.table_name, "") == ""
    elif narrowed.table:
        yield or_(
            Guest.table_name == narrowed.table, Guest.table_name.startswith(f"{narrowed.table} · ", autoescape=True)
        )
    if narrowed.kind is not None:
        yield Ticket.ticket_type_id == narrowed.kind
    if narrowed.mark:
        yield Guest.mark == narrowed.mark


def _matching(wanted: Select[int], words: Sequence[str]) -> Iterator[int]:
    texts = (Ticket.guest_name, Party.name, Party.email, Party.booking, Guest.table_name, Guest.alias, Guest.mark)
    for ticket_id, number, *known in db.session.execute(wanted.add_columns(Ticket.number, *texts)):
        whole = folded(" ".join([f"{number:04}", *filter(None, known)]))
        if all(word in whole for word in words):
            yield ticket_id


def _at_entrance() -> ColumnElement[bool]:
    return and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE)


def _lines(ids: Sequence[int] | Select[int]) -> list[Line]:
    came_in = and_(
        Admission.ticket_id == Ticket.id,
        Admission.check_list == ENTRANCE,
        Admission.scan_id == Presence.scan_id,
    )
    rows = db.session.execute(
        select(Ticket, Party, Guest, looking.came_at(Admission))
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, _at_entrance())
        .outerjoin(Admission, came_in)
        .where(Ticket.id.in_(ids))
        .order_by(Ticket.number)
        .options(joinedload(Ticket.ticket_type).lazyload(TicketType.quotas))
    )
    return [Line(*row) for row in rows]
