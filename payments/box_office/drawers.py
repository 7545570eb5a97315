"""The drawer of an evening's door: its change, what goes in, and two people who count it without seeing each other.

Every step takes the drawer's row by a conditional update first, so sales, counts and the close stand in line there.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team.access import OFFICE
from payments.box_office.models import Drawer, DrawerCount

COUNTERS = (*OFFICE, "door")
"""Who may count: whoever runs the evening or its money, and the volunteers at the door. OFFICE alone opens it."""
NEEDED = 2


def find_drawer(event_id: int) -> Drawer | None:
    """The drawer as it stands now; None before there was any cash."""
    fresh = {"populate_existing": True}
    return db.session.scalars(select(Drawer).filter_by(event_id=event_id), execution_options=fresh).one_or_none()


def counts(drawer: Drawer) -> Sequence[DrawerCount]:
    """The counts of the drawer's present round, in the order in which they came."""
    query = select(DrawerCount).filter_by(event_id=drawer.event_id, round=drawer.round).order_by(DrawerCount.place)
    return db.session.scalars(query.options(joinedload(DrawerCount.account))).all()


def take_in(event: Event) -> None:
    """Cash goes in. Raises Refusal `cash_closed` once the count has begun: what is being counted must lie still."""
    _make(event)
    if not _hold(event.id, "open"):
        sentence = _("The cash is being counted: sell by card, or ask the organiser to go on with cash.")
        raise Refusal("cash_closed", sentence, status=409)


def set_float(event: Event, amount: int, actor: str) -> None:
    """The change that lies in the drawer from the beginning. Raises Refusal not_open."""
    _make(event)
    statement = update(Drawer).where(Drawer.event_id == event.id, Drawer.status == "open")
    if not changed(statement.values(float_amount=amount, float_by=actor)):
        raise _not_open()
    trail.note(actor, "drawer.float", f"event:{event.id}", event.organisation_id, amount=amount)


def begin_count(event: Event, actor: str) -> None:
    """open -> counting: from now on no cash is taken. Raises Refusal not_open."""
    _make(event)
    if not _hold(event.id, "open", status="counting"):
        raise _not_open()
    trail.note(actor, "drawer.count_begun", f"event:{event.id}", event.organisation_id)


def go_on(event: Event, actor: str) -> None:
    """counting -> open: cash is taken again, and the counts so far are void. Raises Refusal not_counting."""
    _next_round(event, "open")
    trail.note(actor, "drawer.reopened", f"event:{event.id}", event.organisation_id)


def count_again(event: Event, shown: int, actor: str) -> None:
    """Both count anew, again without seeing each other; `shown` is the round that is given up.

    Raises Refusal not_counting, also when somebody else has asked for it first.
    """
    drawer = find_drawer(event.id)
    if drawer is None or drawer.round != shown:
        raise _not_counting()
    _next_round(event, "counting")
    trail.note(actor, "drawer.count_again", f"event:{event.id}", event.organisation_id, round=shown)


def count(event: Event, account_id: int, pieces: Mapping[int, int]) -> DrawerCount:
    """Write down what one person counted: how many of each piece, by its value in minor units.

    Raises Refusal: not_counting, counted_already, both_counted.
    """
    drawer = hold_counting(event.id)
    there = counts(drawer)
    if any(one.account_id == account_id for one in there):
        sentence = _("You have counted already. The second count is another person’s.")
        raise Refusal("counted_already", sentence, status=409)
    if len(there) >= NEEDED:
        raise Refusal("both_counted", _("Two people have counted already."), status=409)
    made = DrawerCount(
        event_id=event.id,
        round=drawer.round,
        place=len(there) + 1,
        account_id=account_id,
        pieces={str(value): number for value, number in pieces.items() if number},
        total=sum(value * number for value, number in pieces.items()),
        at=clock.now(),
    )
    db.session.add(made)
    trail.note(f"account:{account_id}", "drawer.counted", f"event:{event.id}", event.organisation_id, place=made.place)
    return made


def hold_counting(event_id: int) -> Drawer:
    """The drawer, ours until the transaction ends, if it is being counted. Raises Refusal not_counting."""
    if not _hold(event_id, "counting"):
        raise _not_counting()
    return db.session.get_one(Drawer, event_id, populate_existing=True)


def hold_closed(event_id: int) -> Drawer:
    """The drawer, ours until the transaction ends, if it is closed. Raises Refusal not_closed."""
    if not _hold(event_id, "closed"):
        raise Refusal("not_closed", _("This drawer is not closed yet."), status=409)
    return db.session.get_one(Drawer, event_id, populate_existing=True)


def _make(event: Event) -> None:
    first = {"event_id": event.id, "status": "open", "round": 1, "currency": event.currency}
    first |= {"float_amount": 0, "explanation": "", "opened_at": clock.now()}
    insert_once(Drawer, first, ["event_id"])


def _hold(event_id: int, now: str, status: str = "") -> bool:
    """Take the row if it stands where it should, and let it be moved on; False when it does not."""
    statement = update(Drawer).where(Drawer.event_id == event_id, Drawer.status == now)
    return changed(statement.values(status=status or now)) == 1


def _next_round(event: Event, status: str) -> None:
    statement = update(Drawer).where(Drawer.event_id == event.id, Drawer.status == "counting")
    if not changed(statement.values(status=status, round=Drawer.round + 1)):
        raise _not_counting()


def _not_open() -> Refusal:
    return Refusal("not_open", _("This drawer is being counted, or it is closed."), status=409)


def _not_counting() -> Refusal:
    return Refusal("not_counting", _("This count is over, or it has begun anew: look again."), status=409)
