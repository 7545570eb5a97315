"""Who sits where. A place is a row, taken by a conditional update: nobody is over capacity, and the first one wins.

Every change names where the organiser saw the guest. Whoever has been seated elsewhere meanwhile stays there, and the
slower of two organisers is told.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update

from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest, Party
from events.seating.models import DiningTable, Seat
from events.tickets.models import Ticket

COMING = ("valid", "unpaid")
"""Tickets whose guest is expected at a table."""


class Move(NamedTuple):
    """A guest from the table where they were seen (None: nowhere) to another (None: away from the tables)."""

    guest_id: int
    seen: int | None
    table_id: int | None


def expected() -> ColumnElement[bool]:
    """The condition on Ticket that its guest needs a place."""
    return Ticket.status.in_(COMING)


def sit(event_id: int, moves: Sequence[Move]) -> None:
    """Make all these moves or none, in the caller's transaction.

    Raises NotFound for guests and tables of other evenings; Refusal: moved_meanwhile, table_full.
    """
    guests = {move.guest_id for move in moves}
    _lock_guests(event_id, guests)
    labels = _lock_tables(event_id, {move.table_id for move in moves if move.table_id is not None})
    _clear(event_id)
    _check_unseated([move.guest_id for move in moves if move.seen is None])
    for move in moves:
        if move.seen is not None:
            _stand_up(move.guest_id, move.seen)
    for table_id in sorted(labels):
        _sit_down(table_id, labels[table_id], [move.guest_id for move in moves if move.table_id == table_id])


def swap(event_id: int, first: Move, second: Move) -> None:
    """Two guests exchange their very places (`table_id` of both is left aside); one of them may have none yet.

    Raises what `sit` does.
    """
    _lock_guests(event_id, {first.guest_id, second.guest_id})
    labels = _lock_tables(event_id, {move.seen for move in (first, second) if move.seen is not None})
    _check_unseated([move.guest_id for move in (first, second) if move.seen is None])
    places = {move.guest_id: _stand_up(move.guest_id, move.seen) for move in (first, second) if move.seen is not None}
    for comes, leaves in ((first, second), (second, first)):
        if leaves.seen is not None and leaves.guest_id in places:
            _take(places[leaves.guest_id], comes.guest_id)
            changed(update(Guest).where(Guest.id == comes.guest_id).values(table_name=labels[leaves.seen]))


def of_party(event_id: int, guest_id: int) -> Sequence[tuple[int, int | None]]:
    """Everybody of the guest's party who is expected, with their tables: (guest, table or None)."""
    party = select(Guest.party_id).join(Party).where(Guest.id == guest_id, Party.event_id == event_id)
    query = (
        select(Guest.id, Seat.table_id)
        .join(Ticket, Ticket.id == Guest.ticket_id)
        .outerjoin(Seat, Seat.guest_id == Guest.id)
        .where(Guest.party_id.in_(party), expected())
        .order_by(Guest.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def free_places(event_id: int, table_ids: Collection[int]) -> Mapping[int, int]:
    """How many places of these tables are free; the tables are the caller's until the transaction ends.

    Whoever has guests in hand as well locks those first, as `sit` does. Raises NotFound.
    """
    _lock_tables(event_id, table_ids)
    _clear(event_id)
    free = select(Seat.table_id, func.count()).where(Seat.table_id.in_(table_ids), Seat.guest_id.is_(None))
    found = db.session.execute(free.group_by(Seat.table_id))
    return dict.fromkeys(table_ids, 0) | {row[0]: row[1] for row in found}


def table_of(guest_id: int) -> int | None:
    """Where the guest sits now."""
    return db.session.scalar(select(Seat.table_id).where(Seat.guest_id == guest_id))


def _lock_guests(event_id: int, guest_ids: Collection[int]) -> None:
    query = (
        select(Guest.id)
        .join(Party, Party.id == Guest.party_id)
        .join(Ticket, Ticket.id == Guest.ticket_id)
        .where(Guest.id.in_(guest_ids), Party.event_id == event_id, expected())
        .order_by(Guest.id)
    )
    if len(db.session.scalars(query.with_for_update(of=Guest)).all()) != len(guest_ids):
        raise NotFound(_("One of these guests is not on the list any more."))


def _lock_tables(event_id: int, table_ids: Collection[int]) -> Mapping[int, str]:
    query = select(DiningTable).where(DiningTable.event_id == event_id, DiningTable.id.in_(table_ids))
    found = db.session.scalars(query.order_by(DiningTable.id).with_for_update()).all()
    if len(found) != len(table_ids):
        raise NotFound(_("There is no such table."))
    return {table.id: table.label for table in found}


def _clear(event_id: int) -> None:
    """Places of guests whose ticket is no longer good are free for others."""
    tables = select(DiningTable.id).where(DiningTable.event_id == event_id)
    gone = select(Guest.id).join(Ticket, Ticket.id == Guest.ticket_id).where(Ticket.event_id == event_id, ~expected())
    changed(update(Seat).where(Seat.table_id.in_(tables), Seat.guest_id.in_(gone)).values(guest_id=None))


def _check_unseated(guest_ids: Collection[int]) -> None:
    if db.session.scalar(select(Seat.id).where(Seat.guest_id.in_(guest_ids)).limit(1)) is not None:
        raise _meanwhile()


def _stand_up(guest_id: int, seen: int) -> int:
    """Free the guest's place at the table where they were seen; which place it was."""
    mine = (Seat.guest_id == guest_id, Seat.table_id == seen)
    seat_id = db.session.scalar(select(Seat.id).where(*mine))
    if seat_id is None or not changed(update(Seat).where(Seat.id == seat_id, *mine).values(guest_id=None)):
        raise _meanwhile()
    changed(update(Guest).where(Guest.id == guest_id).values(table_name=None))
    return seat_id


def _sit_down(table_id: int, label: str, guest_ids: Sequence[int]) -> None:
    free = select(Seat.id).where(Seat.table_id == table_id, Seat.guest_id.is_(None)).order_by(Seat.position)
    places = db.session.scalars(free.limit(len(guest_ids))).all()
    if len(places) < len(guest_ids):
        raise Refusal("table_full", _("Table %(table)s has too few free seats.", table=label), status=409)
    for seat_id, guest_id in zip(places, guest_ids, strict=True):
        _take(seat_id, guest_id)
    changed(update(Guest).where(Guest.id.in_(guest_ids)).values(table_name=label))


def _take(seat_id: int, guest_id: int) -> None:
    if not changed(update(Seat).where(Seat.id == seat_id, Seat.guest_id.is_(None)).values(guest_id=guest_id)):
        raise _meanwhile()


def _meanwhile() -> Refusal:
    sentence = _("Somebody else has just changed this. Here is how it stands now; only this one step was not taken.")
    return Refusal("moved_meanwhile", sentence, status=409)
