"""CSV: for people, such that no spreadsheet takes it for a program; and for import, in exactly the target's form."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol

from events.core.money import exponent
from events.core.spreadsheets import neutralised
from payments.exports.rows import Column, Kind, Row

BOM = "\ufeff"
AT_ONCE = 16_000
"""Characters that are gathered before they leave."""

Written = Callable[[Any, str], str]
"""A cell and its row's currency, as text."""


class Table(Protocol):
    """What a writer must know of an export."""

    @property
    def name(self) -> str:
        """The sheet's name."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in order."""


@dataclass(frozen=True)
class Form:
    """How a program wants its CSV. `heading`: its own column names, None for our keys, () for no heading."""

    between: str = ","
    point: str = "."
    day: str = "%Y-%m-%d"
    heading: tuple[str, ...] | None = None
    totals: bool = False
    bom: bool = False


IMPORT = Form()


def for_people(language: str) -> Form:
    """French spreadsheets want `;` between cells and a decimal comma; all others get `,` and a point."""
    french = language == "fr"
    return Form(between=";" if french else ",", point="," if french else ".", totals=True, bom=True)


def write_csv(export: Table, rows: Iterable[Row], form: Form) -> Iterator[bytes]:
    """UTF-8 and CRLF; amounts exact in major units. The heading leaves before the first row is read."""
    buffer = io.StringIO(newline="")
    line = csv.writer(buffer, delimiter=form.between, lineterminator="\r\n").writerow
    heading = [column.key for column in export.columns] if form.heading is None else form.heading
    if heading:
        line(heading)
        yield (BOM * form.bom + buffer.getvalue()).encode()
        _empty(buffer)
    makers = [_maker(column, form) for column in export.columns]
    for row in rows:
        if row.is_total and not form.totals:
            continue
        currency = row.currency
        line([make(cell, currency) for make, cell in zip(makers, row.cells, strict=True)])
        if buffer.tell() > AT_ONCE:
            yield buffer.getvalue().encode()
            _empty(buffer)
    yield buffer.getvalue().encode()


def amount(minor: int, places: int, point: str = ".") -> str:
    """Minor units written in major ones, exactly."""
    if not places:
        return str(minor)
    digits = f"{abs(minor):0{places + 1}}"
    return f"{'-' if minor < 0 else ''}{digits[:-places]}{point}{digits[-places:]}"


@cache
def places_of(currency: str) -> int:
    """Decimal places of a currency; Babel's own look-up is slow for a line in a hundred thousand."""
    return exponent(currency)


def _empty(buffer: io.StringIO) -> None:
    buffer.seek(0)
    buffer.truncate()


def _maker(column: Column, form: Form) -> Written:
    point, pattern = form.point, form.day

    def text(cell: object, _currency: str) -> str:
        return "" if cell is None else neutralised(str(cell))

    def money(cell: int | None, currency: str) -> str:
        return "" if cell is None else amount(cell, places_of(currency), point)

    def number(cell: object, _currency: str) -> str:
        return "" if cell is None else str(cell).replace(".", point)

    def day(cell: date | None, _currency: str) -> str:
        if cell is None:
            return ""
        return cell.isoformat() if pattern == "%Y-%m-%d" else cell.strftime(pattern)

    makers: dict[Kind, Written] = {"text": text, "money": money, "count": number, "decimal": number, "day": day}
    return makers[column.kind]
