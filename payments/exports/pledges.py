"""Promises made in the room: the rows behind their file. `outstanding` is no money; `received_amount` is."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from events.catalogue.models import Event
from events.seating.models import DiningTable
from events.table_codes.models import TableCode
from payments.exports.rows import Column, Row, Scope, Source
from payments.orders.models import Order
from payments.pledges.models import OWED, Pledge

COLUMNS = (
    Column("promised", "day", 11),
    Column("table", width=18),
    Column("donor", width=26),
    Column("paddle", width=8),
    Column("status", width=11),
    Column("amount", "money"),
    Column("outstanding", "money"),
    Column("received_amount", "money"),
    Column("currency", width=9),
    Column("paid", "day", 11),
    Column("order", width=9),
    Column("email", width=30),
    Column("phone", width=18),
    Column("reminders", "count", 8),
    Column("why", width=26),
    Column("event", width=20),
)


def pledges(scope: Scope, _language: str) -> Source:
    """One row per promise, withdrawn ones too: these are neither outstanding nor paid."""
    query = (
        select(Event.organisation_id, Event.slug, Pledge.made_at, Pledge.name, Pledge.paddle, Pledge.status)
        .add_columns(Pledge.amount, Pledge.currency, Pledge.email, Pledge.phone, Pledge.reminders, Pledge.withdrawn_why)
        .add_columns(
            Order.code, Order.paid_at, TableCode.label_then, DiningTable.number, DiningTable.name.label("called")
        )
        .join(Event, Event.id == Pledge.event_id)
        .join(TableCode, TableCode.id == Pledge.code_id)
        .outerjoin(DiningTable, DiningTable.id == TableCode.table_id)
        .outerjoin(Order, Order.id == Pledge.order_id)
        .where(scope.condition(Pledge.made_at.expression, Event.organisation_id.expression, Pledge.event_id.expression))
        .order_by(Pledge.made_at, Pledge.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            about = (scope.day(it.made_at, it.organisation_id), _table(it), it.name, it.paddle, it.status)
            sums = (it.amount, it.amount if it.status in OWED else 0, it.amount if it.status == "paid" else 0)
            paid = scope.day(it.paid_at, it.organisation_id) if it.status == "paid" else None
            further = (it.currency, paid, it.code, it.email, it.phone, it.reminders, it.withdrawn_why, it.slug)
            yield Row((*about, *sums, *further), it.currency)

    return Source(query, rows)


def _table(it: Any) -> str:  # noqa: ANN401 - a row of the query
    """As the plan calls it now, or as it was called; nothing for the whole room."""
    if it.number is None:
        return str(it.label_then)
    return f"{it.number} · {it.called}" if it.called else str(it.number)
