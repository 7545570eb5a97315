"""What the pages say of an action for many guests: how far it is, whom it left out and why, and until when it can be
undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext, ngettext
from events.core.paging import PER_PAGE, before, within
from events.door.actors import names_of
from events.office import batches
from events.office.models import MOVING, BatchGuest, GuestBatch
from events.tickets.models import Ticket

NEWEST: Final = 50

WHY: Final = {
    "gone": lazy_gettext("The ticket was passed on or replaced."),
    "replaced": lazy_gettext("The ticket was passed on or replaced."),
    "void": lazy_gettext("The ticket is no longer valid."),
    "unpaid": lazy_gettext("The ticket is not paid yet."),
    "no_address": lazy_gettext("Whoever booked left no e-mail address."),
    "table_full": lazy_gettext("Too few free seats at the table for those who come together."),
    "no_table": lazy_gettext("The table is not there any more."),
    "stopped": lazy_gettext("It was undone before their turn came."),
    "taken": lazy_gettext("Their seat at the table before is taken."),
    "changed": lazy_gettext("Somebody has changed this since."),
}
"""Why a guest was left out; after an undo, why they were left as they are."""


@dataclass(frozen=True)
class Left:
    """A guest who was left out. `number` is the ticket's, as printed."""

    name: str
    number: str
    why: str
    is_listed: bool  # whether the guest list has a page of them


@dataclass(frozen=True)
class Shown:
    """A batch, how many had which outcome, and until when it can be undone (None: it cannot)."""

    batch: GuestBatch
    counts: Mapping[str, int]
    until: datetime | None

    @property
    def is_moving(self) -> bool:
        """Whether it is still under way."""
        return self.batch.state in MOVING

    @property
    def ahead(self) -> int:
        """Guests still to be dealt with."""
        return self.counts.get("waiting", 0) if self.batch.state == "going" else self.counts.get("done", 0)

    @property
    def of(self) -> int:
        """Guests in all, or, while it is being undone, those who were to be put back."""
        if self.batch.state not in ("undoing", "undone"):
            return self.batch.total
        return sum(self.counts.get(one, 0) for one in ("done", "back", "kept"))

    @property
    def dealt_with(self) -> int:
        """How far it is."""
        return self.of - self.ahead if self.is_moving else self.of

    @property
    def left_out(self) -> int:
        """Guests for whom it was not possible."""
        return self.counts.get("refused", 0)

    @property
    def title(self) -> str:
        """What was to be done."""
        return title_of(self.batch)

    @property
    def done(self) -> str:
        """What was done, in a sentence; while it is being undone, what was put back."""
        if self.batch.state in ("undoing", "undone"):
            back = self.counts.get("back", 0)
            return ngettext("%(num)s guest is as before.", "%(num)s guests are as before.", back)
        count = self.counts.get("done", 0)
        if self.batch.act == "mark":
            return ngettext("%(num)s guest is marked.", "%(num)s guests are marked.", count)
        if self.batch.act == "table" and self.batch.table_number is None:
            return ngettext("%(num)s guest has left the table.", "%(num)s guests have left their tables.", count)
        if self.batch.act == "table":
            return ngettext("%(num)s guest is seated.", "%(num)s guests are seated.", count)
        return ngettext(
            "The tickets of %(num)s guest are on their way.", "The tickets of %(num)s guests are on their way.", count
        )


def title_of(batch: GuestBatch) -> str:
    """What was to be done."""
    if batch.act == "mark":
        return _("Set the mark “%(mark)s”", mark=batch.mark) if batch.mark else _("Take the mark away")
    if batch.act == "table":
        number = batch.table_number
        return _("Seat at table %(number)s", number=number) if number is not None else _("Away from the tables")
    return _("Send tickets again")


def show(event: Event, batch: GuestBatch) -> Shown:
    """The batch as it stands now."""
    return _shown(event, batch, batches.outcomes(batch.id).get(batch.id, {}))


def newest(event: Event) -> Sequence[tuple[Shown, str]]:
    """The evening's last actions, each with who did it."""
    query = select(GuestBatch).where(GuestBatch.event_id == event.id).order_by(GuestBatch.id.desc())
    found = db.session.scalars(query.limit(NEWEST)).all()
    names, counts = names_of({batch.started_by for batch in found}), batches.outcomes(*(batch.id for batch in found))
    return [(_shown(event, batch, counts.get(batch.id, {})), names.get(batch.started_by, "")) for batch in found]


def _shown(event: Event, batch: GuestBatch, counts: Mapping[str, int]) -> Shown:
    until = batches.undo_until(batch, event)
    something = counts.get("done", 0) or counts.get("waiting", 0)
    is_open = batch.act != "send" and batch.state in ("going", "done") and clock.now() < until
    return Shown(batch, counts, until if is_open and something else None)


def left(batch: GuestBatch, page: int) -> tuple[Sequence[Left], int, int]:
    """A page of those who were left out, in the order of their tickets; which page it is, and how many there are."""
    shown = ("kept",) if batch.state in ("undoing", "undone") else ("refused",)
    mine = (BatchGuest.batch_id == batch.id, BatchGuest.outcome.in_(shown))
    count = db.session.scalar(select(func.count()).select_from(BatchGuest).where(*mine)) or 0
    number = within(page, count)
    query = select(BatchGuest.why, Ticket).join(Ticket, Ticket.id == BatchGuest.ticket_id).where(*mine)
    rows = db.session.execute(query.order_by(Ticket.number).limit(PER_PAGE).offset(before(number)))
    return [_left(row[0], row[1]) for row in rows], number, count


def _left(why: str, ticket: Ticket) -> Left:
    reason = str(WHY.get(why, why))
    return Left(ticket.guest_name or "", ticket.short_number, reason, ticket.status != "replaced")
