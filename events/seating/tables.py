"""The tables of the room: added, changed, moved, taken away. Whoever sits stays seated, or the change is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest
from events.seating import drawing
from events.seating.models import FARTHEST, DiningTable, Seat


@dataclass(frozen=True)
class Wanted:
    """A table as it is to be."""

    number: int
    places: int
    shape: str
    name: str = ""
    host: str = ""


def of_event(event_id: int) -> Sequence[DiningTable]:
    """The tables in the order of their numbers."""
    query = select(DiningTable).where(DiningTable.event_id == event_id).order_by(DiningTable.number)
    return db.session.scalars(query).all()


def get_table(event_id: int, table_id: int) -> DiningTable:
    """The table, newly read and ours until the transaction ends; raises NotFound for one of another evening."""
    query = select(DiningTable).where(DiningTable.event_id == event_id, DiningTable.id == table_id).with_for_update()
    table = db.session.scalar(query, execution_options={"populate_existing": True})
    if table is None:
        raise NotFound(_("There is no such table."))
    return table


def get_by_number(event_id: int, number: int) -> DiningTable:
    """The table with this number; raises Refusal `no_table`."""
    query = select(DiningTable).where(DiningTable.event_id == event_id, DiningTable.number == number)
    table = db.session.scalar(query)
    if table is None:
        raise Refusal("no_table", _("There is no table %(number)s.", number=number), field="table")
    return table


def add_tables(event_id: int, count: int, places: int, shape: str) -> list[DiningTable]:
    """So many equal tables, numbered on from the last and put where there is room."""
    known = of_event(event_id)
    first = max((table.number for table in known), default=0) + 1
    spots = drawing.free_spots([(table.x, table.y) for table in known], count, drawing.reach(places, shape))
    added = [
        DiningTable(event_id=event_id, number=first + offset, shape=shape, x=x, y=y, seats=_seats(1, places))
        for offset, (x, y) in enumerate(spots)
    ]
    db.session.add_all(added)
    _flush()
    return added


def change_table(table: DiningTable, wanted: Wanted) -> None:
    """Another number, name, host, shape or size. Raises Refusal: number_taken, still_seated."""
    table.number, table.name, table.host, table.shape = wanted.number, wanted.name, wanted.host, wanted.shape
    _flush()
    _resize(table, wanted.places)
    _rename(table)


def move_table(table: DiningTable, x: int, y: int, seen: tuple[int, int]) -> None:
    """Put it elsewhere. Raises Refusal `moved_meanwhile` when it does not stand where it was seen."""
    here = (DiningTable.id == table.id, DiningTable.x == seen[0], DiningTable.y == seen[1])
    spot = {"x": min(max(x, 0), FARTHEST), "y": min(max(y, 0), FARTHEST)}
    if not changed(update(DiningTable).where(*here).values(**spot)):
        sentence = _("Somebody has moved this table meanwhile. This is how it stands now.")
        raise Refusal("moved_meanwhile", sentence, status=409)


def remove_table(table: DiningTable) -> None:
    """Take it out of the room. Raises Refusal `still_seated` while somebody sits there."""
    _empty(table, 0)
    changed(delete(Seat).where(Seat.table_id == table.id))
    changed(delete(DiningTable).where(DiningTable.id == table.id))


def seats_of(table_id: int) -> int:
    """How many places it has."""
    return db.session.scalar(select(func.count(Seat.id)).where(Seat.table_id == table_id)) or 0


def _resize(table: DiningTable, places: int) -> None:
    now = seats_of(table.id)
    if places < now:
        _empty(table, places)
        changed(delete(Seat).where(Seat.table_id == table.id, Seat.position > places))
    db.session.add_all([Seat(table_id=table.id, position=number) for number in range(now + 1, places + 1)])
    db.session.flush()


def _empty(table: DiningTable, places: int) -> None:
    """Make sure that nobody sits beyond so many places; those who do move up where there is room."""
    rows = db.session.execute(
        select(Seat.id, Seat.position, Seat.guest_id).where(Seat.table_id == table.id).order_by(Seat.position)
    ).all()
    beyond = [row for row in rows if row.position > places and row.guest_id is not None]
    free = [row.id for row in rows if row.position <= places and row.guest_id is None]
    if len(beyond) > len(free):
        raise Refusal(
            "still_seated",
            ngettext(
                "%(num)s guest would lose the seat. Seat them elsewhere first.",
                "%(num)s guests would lose their seats. Seat them elsewhere first.",
                len(beyond) - len(free),
            ),
            status=409,
            field="places",
        )
    for row, seat_id in zip(beyond, free, strict=False):
        changed(update(Seat).where(Seat.id == row.id).values(guest_id=None))
        changed(update(Seat).where(Seat.id == seat_id).values(guest_id=row.guest_id))


def _rename(table: DiningTable) -> None:
    seated = select(Seat.guest_id).where(Seat.table_id == table.id, Seat.guest_id.is_not(None))
    changed(update(Guest).where(Guest.id.in_(seated)).values(table_name=table.label))


def _seats(first: int, last: int) -> list[Seat]:
    return [Seat(position=number) for number in range(first, last + 1)]


def _flush() -> None:
    try:
        db.session.flush()
    except IntegrityError as clash:
        raise Refusal("number_taken", _("Another table has this number."), status=409, field="number") from clash
