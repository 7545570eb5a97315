"""Moves and swaps as organisers ask for them: one guest, or everybody of the party who sits where that guest does."""

from sqlalchemy import select

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.models import Guest, Party
from events.seating import sitting
from events.seating.sitting import Move, expected
from events.tickets.models import Ticket


def move(event_id: int, wanted: Move, *, whole_party: bool) -> int:
    """Seat the guest, or those of the party who were seen with them; how many were moved. Raises what `sit` does."""
    moves = [Move(guest_id, wanted.seen, wanted.table_id) for guest_id in _company(event_id, wanted, whole_party)]
    sitting.sit(event_id, moves)
    return len(moves)


def swap(event_id: int, first: Move, second: Move, *, whole_parties: bool) -> None:
    """Exchange the places of two guests; with `whole_parties` those of their parties at the same tables come along.

    Raises Refusal: same_guest, nothing_to_swap (neither has a place), and what `sit` raises.
    """
    if first.guest_id == second.guest_id:
        raise Refusal("same_guest", _("A swap needs two different guests."), status=409)
    if first.seen is None and second.seen is None:
        raise Refusal("nothing_to_swap", _("Neither of them has a seat yet."), status=409)
    if not whole_parties:
        sitting.swap(event_id, first, second)
        return
    ours, theirs = (set(_company(event_id, one, True)) for one in (first, second))
    if ours & theirs:
        raise Refusal("same_party", _("These guests belong to one party."), status=409)
    moves = [Move(guest_id, first.seen, second.seen) for guest_id in sorted(ours)]
    sitting.sit(event_id, [*moves, *(Move(guest_id, second.seen, first.seen) for guest_id in sorted(theirs))])


def get_guest(event_id: int, number: int) -> int:
    """The guest of a ticket number; raises Refusal `nobody`."""
    query = select(Guest.id).join(Ticket, Ticket.id == Guest.ticket_id).join(Party, Party.id == Guest.party_id)
    guest_id = db.session.scalar(query.where(Party.event_id == event_id, Ticket.number == number, expected()))
    if guest_id is None:
        raise Refusal("nobody", _("Nobody who is expected has ticket %(number)s.", number=f"{number:04}"), status=422)
    return guest_id


def _company(event_id: int, wanted: Move, whole_party: bool) -> list[int]:
    """Who moves. Those of the party who sit elsewhere stay there."""
    if not whole_party:
        return [wanted.guest_id]
    party = sitting.of_party(event_id, wanted.guest_id)
    return sorted({wanted.guest_id, *(guest_id for guest_id, table_id in party if table_id == wanted.seen)})
