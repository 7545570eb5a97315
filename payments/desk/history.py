"""What happened to an order: its steps, those of its refunds, and what its buyer changed, by the clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from events.core.db import db
from events.core.trail import TrailEntry
from events.door.actors import names_of
from payments.orders.models import Order, OrderStatus
from payments.refunds.models import Refund, RefundStatus

CHANGES = ("order.email_changed", "seat.given", "ticket.passed_on")
"""Acts of buyers that move no order and no refund."""


@dataclass(frozen=True)
class Step:
    """One line of it. `what` is order, refund or change; of a change, `status` is its act, and `tickets` whose."""

    at: datetime
    what: str
    status: str
    trigger: str
    who: str
    tickets: Sequence[str] = ()


def of(order: Order) -> Sequence[Step]:
    """All of it, the oldest first."""
    taken = db.session.scalars(select(OrderStatus).filter_by(order_id=order.id).order_by(OrderStatus.id)).all()
    back = select(RefundStatus).join(Refund, Refund.id == RefundStatus.refund_id).where(Refund.order_id == order.id)
    returned = db.session.scalars(back.order_by(RefundStatus.id)).all()
    names = names_of({row.actor for row in taken} | {row.actor for row in returned})
    found = [_step("order", row, names) for row in taken]
    found += [_step("refund", row, names) for row in returned if not _is_said_by_the_next(row)]
    return sorted([*found, *_changes(order)], key=lambda step: step.at)


def _is_said_by_the_next(row: RefundStatus) -> bool:
    """Nobody is asked for what a person hands back: the step is there for the table of transitions alone."""
    return (row.to_status, row.trigger) == ("submitted", "by hand")


def _step(what: str, row: OrderStatus | RefundStatus, names: Mapping[str, str]) -> Step:
    return Step(row.at, what, row.to_status, row.trigger, names.get(row.actor, row.actor))


def _changes(order: Order) -> Iterator[Step]:
    whose = (TrailEntry.organisation_id == order.organisation_id, TrailEntry.subject == order.code)
    query = select(TrailEntry).where(*whose, TrailEntry.action.in_(CHANGES)).order_by(TrailEntry.id)
    for row in db.session.scalars(query):
        yield Step(row.at, "change", row.action, "", row.actor, _tickets(row.details))


def _tickets(details: Mapping[str, Any]) -> Sequence[str]:
    """Of seats given back, or of one ticket before and after it was passed on."""
    return details.get("tickets") or [details[name] for name in ("old", "new") if name in details]
