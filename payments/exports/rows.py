"""What every export is made of: columns, rows, and a scope that says whose and since when."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select

from events.catalogue.models import Event, Organisation
from events.core.db import db
from payments.ledger.models import JournalEntry
from payments.orders.models import Order

Cell = str | int | date | Decimal | None
"""A text, an amount in minor units (or a count), a day, a decimal number, or nothing."""

Told = Callable[[int], None]
"""Hears from time to time how many rows are written."""

Kind = Literal["text", "money", "count", "decimal", "day"]


@dataclass(frozen=True)
class Column:
    """One column. `key` is its heading in files and never changes; the page has its own, translated words.

    `money` is minor units of the row's currency and is summed up; `decimal` is a number as it stands.
    """

    key: str
    kind: Kind = "text"
    width: int = 14


class Row(NamedTuple):
    """One line. `counts`: whether it is part of the total. `sheet`: in a workbook, the sheet it stands on."""

    cells: tuple[Cell, ...]
    currency: str
    counts: bool = True
    is_total: bool = False
    sheet: str = ""


@dataclass(frozen=True)
class Source:
    """Where rows come from: one query, read as a stream, and what makes rows of its records.

    `rows` may ask the connection for more, some records at a time: it is the same moment of the database.
    """

    query: Select[*tuple[Any, ...]]
    rows: Callable[[Connection, Iterable[Any]], Iterator[Row]]


@dataclass(frozen=True)
class Scope:
    """What may be seen: organisations with their time zones, perhaps one event, perhaps some days (both included)."""

    zones: dict[int, ZoneInfo]
    event_id: int | None = None
    date_from: date | None = None
    date_to: date | None = None

    def condition(
        self,
        moment: ColumnElement[Any],
        organisation_id: ColumnElement[Any] | None = None,
        event_id: ColumnElement[Any] | None = None,
    ) -> ColumnElement[bool]:
        """The condition on the `moment` that dates belong to, and on whose it is (the order's, unless told).

        Days are the organisation's own.
        """
        owner = Order.organisation_id if organisation_id is None else organisation_id
        event = Order.event_id if event_id is None else event_id
        whose = or_(false(), *(and_(owner == id_, *self._days(moment, zone)) for id_, zone in self.zones.items()))
        return whose if self.event_id is None else and_(whose, event == self.event_id)

    def booked(self, event_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition on journal entries: they carry a day of their own."""
        parts: list[ColumnElement[bool]] = [JournalEntry.organisation_id.in_(sorted(self.zones))]
        parts += [JournalEntry.effective_on >= self.date_from] if self.date_from else []
        parts += [JournalEntry.effective_on <= self.date_to] if self.date_to else []
        parts += [event_id == self.event_id] if self.event_id is not None else []
        return and_(*parts)

    def day(self, moment: datetime | None, organisation_id: int) -> date | None:
        """The day of a moment where the organisation keeps its books."""
        return moment.astimezone(self.zones[organisation_id]).date() if moment else None

    def _days(self, moment: ColumnElement[Any], zone: ZoneInfo) -> Iterator[ColumnElement[bool]]:
        if self.date_from:
            yield moment >= datetime.combine(self.date_from, time.min, zone)
        if self.date_to:
            yield moment < datetime.combine(self.date_to + timedelta(days=1), time.min, zone)


def scope_of(
    organisation_ids: Collection[int] | None, event: Event | None, date_from: date | None, date_to: date | None
) -> Scope:
    """Organisations, or one event, or an event of these organisations. Raises ValueError when neither is named."""
    if organisation_ids is None and event is None:
        raise ValueError("an export needs organisations or an event")
    wanted = {event.organisation_id} if event else set(organisation_ids or ())
    if event and organisation_ids is not None:
        wanted &= set(organisation_ids)
    query = select(Organisation.id, Organisation.time_zone).where(Organisation.id.in_(wanted))
    zones = {id_: ZoneInfo(name) for id_, name in db.session.execute(query.order_by(Organisation.id))}
    return Scope(zones, event.id if event else None, date_from, date_to)


def with_totals(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, and after the last one a total for each currency, in alphabetical order.

    Totals that stand among the rows (of one payout) are handed on, and not counted again.
    """
    sums: dict[str, list[int]] = {}
    sheet = ""
    money = [place for place, column in enumerate(columns) if column.kind == "money"]
    for row in rows:
        sheet = row.sheet
        if not row.is_total:
            here = sums.get(row.currency)
            if here is None:
                here = sums[row.currency] = [0] * len(columns)
            if row.counts:
                for place in money:
                    here[place] += row.cells[place] or 0  # type: ignore[operator, assignment] # money is whole
        yield row
    for currency in sorted(sums):
        yield total(columns, currency, sums[currency], sheet="Total" if sheet else "")


def total(columns: tuple[Column, ...], currency: str, sums: list[int], name: str = "Total", sheet: str = "") -> Row:
    """A line that sums up: its name in the first column of text, the sums of all columns of money, the currency."""
    cells: list[Cell] = [sums[place] if column.kind == "money" else None for place, column in enumerate(columns)]
    keys = [column.key for column in columns]
    if "currency" in keys:
        cells[keys.index("currency")] = currency
    cells[[column.kind for column in columns].index("text")] = name
    return Row(tuple(cells), currency, is_total=True, sheet=sheet)
