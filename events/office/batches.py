"""One action for many guests: written down with a line for each of them, and carried out in portions.

A portion and what it says of its guests are one transaction: killed between two lines nothing has happened, and the job
goes on where it stood. What fits into one portion is done at once, in the transaction that wrote it down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, insert, select, update

from events.catalogue.models import Event
from events.core import clock, jobs, trail
from events.core.db import changed, db, insert_once, plainly, table_of, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest, Party
from events.office import batch_steps
from events.office.batch_steps import Standing
from events.office.models import MOVING, BatchGuest, GuestBatch
from events.seating import tables
from events.seating.models import DiningTable, Seat
from events.tickets.models import Ticket

JOB: Final = "change_guests"
AT_ONCE: Final = 100
"""Guests in one transaction: some tenths of a second in which nobody else writes."""
PORTIONS: Final = 5
"""Portions before other jobs may have a turn."""
UNDO_WITHIN: Final = timedelta(days=1)
_TOGETHER: Final = 500


@dataclass(frozen=True)
class Wish:
    """What is to be done: a mark ("" takes it away), a table's number (None: away from the tables), or letters."""

    act: str
    key: str
    mark: str = ""
    table: int | None = None


def start(event: Event, wish: Wish, ticket_ids: Sequence[int], actor: str) -> GuestBatch:
    """Write it down, in the caller's transaction, and do it if it is small; else the job will.

    The same form sent twice gets the batch that is there. Raises Refusal `no_table`.
    """
    table = None if wish.act != "table" or wish.table is None else tables.get_by_number(event.id, wish.table)
    if not insert_once(GuestBatch, _values(event, wish, table, actor), ["event_id", "key"]):
        return _by_key(event, wish.key)
    batch = _by_key(event, wish.key)
    rows = [{"batch_id": batch.id, "ticket_id": one} for one in _in_order(event.id, ticket_ids)]
    blank = {"outcome": "waiting", "why": "", "mark_before": ""}
    if rows:
        plainly(insert(table_of(BatchGuest)), [row | blank for row in rows])
    batch.total = len(rows)
    counts = {"guests": batch.total, "batch": batch.id}
    trail.note(actor, f"guests.{wish.act}", f"event:{event.id}", event.organisation_id, **counts)
    go_on(batch, batch.total)
    return batch


def get_batch(event: Event, batch_id: int) -> GuestBatch:
    """A batch of this evening; raises NotFound."""
    batch = db.session.scalar(select(GuestBatch).filter_by(id=batch_id, event_id=event.id))
    if batch is None:
        raise NotFound(_("This page does not exist, or it is not for you."))
    return batch


def undo(event: Event, batch_id: int, actor: str) -> GuestBatch:
    """Put everybody back whom nobody has changed since, in the caller's transaction; what still waits is left undone.

    Pressed twice it is nothing. Raises NotFound, Refusal: letters_stay_sent, too_late.
    """
    batch = get_batch(event, batch_id)
    if batch.act == "send":
        raise Refusal("letters_stay_sent", _("Letters cannot be called back."), status=409)
    if batch.state in ("undoing", "undone"):
        return batch
    if clock.now() >= undo_until(batch, event):
        raise Refusal(
            "too_late", _("This can no longer be undone as a whole. Change the guests themselves."), status=409
        )
    mine = (GuestBatch.id == batch.id, GuestBatch.state.in_(("going", "done")))
    taken = {"state": "undoing", "undone_by": actor, "undone_at": clock.now()}
    if changed(update(GuestBatch).where(*mine).values(**taken)):
        waits = update(BatchGuest).where(BatchGuest.batch_id == batch.id, BatchGuest.outcome == "waiting")
        changed(waits.values(outcome="refused", why="stopped"))
        counts = {"guests": outcomes(batch.id).get(batch.id, {}).get("done", 0), "batch": batch.id}
        trail.note(actor, "guests.undone", f"event:{event.id}", event.organisation_id, **counts)
        db.session.refresh(batch)
        go_on(batch, counts["guests"])
    return batch


def undo_until(batch: GuestBatch, event: Event) -> datetime:
    """A day, and no longer than the evening lasts."""
    day = batch.started_at + UNDO_WITHIN
    return min(day, event.ends_at) if batch.started_at < event.ends_at else day


def outcomes(*batch_ids: int) -> Mapping[int, Mapping[str, int]]:
    """Of each batch, how many guests had each outcome."""
    query = select(BatchGuest.batch_id, BatchGuest.outcome, func.count()).where(BatchGuest.batch_id.in_(batch_ids))
    found: dict[int, dict[str, int]] = {}
    for batch_id, outcome, count in db.session.execute(query.group_by(BatchGuest.batch_id, BatchGuest.outcome)):
        found.setdefault(batch_id, {})[outcome] = count
    return found


