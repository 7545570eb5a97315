"""What a batch does to its guests, and how it puts them back: a portion at a time, in the caller's transaction.

Each of these writes down of every guest what became of them. The guests' rows are the caller's already.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from events.guests.models import Guest, Party
from events.office import editing
from events.office.models import BatchGuest, GuestBatch
from events.seating import sitting, tables
from events.seating.sitting import Move
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Standing:
    """One guest of a batch as they stand now. `guest` is None where another ticket took this one's place."""

    row: BatchGuest
    ticket: Ticket
    party: Party
    guest: Guest | None
    table_id: int | None

    def say(self, outcome: str, why: str = "") -> None:
        """Write down what became of them."""
        self.row.outcome, self.row.why = outcome, why


Step = Callable[[GuestBatch, Sequence[Standing]], None]


def mark(batch: GuestBatch, standing: Sequence[Standing]) -> None:
    """Give them the mark."""
    for one in standing:
        if one.guest is None:
            one.say("refused", "gone")
        elif one.guest.mark == batch.mark:
            one.say("same")
        else:
            one.row.mark_before, one.guest.mark = one.guest.mark, batch.mark
            one.say("done")


def unmark(batch: GuestBatch, standing: Sequence[Standing]) -> None:
    """Give back the mark they had, where nobody has written another one since."""
    for one in standing:
        if one.guest is None or one.guest.mark != batch.mark:
            one.say("kept", "changed")
        else:
            one.guest.mark = one.row.mark_before
            one.say("back")


def seat(batch: GuestBatch, standing: Sequence[Standing]) -> None:
    """Seat them at the table, a party's guests together or not at all; or take them away from the tables."""
    gone = batch.table_number is not None and batch.table_id is None
    moving = [one for one in standing if _may_sit(one, batch, gone)]
    if batch.table_id is not None:
        moving = list(_fitting(moving, sitting.free_places(batch.event_id, [batch.table_id])[batch.table_id]))
    numbers = {table.id: table.number for table in tables.of_event(batch.event_id)}
    for one in moving:
        one.row.table_before_id = one.table_id
        one.row.table_before = numbers[one.table_id] if one.table_id is not None else None
        one.say("done")
    if moving:
        sitting.sit(batch.event_id, [_move(one, batch.table_id) for one in moving])


def unseat(batch: GuestBatch, standing: Sequence[Standing]) -> None:
    """Bring them back to where they sat, where they still are as the batch left them and a place is free."""
    gone = batch.table_number is not None and batch.table_id is None
    untouched = [one for one in standing if _is_untouched(one, batch, gone)]
    before = {one.row.table_before_id for one in untouched if one.row.table_before_id is not None}
    free = dict(sitting.free_places(batch.event_id, sorted(before)))
    moves = [_move(one, one.row.table_before_id) for one in untouched if _may_return(one, free)]
    if moves:
        sitting.sit(batch.event_id, moves)


def send(batch: GuestBatch, standing: Sequence[Standing]) -> None:
    """One letter to each party among them, with all of its valid tickets; pressed again within a minute, none."""
    for one in standing:
        if one.guest is None or one.ticket.status != "valid":
            one.say("refused", "gone" if one.guest is None else one.ticket.status)
        elif not one.party.email:
            one.say("refused", "no_address")
        else:
            editing.send_to(one.party, batch.started_at)
            one.say("done")


DO: Final[Mapping[str, Step]] = {"mark": mark, "table": seat, "send": send}
UNDO: Final[Mapping[str, Step]] = {"mark": unmark, "table": unseat}


def _may_sit(one: Standing, batch: GuestBatch, gone: bool) -> bool:
    """Whether the guest is to be moved; writes down why not."""
    if one.guest is None:
        one.say("refused", "gone")
    elif one.ticket.status not in sitting.COMING:
        one.say("refused", one.ticket.status)
    elif gone:
        one.say("refused", "no_table")
    elif one.table_id == batch.table_id:
        one.say("same")
    else:
        return True
    return False


def _fitting(moving: Sequence[Standing], free: int) -> Iterator[Standing]:
    """Those for whom there is room, party by party."""
    for _party, some in groupby(moving, key=lambda one: one.party.id):
        together = list(some)
        if len(together) <= free:
            free -= len(together)
            yield from together
        else:
            for one in together:
                one.say("refused", "table_full")


def _is_untouched(one: Standing, batch: GuestBatch, gone: bool) -> bool:
    here = one.guest is not None and one.ticket.status in sitting.COMING
    if here and not gone and one.table_id == batch.table_id:
        return True
    one.say("kept", "changed")
    return False


def _may_return(one: Standing, free: dict[int, int]) -> bool:
    """Whether the place before can be taken again; takes it off what is free, and writes down how it went."""
    table_id = one.row.table_before_id
    if one.row.table_before is not None and table_id is None:
        one.say("kept", "no_table")
    elif table_id is not None and not free[table_id]:
        one.say("kept", "taken")
    else:
        if table_id is not None:
            free[table_id] -= 1
        one.say("back")
        return True
    return False


def _move(one: Standing, table_id: int | None) -> Move:
    if one.guest is None:
        raise LookupError(f"ticket {one.ticket.id} has no guest")
    return Move(one.guest.id, one.table_id, table_id)
