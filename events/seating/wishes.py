"""Who wants to sit with whom, and who must not: a row for each pair."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased

from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest
from events.seating import moving
from events.seating.models import SeatingWish
from events.tickets.models import Ticket


class Line(NamedTuple):
    """A wish as the page lists it. `met` is None while one of the two has no place."""

    id: int
    kind: str
    name: str
    other: str
    met: bool | None


def of_event(event_id: int) -> Sequence[SeatingWish]:
    """All wishes of an evening, in the order they were written down."""
    query = select(SeatingWish).where(SeatingWish.event_id == event_id).order_by(SeatingWish.id)
    return db.session.scalars(query).all()


def lines(event_id: int) -> list[Line]:
    """The wishes with names, and whether the plan meets them."""
    one, two, first, second = aliased(Guest), aliased(Guest), aliased(Ticket), aliased(Ticket)
    query = (
        select(SeatingWish, first.guest_name, first.number, one.table_name)
        .add_columns(second.guest_name, second.number, two.table_name)
        .join(one, one.id == SeatingWish.guest_id)
        .join(two, two.id == SeatingWish.other_id)
        .join(first, first.id == one.ticket_id)
        .join(second, second.id == two.ticket_id)
        .where(SeatingWish.event_id == event_id)
        .order_by(SeatingWish.id)
    )
    return [_line(*row) for row in db.session.execute(query)]


def broken(event_id: int) -> list[Line]:
    """Who must not sit together, and does."""
    return [line for line in lines(event_id) if line.kind != "next_to" and line.met is False]


def add_wish(event_id: int, number: int, other: int, kind: str) -> None:
    """Write a wish down for the guests of two ticket numbers. Raises Refusal: nobody, same_guest, wish_known."""
    ids = sorted((_guest_of(event_id, number, "guest"), _guest_of(event_id, other, "other")))
    if ids[0] == ids[1]:
        raise Refusal("same_guest", _("A wish needs two different guests."), field="other")
    pair = {"event_id": event_id, "guest_id": ids[0], "other_id": ids[1], "kind": kind}
    if not insert_once(SeatingWish, pair, ["guest_id", "other_id"]):
        sentence = _("There is a wish for these two already. Remove it first.")
        raise Refusal("wish_known", sentence, status=409, field="other")


def remove_wish(event_id: int, wish_id: int) -> None:
    """Forget it. Raises NotFound."""
    if not changed(delete(SeatingWish).where(SeatingWish.event_id == event_id, SeatingWish.id == wish_id)):
        raise NotFound(_("There is no such wish."))


def _guest_of(event_id: int, number: int, field: str) -> int:
    try:
        return moving.get_guest(event_id, number)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, field=field) from refusal


def _line(
    wish: SeatingWish,
    name: str | None,
    number: int,
    table: str | None,
    other: str | None,
    other_number: int,
    other_table: str | None,
) -> Line:
    together = None if table is None or other_table is None else table == other_table
    met = together if together is None or wish.kind == "next_to" else not together
    return Line(wish.id, wish.kind, _shown(name, number), _shown(other, other_number), met)


def _shown(name: str | None, number: int) -> str:
    return f"{name or _('Name to come')} ({number:04})"
