"""Files for people: CSV that no spreadsheet takes for a program, and XLSX with numbers that are numbers."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from events.core.money import exponent, major
from payments.treasury.rows import Cell, Column, Row

BOM = "\ufeff".encode()

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫"  # full-width and small forms are folded to the plain ones by some spreadsheets
_UNSEEN = "[\\s\\x00-\\x1f\u00ad\u200b-\u200f\u2060\ufeff]*"
_FORMULA = re.compile(f"{_UNSEEN}[{_SIGNS}]| *[\\t\\r\\n]")
_HIDDEN_FORMULA = re.compile(f"([;,|\\t\\r\\n]{_UNSEEN})([{_SIGNS}])")
_TO_QUOTE = re.compile('[",;|\\t\\r\\n]')


class Table(Protocol):
    """What a writer must know of an export."""

    @property
    def name(self) -> str:
        """The sheet's name."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in order."""


def write_csv(export: Table, rows: Iterable[Row], language: str = "en") -> Iterator[bytes]:
    """UTF-8 with BOM, CRLF, days as 2026-11-14, amounts exact in major units.

    French spreadsheets want `;` between cells and a decimal comma; all others get `,` and a point.
    """
    between = ";" if language == "fr" else ","
    yield BOM + _line([column.key for column in export.columns], between)
    for row in rows:
        pairs = zip(export.columns, row.cells, strict=True)
        yield _line([_plain(column, cell, row.currency, language) for column, cell in pairs], between)


def write_xlsx(export: Table, rows: Iterable[Row]) -> IO[bytes]:
    """A temporary file, rewound; whoever closes it removes it. Row by row: memory does not grow with the file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it, and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same data gives the same bytes
        sheet = book.add_worksheet(export.name)
        styles = _Styles(book)
        _head(sheet, export.columns, styles)
        for number, row in enumerate(rows, start=1):
            for place, (column, cell) in enumerate(zip(export.columns, row.cells, strict=True)):
                _put(sheet, number, place, column, cell, row, styles)
    file.seek(0)
    return file


def neutralised(text: str) -> str:
    """The text, harmless in a spreadsheet: an apostrophe before whatever could be taken for a formula.

    That is a cell which begins with = + - @ or TAB, CR, LF, be it after spaces or in full width; and the same after a
    separator inside the cell, for a spreadsheet of another country may split there.
    """
    inside = _HIDDEN_FORMULA.sub(r"\1'\2", text)
    return f"'{inside}" if _FORMULA.match(text) else inside


def _plain(column: Column, cell: Cell, currency: str, language: str) -> str:
    if column.kind == "money" and isinstance(cell, int):
        exact = f"{major(cell, currency):f}"
        return exact.replace(".", ",") if language == "fr" else exact
    if isinstance(cell, date):
        return cell.isoformat()
    return neutralised(str(cell)) if cell is not None else ""


def _line(cells: Sequence[str], between: str) -> bytes:
    return (between.join(_quoted(cell, between) for cell in cells) + "\r\n").encode()


def _quoted(cell: str, between: str) -> str:
    """Amounts stay bare: a comma is quoted only where it separates."""
    if not _TO_QUOTE.search(cell) or (between != "," and re.fullmatch("[0-9]+,[0-9]+", cell)):
        return cell
    return '"' + cell.replace('"', '""') + '"'


class _Styles:
    """The formats of one workbook, made when first needed."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}

    def of(self, pattern: str, bold: bool) -> Format:
        """Number pattern ("" for text), and bold with a line above for totals and heading."""
        if (pattern, bold) not in self._made:
            wanted = {"num_format": pattern} if pattern else {}
            strong = {"bold": True, "top": 6} if bold else {}
            self._made[pattern, bold] = self._book.add_format({**wanted, **strong})
        return self._made[pattern, bold]


def _head(sheet: Worksheet, columns: Sequence[Column], styles: _Styles) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.key, styles.of("@", False))


def _put(sheet: Worksheet, number: int, place: int, column: Column, cell: Cell, row: Row, styles: _Styles) -> None:
    """One typed cell. A spreadsheet counts in doubles: exact for every sum below 90 million millions."""
    if column.kind == "money" and isinstance(cell, int):
        places = exponent(row.currency)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        sheet.write_number(number, place, float(major(cell, row.currency)), styles.of(pattern, row.is_total))
    elif isinstance(cell, date):
        sheet.write_datetime(number, place, cell, styles.of("yyyy-mm-dd", row.is_total))
    elif cell is not None or row.is_total:
        sheet.write_string(number, place, str(cell or ""), styles.of("", row.is_total))
