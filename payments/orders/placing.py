"""An order and its history: placed once, then moved along the table of transitions by conditional updates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update

from events.catalogue.models import Event
from events.core import clock, engines, facts, tokens
from events.core.db import changed, db, engine, rows, table_of
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.guests import parties
from events.guests.models import Party
from payments.orders.models import TRANSITIONS, Order, OrderLine, OrderStatus
from payments.orders.pricing import Line, Quote

TOLD = {
    "paid": "order.paid",
    "refunded": "order.refunded",
    "partly_refunded": "order.refunded",
    "cancelled": "order.cancelled",
}
"""What whoever listens hears when an order comes to stand there."""
_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}


@dataclass(frozen=True)
class Placed:
    """An order that was written just now: what whoever goes on with it needs, without reading it back."""

    id: int
    event: Event
    party_id: int
    code: str
    token: str
    currency: str
    total: int
    held_until: datetime
    lines: tuple[Line, ...]


Also = Callable[[Placed], None]
"""What else is written with a new order, before the seats that everybody wants are touched."""


def nothing_else(_order: Order | Placed) -> None:
    """For an order with which nothing else is written."""


def place(
    event: Event, party: Party, priced: Quote, held_until: datetime, way: str = "stripe", actor: str = "buyer"
) -> Order:
    """The order as rows, `held` from now on; amounts are frozen here. `way` is one of WAYS."""
    code = party.booking or tokens.new_reference()
    parties.rename_booking(party.id, code)
    placed = write(event, party.id, code, priced, held_until, way, actor)
    db.session.refresh(party)
    return db.session.get_one(Order, placed.id)


def write(
    event: Event,
    party_id: int,
    code: str,
    priced: Quote,
    held_until: datetime,
    way: str = "stripe",
    actor: str = "buyer",
) -> Placed:
    """The same for a buyer who waits: nothing is read. `code` is the party's; is it taken, both have another."""
    token, total = tokens.new_token(), priced.total
    whose = {"organisation_id": event.organisation_id, "event_id": event.id, "party_id": party_id, "way": way}
    here = {"status": "held", "created_at": clock.now(), "held_until": held_until, "token": token}
    row = {**whose, **here, "currency": priced.currency, "total": total, "code": code}
    fresh = engines.inserting_once(table_of(Order), ("organisation_id", "code"), engine(), ("id",))
    while not (made := rows(fresh, row)):
        row["code"] = code = tokens.new_reference()
        parties.rename_booking(party_id, code)
    ((order_id,),) = made
    for line in priced.lines:
        rows(_LINE, {"order_id": order_id, **_columns(line)})
    _remember(order_id, None, "held", "placed", actor)
    return Placed(order_id, event, party_id, code, token, priced.currency, total, held_until, priced.lines)


def _columns(line: Line) -> dict[str, object]:
    names = ("kind", "name", "amount", "benefit", "gift", "ticket_type_id", "bundle_id", "comped")
    return {name: getattr(line, name) for name in names}


def keep_until(order: Order, moment: datetime) -> None:
    """The seats are promised for longer; never for less. In the caller's transaction, the order locked."""
    later = update(Order).where(Order.id == order.id, Order.status == order.status, Order.held_until < moment)
    if changed(later.values(held_until=moment)):
        db.session.refresh(order)


def find_by_token(token: str) -> Order | None:
    """The order behind a buyer's secret link."""
    return db.session.scalars(select(Order).where(Order.token == token)).one_or_none()


def get_by_token(token: str) -> Order:
    """The order behind a buyer's secret link; raises NotFound."""
    order = find_by_token(token)
    if order is None:
        raise NotFound(_("There is no order at this address. Open it once more from the letter we sent you."))
    return order


def lock(order_id: int) -> Order:
    """The order, newly read and ours until the transaction ends: whoever settles waits here for whoever came first."""
    query = select(Order).where(Order.id == order_id).with_for_update(of=Order)
    return db.session.scalars(query, execution_options={"populate_existing": True}).one()


def move(
    order: Order, to_status: str, trigger: str, actor: str = "service", held_until: datetime | None = None
) -> bool:
    """Take one step of TRANSITIONS if the order still stands where it was read; False when someone was faster.

    `held_until` is a new promise that goes with the step. Raises ValueError for a step that the table does not have.
    """
    before = order.status
    if (before, to_status) not in _ALLOWED:
        raise ValueError(f"an order does not go from {before} to {to_status}")
    values: dict[str, object] = {"status": to_status}
    if to_status == "paid":
        values["paid_at"] = clock.now()
    if held_until is not None:
        values["held_until"] = held_until
    if not changed(update(Order).where(Order.id == order.id, Order.status == before).values(**values)):
        return False
    db.session.refresh(order)
    _remember(order.id, before, to_status, trigger, actor)
    if to_status in TOLD:
        tell(TOLD[to_status], order)
    return True


def tell(kind: str, order: Order) -> None:
    """Let whoever listens know of an order: how it stands now, and nothing about its buyer."""
    facts.tell(kind, order.event_id, [{"order": order.code, "status": order.status}])


def _remember(order_id: int, before: str | None, after: str, trigger: str, actor: str) -> None:
    step = {"order_id": order_id, "from_status": before, "to_status": after, "trigger": trigger, "actor": actor}
    rows(_STEP, step | {"at": clock.now()})


# Made once: to write a statement anew costs more than to run it.
_LINE: Final = insert(table_of(OrderLine))
_STEP: Final = insert(table_of(OrderStatus))
