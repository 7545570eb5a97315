"""What every export is made of: columns, rows, and a scope that says whose and since when."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from events.catalogue.models import Event, Organisation
from events.core.db import db
from payments.orders.models import Order

Cell = str | int | date | None
"""A text, an amount in minor units (or a count), a day, or nothing."""


@dataclass(frozen=True)
class Column:
    """One column. `key` is its heading in files and never changes; the page has its own, translated words."""

    key: str
    kind: Literal["text", "money", "day"] = "text"
    width: int = 14


@dataclass(frozen=True)
class Row:
    """One line; its amounts are minor units of `currency`. `counts`: whether it is part of the total."""

    cells: tuple[Cell, ...]
    currency: str
    counts: bool = True
    is_total: bool = False


@dataclass(frozen=True)
class Scope:
    """What may be seen: organisations with their time zones, perhaps one event, perhaps some days (both included)."""

    zones: dict[int, ZoneInfo]
    event_id: int | None
    date_from: date | None
    date_to: date | None

    def condition(
        self, moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    ) -> ColumnElement[bool]:
        """The condition on orders, and on the `moment` that dates belong to; days are the organisation's own."""
        whose = or_(
            false(),
            *(and_(Order.organisation_id == id_, *self._days(moment, zone)) for id_, zone in self.zones.items()),
        )
        return whose if self.event_id is None else and_(whose, Order.event_id == self.event_id)

    def day(self, moment: datetime | None, organisation_id: int) -> date | None:
        """The day of a moment where the organisation keeps its books."""
        return moment.astimezone(self.zones[organisation_id]).date() if moment else None

    def _days(
        self, moment: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], zone: ZoneInfo
    ) -> Iterator[ColumnElement[bool]]:
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
    found = db.session.execute(select(Organisation.id, Organisation.time_zone).where(Organisation.id.in_(wanted)))
    zones = {id_: ZoneInfo(name) for id_, name in found}
    return Scope(zones, event.id if event else None, date_from, date_to)


def with_totals(columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, and after the last one a total for each currency, in alphabetical order."""
    sums: dict[str, dict[int, int]] = {}
    money = [place for place, column in enumerate(columns) if column.kind == "money"]
    for row in rows:
        here = sums.setdefault(row.currency, dict.fromkeys(money, 0))
        if row.counts:
            for place in money:
                amount = row.cells[place]
                here[place] += amount if isinstance(amount, int) else 0
        yield row
    for currency in sorted(sums):
        yield _total(columns, currency, sums[currency])


def _total(columns: tuple[Column, ...], currency: str, sums: dict[int, int]) -> Row:
    cells: list[Cell] = [currency if column.key == "currency" else sums.get(at) for at, column in enumerate(columns)]
    cells[0] = "Total"
    return Row(tuple(cells), currency, is_total=True)