def count_letters(ticket_ids: Sequence[int]) -> int:
    """How many letters sending to these tickets would make: one to each party with a valid one and an address."""
    parties: set[int] = set()
    for first in range(0, len(ticket_ids), _TOGETHER):
        mine = Ticket.id.in_(ticket_ids[first : first + _TOGETHER])
        query = select(Party.id).join(Ticket, Ticket.party_id == Party.id).where(mine, Ticket.status == "valid")
        parties.update(db.session.scalars(query.where(Party.email != "").distinct()))
    return len(parties)


def go_on(batch: GuestBatch, count: int) -> None:
    """Deal with so many guests: now where they are few, else by the job; in the caller's transaction."""
    if count <= AT_ONCE:
        take_portion(batch.id)
    else:
        jobs.put(JOB, f"guest-batch:{batch.id}:{batch.state}", batch=batch.id)


def work(args: Mapping[str, Any]) -> None:
    """The job: some portions; raises TryLater (at once) while there are more."""
    for _portion in range(PORTIONS):
        with transaction():
            if not take_portion(int(args["batch"])):
                return
    raise jobs.TryLater(clock.now())


def take_portion(batch_id: int) -> bool:
    """The next guests of a batch, in the caller's transaction; False when everybody is dealt with.

    Whoever holds the batch's row decides; the guests' rows come next, the tables' last, as everywhere.
    """
    query = select(GuestBatch).where(GuestBatch.id == batch_id).with_for_update()
    batch = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    if batch.state not in MOVING:
        return False
    ahead = "waiting" if batch.state == "going" else "done"
    steps = batch_steps.DO if batch.state == "going" else batch_steps.UNDO
    if standing := _next(batch, ahead):
        steps[batch.act](batch, standing)
        db.session.flush()
    left = bool(db.session.scalar(_waiting(batch, ahead).limit(1)))
    if not left:
        batch.state = "done" if batch.state == "going" else "undone"
    return left


def _values(event: Event, wish: Wish, table: DiningTable | None, actor: str) -> dict[str, Any]:
    values = {"event_id": event.id, "key": wish.key, "act": wish.act, "mark": wish.mark, "state": "going", "total": 0}
    seat = {"table_id": table.id if table else None, "table_number": table.number if table else None}
    return values | seat | {"started_by": actor, "started_at": clock.now()}


def _by_key(event: Event, key: str) -> GuestBatch:
    return db.session.scalars(select(GuestBatch).filter_by(event_id=event.id, key=key)).one()


def _in_order(event_id: int, ticket_ids: Sequence[int]) -> list[int]:
    """Those of this evening that have a guest, each party together."""
    found: list[tuple[int, int, int]] = []
    for first in range(0, len(ticket_ids), _TOGETHER):
        mine = Ticket.id.in_(ticket_ids[first : first + _TOGETHER])
        query = select(Ticket.party_id, Ticket.number, Ticket.id).join(Guest, Guest.ticket_id == Ticket.id)
        rows = db.session.execute(query.where(mine, Ticket.event_id == event_id))
        found += [(row[0], row[1], row[2]) for row in rows]
    return [ticket_id for _party, _number, ticket_id in sorted(found)]


def _waiting(batch: GuestBatch, outcome: str) -> Select[int]:
    return select(BatchGuest.id).where(BatchGuest.batch_id == batch.id, BatchGuest.outcome == outcome)


def _next(batch: GuestBatch, outcome: str) -> list[Standing]:
    """A portion of whole parties, as they stand now, their guests ours until the transaction ends."""
    query = select(BatchGuest.id, Ticket.party_id).join(Ticket, Ticket.id == BatchGuest.ticket_id)
    query = query.where(BatchGuest.batch_id == batch.id, BatchGuest.outcome == outcome).order_by(BatchGuest.id)
    rows = db.session.execute(query.limit(AT_ONCE)).all()
    if len(rows) == AT_ONCE:
        rest = query.where(Ticket.party_id == rows[-1].party_id, BatchGuest.id > rows[-1].id)
        rows = [*rows, *db.session.execute(rest)]
    return _standing([row.id for row in rows])


def _standing(ids: Sequence[int]) -> list[Standing]:
    tickets = select(BatchGuest.ticket_id).where(BatchGuest.id.in_(ids))
    locked = select(Guest.id).where(Guest.ticket_id.in_(tickets)).order_by(Guest.id).with_for_update()
    db.session.scalars(locked).all()
    query = (
        select(BatchGuest, Ticket, Party, Guest, Seat.table_id)
        .join(Ticket, Ticket.id == BatchGuest.ticket_id)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Seat, Seat.guest_id == Guest.id)
        .where(BatchGuest.id.in_(ids))
        .order_by(BatchGuest.id)
    )
    rows = db.session.execute(query, execution_options={"populate_existing": True})
    return [Standing(*row) for row in rows]
