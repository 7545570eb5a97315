"""The delivery board: every letter of one evening, and what became of it.

"Opened" means that a page whose link stood in letters to this address was opened after the letter went out: the order's
page, or the ticket's. Letters carry no picture and no link of their own that would tell more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, union_all, update

from events.catalogue.models import Event
from events.core import trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.jobs import Job
from events.core.paging import PER_PAGE, before, pages, within
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest, Party
from events.mail import outbox
from events.mail.models import Letter
from events.messages.segments import folded
from events.tickets.models import Ticket

CORRECTABLE: Final = ("bounced", "dead")


@dataclass(frozen=True)
class Line:
    """A letter, its state (of words.STATES), and when its reader's page was last opened."""

    letter: Letter
    state: str
    opened_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Some lines of all that were found. Pages count from 1. `counts` are of all letters, by state."""

    lines: list[Line]
    found: int
    number: int
    counts: Mapping[str, int]

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return pages(self.found)


@dataclass(frozen=True)
class Narrowed:
    """What is shown; "" leaves all. `query` is a part of a name or an address, `message` the id of one message."""

    state: str = ""
    kind: str = ""
    query: str = ""
    message: int | None = None


def find(event: Event, narrowed: Narrowed, page: int) -> Page:
    """The page of the board that fits: three queries, however many letters."""
    opened = _opened(event.id)
    state = _state(opened)
    mine = _from(opened).where(Letter.event_id == event.id)
    counts = _counted(_select(mine, state, func.count()).group_by(state))
    wanted = mine.where(*_narrowing(narrowed, state))
    found = db.session.scalar(_select(wanted, func.count())) or 0
    number = within(page, found)
    rows = _select(wanted, Letter, state, opened.c.at).order_by(Letter.created_at.desc(), Letter.id.desc())
    lines = db.session.execute(rows.limit(PER_PAGE).offset(before(number)))
    return Page([Line(*row) for row in lines], found, number, counts)


def count(event: Event, which: ColumnElement[bool]) -> Mapping[str, int]:
    """How many letters are in each state, among `which`."""
    opened = _opened(event.id)
    state = _state(opened)
    query = _select(_from(opened).where(Letter.event_id == event.id, which), state, func.count())
    return _counted(query.group_by(state))


def _counted(query: Select[Any]) -> dict[str, int]:
    return {state: number for state, number in db.session.execute(query)}


def count_unnamed(event: Event) -> int:
    """Valid tickets without a guest's name."""
    nameless = func.coalesce(Ticket.guest_name, "") == ""
    query = select(func.count()).where(Ticket.event_id == event.id, Ticket.status == "valid", nameless)
    return db.session.scalar(query) or 0


def kinds(event: Event) -> list[str]:
    """The kinds of letters that this evening has."""
    query = select(Letter.kind).distinct().where(Letter.event_id == event.id)
    return sorted(db.session.scalars(query))


def resend(event: Event, letter_id: int, email: str, actor: str) -> None:
    """Send one letter again, in the caller's transaction; one that came back may go to a corrected address.

    The correction holds for the order, the guest and every letter that came back from the same address. An address
    that works is its owner's alone to change. Raises NotFound, or Refusal: under_way, address_works.
    """
    opened = _opened(event.id)
    query = _select(_from(opened).where(Letter.event_id == event.id, Letter.id == letter_id), Letter, _state(opened))
    row = db.session.execute(query).first()
    if row is None or not row[0].recipient_email:
        raise NotFound(_("This letter does not exist, or it has no reader any more."))
    letter, state = row
    before = letter.recipient_email
    if folded(email) != folded(before):
        if state not in CORRECTABLE:
            sentence = _("Letters reach this address. Only its owner can change it, on the page of the order.")
            raise Refusal("address_works", sentence, status=409, field="email")
        _correct(event, before, email)
        trail.note(actor, "letter.address_corrected", f"letter:{letter.id}", event.organisation_id, event=event.id)
    if not outbox.resend(letter.id, email):
        raise Refusal("under_way", _("This letter is being sent just now."), status=409)
    trail.note(actor, "letter.sent_again", f"letter:{letter.id}", event.organisation_id, event=event.id)


def _correct(event: Event, before: str, email: str) -> None:
    same = (func.lower(Party.email) == before.lower(), Party.event_id == event.id)
    changed(update(Party).where(*same).values(email=email))
    guests = select(Guest.id).join(Party, Party.id == Guest.party_id).where(Party.event_id == event.id)
    changed(update(Guest).where(func.lower(Guest.email) == before.lower(), Guest.id.in_(guests)).values(email=email))
    back = (Letter.event_id == event.id, Letter.recipient_email == before, Letter.bounced_at.is_not(None))
    changed(update(Letter).where(*back).values(recipient_email=email))


def _opened(event_id: int) -> Subquery:
    """Address -> when a page of its reader was last opened."""
    address = case((Guest.email != "", Guest.email), else_=Party.email)
    orders = select(Party.email.label("email"), Party.opened_at.label("at"))
    tickets = (
        select(address.label("email"), Ticket.opened_at.label("at"))
        .select_from(Ticket)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
    )
    pages = union_all(
        orders.where(Party.event_id == event_id, Party.opened_at.is_not(None)),
        tickets.where(Ticket.event_id == event_id, Ticket.opened_at.is_not(None)),
    ).subquery()
    return select(pages.c.email, func.max(pages.c.at).label("at")).group_by(pages.c.email).subquery()


def _state(opened: Subquery) -> ColumnElement[str]:
    return case(
        (Letter.bounced_at.is_not(None), "bounced"),
        (and_(Letter.sent_at.is_not(None), opened.c.at >= Letter.sent_at), "opened"),
        (Letter.sent_at.is_not(None), "sent"),
        (Letter.stopped_at.is_not(None), "stopped"),
        (Job.status == "dead", "dead"),
        else_="waiting",
    )


def _from(opened: Subquery) -> Select[Any]:
    joined = select(Letter.id).select_from(Letter).join(Job, Job.key == Letter.job_key)
    return joined.outerjoin(opened, opened.c.email == Letter.recipient_email)


def _select(query: Select[Any], *columns: Any) -> Select[Any]:
    return query.with_only_columns(*columns, maintain_column_froms=True)


def _narrowing(narrowed: Narrowed, state: ColumnElement[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if narrowed.state:
        found.append(state == narrowed.state)
    if narrowed.kind:
        found.append(Letter.kind == narrowed.kind)
    if narrowed.query:
        part = narrowed.query
        texts = (Letter.recipient_name, Letter.recipient_email)
        found.append(or_(*(text.icontains(part, autoescape=True) for text in texts)))
    if narrowed.message is not None:
        found.append(Letter.key.startswith(f"message:{narrowed.message}:", autoescape=True))
    return found
