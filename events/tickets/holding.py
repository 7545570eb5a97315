"""Seats: held for a party, then sold, or released. First writer wins, and the quota's own CHECK would catch a mistake.

Counters are touched last in a transaction and in the order of their ids, so that two buyers never wait for each other
in a circle. What returns while people stand in line is kept for them: see keeping_in_line.py.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from events.catalogue.models import Quota, TicketType
from events.core.db import changed, db, rows, table_of
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from events.tickets import keeping_in_line
from events.tickets.models import Hold


class SoldOut(Refusal):
    """Fewer places are left than were wanted; `quota_id` says of which quota, `left` how many there are."""

    def __init__(self, quota_id: int, left: int) -> None:
        few = ngettext("Only %(num)s seat is left.", "Only %(num)s seats are left.", left)
        sentence = few if left else _("No seats are left.")
        super().__init__("sold_out", sentence, status=409)
        self.quota_id, self.left = quota_id, left


def needs(wanted: Iterable[tuple[TicketType, int]]) -> dict[int, int]:
    """Seats by quota id for (ticket type, bundles) pairs: a table of eight takes eight of each of its quotas."""
    seats: dict[int, int] = {}
    for ticket_type, count in wanted:
        for quota in ticket_type.quotas:
            seats[quota.id] = seats.get(quota.id, 0) + count * ticket_type.bundle_size
    return seats


def hold(party_id: int, seats: Mapping[int, int]) -> None:
    """Keep `seats` (by quota id) for the party. Raises SoldOut: the caller's transaction must then be rolled back."""
    if not seats:
        return
    for quota_id, count in sorted(seats.items()):
        rows(_HOLD, {"party_id": party_id, "quota_id": quota_id, "seats": count, "status": "held"})
    for quota_id, count in sorted(seats.items()):
        _take(quota_id, count, held=count)


def draw(keeper_id: int, party_id: int, seats: Mapping[int, int]) -> None:
    """Keep seats for a party from what is kept for those in line and, where that is too little, from what is free.

    Raises SoldOut: roll back to a savepoint. The caller has locked the quotas (`keeping_in_line.lock`).
    """
    for quota_id, count in sorted(seats.items()):
        taken = keeping_in_line.take(keeper_id, quota_id, count)
        if taken < count:
            _take(quota_id, count - taken, held=count - taken)
        keeping_in_line.add(party_id, quota_id, count)


def hand_over(giver_id: int, party_id: int, seats: Mapping[int, int]) -> None:
    """Held seats change hands; no counter moves. Raises SoldOut when the giver has fewer: roll back."""
    for quota_id, count in sorted(seats.items()):
        taken = keeping_in_line.take(giver_id, quota_id, count)
        if taken < count:
            raise SoldOut(quota_id, taken)
        keeping_in_line.add(party_id, quota_id, count)


def sell(party_id: int) -> None:
    """The party's held seats become sold ones. Seats that are not held (any more) are left alone."""
    for hold_id, quota_id, seats in _holds(party_id, "held"):
        if _step(hold_id, "held", "sold"):
            changed(update(Quota).where(Quota.id == quota_id).values(held=Quota.held - seats, sold=Quota.sold + seats))


def release(party_id: int) -> None:
    """The party's held seats return to whoever comes next. Calling it twice returns them once."""
    for hold_id, quota_id, seats in _holds(party_id, "held"):
        if _step(hold_id, "held", "released"):
            keeping_in_line.let_go(quota_id, seats, held=seats)


def retake(party_id: int) -> None:
    """Late money: sell seats that were released. Raises SoldOut when they are gone: roll back to the savepoint."""
    for hold_id, quota_id, seats in _holds(party_id, "released"):
        if _step(hold_id, "released", "sold"):
            _take(quota_id, seats, sold=seats)


def give_back(party_id: int, types: Iterable[TicketType]) -> None:
    """Sold seats of tickets that are void now return to whoever comes next: one of each quota for each ticket."""
    seats = Counter(quota.id for ticket_type in types for quota in ticket_type.quotas)
    for hold_id, quota_id, sold in _holds(party_id, "sold"):
        count = min(seats[quota_id], sold)  # a type that draws on other quotas since then: no more than was taken
        if count and _shrink(hold_id, sold, count):
            keeping_in_line.let_go(quota_id, count, sold=count)


def sell_again(party_id: int, types: Iterable[TicketType]) -> None:
    """Tickets that were void shall be valid again: `give_back` backwards. Raises SoldOut: roll back to a savepoint."""
    seats = Counter(quota.id for ticket_type in types for quota in ticket_type.quotas)
    query = select(Hold).where(Hold.party_id == party_id, Hold.quota_id.in_(seats), Hold.status != "held")
    for kept in db.session.scalars(query.order_by(Hold.quota_id), execution_options={"populate_existing": True}).all():
        count = seats[kept.quota_id]
        sold = count + (kept.seats if kept.status == "sold" else 0)
        changed(update(Hold).where(Hold.id == kept.id).values(status="sold", seats=sold))
        _take(kept.quota_id, count, sold=count)


def _shrink(hold_id: int, seats: int, count: int) -> bool:
    """The last seats release the hold; before, it only becomes smaller."""
    if count == seats:
        return _step(hold_id, "sold", "released")
    smaller = update(Hold).where(Hold.id == hold_id, Hold.status == "sold", Hold.seats == seats)
    return changed(smaller.values(seats=seats - count)) == 1


def _take(quota_id: int, seats: int, *, held: int = 0, sold: int = 0) -> None:
    taken = {"quota_id": quota_id, "seats": seats, "to_hold": held, "to_sell": sold}
    if not rows(_TAKE, taken):
        left = db.session.scalar(select(Quota.size - Quota.held - Quota.sold).where(Quota.id == quota_id))
        raise SoldOut(quota_id, left or 0)


def _holds(party_id: int, status: str) -> list[tuple[int, int, int]]:
    query = select(Hold.id, Hold.quota_id, Hold.seats).where(Hold.party_id == party_id, Hold.status == status)
    return [(row.id, row.quota_id, row.seats) for row in db.session.execute(query.order_by(Hold.quota_id))]


def _step(hold_id: int, before: str, after: str) -> bool:
    return changed(update(Hold).where(Hold.id == hold_id, Hold.status == before).values(status=after)) == 1


# Made once: to write a statement anew costs more than to run it.
_Q = table_of(Quota).c
_HOLD: Final = insert(table_of(Hold))
_TAKE: Final = (
    update(table_of(Quota))
    .where(_Q.id == bindparam("quota_id"), _Q.held + _Q.sold + bindparam("seats", type_=_Q.size.type) <= _Q.size)
    .values(
        held=_Q.held + bindparam("to_hold", type_=_Q.held.type), sold=_Q.sold + bindparam("to_sell", type_=_Q.sold.type)
    )
)
