"""XLSX: numbers that are numbers, days that are days, text that stays text; row by row, in constant memory."""

import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from payments.exports.csv_files import Table, places_of
from payments.exports.rows import Column, Kind, Row

_EPOCH = date(1899, 12, 30)
"""Day nought of spreadsheets."""
_LONGEST = 31
"""Letters of a sheet's name."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_xlsx(export: Table, rows: Iterable[Row]) -> IO[bytes]:
    """A temporary file, rewound; whoever closes it removes it.

    Rows that name a sheet stand on it, one sheet after the other; a total of all ends on a sheet of its own then.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it, and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same data gives the same bytes
        paper = _Paper(book, export)
        for row in rows:
            paper.put(row)
        paper.finish()
    file.seek(0)
    return file


class _Paper:
    """The sheet that is being written, and its styles, made when first needed."""

    def __init__(self, book: xlsxwriter.Workbook, export: Table) -> None:
        self._book, self._export = book, export
        self._styles: dict[tuple[str, bool], Format] = {}
        self._places: dict[tuple[str, bool], list[tuple[int, Kind, Format]]] = {}
        self._sheet: Worksheet | None = None
        self._name = ""
        self._line = 0

    def put(self, row: Row) -> None:
        """The next line; on a new sheet when it names another one."""
        if self._sheet is None or row.sheet != self._name:
            self._begin(row.sheet)
        sheet, self._line = self._sheet, self._line + 1
        if sheet is None:
            raise AssertionError("a line without a sheet")
        for (place, kind, style), cell in zip(self._formats(row), row.cells, strict=True):
            if cell is not None:
                _WRITE[kind](sheet, self._line, place, cell, row.currency, style)
            elif row.is_total:
                sheet.write_blank(self._line, place, None, style)

    def finish(self) -> None:
        """A book without a line has its heading all the same."""
        if self._sheet is None:
            self._begin("")

    def _begin(self, name: str) -> None:
        self._sheet, self._name, self._line = self._book.add_worksheet(_sheet_name(name or self._export.name)), name, 0
        self._sheet.freeze_panes(1, 0)
        for place, column in enumerate(self._export.columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.key, self._style("@", True))

    def _formats(self, row: Row) -> list[tuple[int, Kind, Format]]:
        key = (row.currency, row.is_total)
        if key not in self._places:
            columns: Sequence[Column] = self._export.columns
            self._places[key] = [
                (place, column.kind, self._style(_pattern(column.kind, row.currency), row.is_total))
                for place, column in enumerate(columns)
            ]
        return self._places[key]

    def _style(self, pattern: str, bold: bool) -> Format:
        if (pattern, bold) not in self._styles:
            wanted: dict[str, Any] = {"num_format": pattern} if pattern else {}
            strong: dict[str, Any] = {"bold": True, "top": 6} if bold and pattern != "@" else {"bold": bold}
            self._styles[pattern, bold] = self._book.add_format({**wanted, **strong})
        return self._styles[pattern, bold]


def _sheet_name(name: str) -> str:
    return _FORBIDDEN.sub(" ", name)[:_LONGEST]


def _pattern(kind: Kind, currency: str) -> str:
    if kind == "money":
        places = places_of(currency)
        return "#,##0" + ("." + "0" * places if places else "")
    return {"day": "yyyy-mm-dd", "count": "#,##0", "decimal": "0.00######"}.get(kind, "")


def _text(sheet: Worksheet, line: int, place: int, cell: object, _currency: str, style: Format) -> None:
    sheet.write_string(line, place, str(cell), style)


def _money(sheet: Worksheet, line: int, place: int, cell: int, currency: str, style: Format) -> None:
    """A spreadsheet counts in doubles: exact for every sum below 90 million millions."""
    sheet.write_number(line, place, cell / 10 ** places_of(currency), style)


def _number(sheet: Worksheet, line: int, place: int, cell: int | Decimal, _currency: str, style: Format) -> None:
    sheet.write_number(line, place, float(cell), style)


def _day(sheet: Worksheet, line: int, place: int, cell: date, _currency: str, style: Format) -> None:
    sheet.write_number(line, place, (cell - _EPOCH).days, style)


_WRITE: dict[Kind, Callable[[Worksheet, int, int, Any, str, Format], None]] = {
    "text": _text,
    "money": _money,
    "count": _number,
    "decimal": _number,
    "day": _day,
}
