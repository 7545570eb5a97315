"""A table out of a file that anybody may have made: CSV of any tongue, or XLSX. Nothing in it is believed or run.

Limits are checked before anything is unpacked: a zip bomb is small until somebody opens it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import one_line

LARGEST_FILE: Final = 5_000_000
"""Bytes; 2,000 guests take a tenth of it."""
MOST_UNPACKED: Final = 60_000_000
MOST_PARTS: Final = 300
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 40
LONGEST_CELL: Final = 1_000

_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="[A-Z]+([0-9]+):[A-Z]+([0-9]+)"')
_THAI: Final = range(0xA1, 0xFC)


@dataclass(frozen=True)
class Raw:
    """A row as it was found: its number in the file, its cells as text, and what is wrong with it as it stands."""

    number: int
    cells: Sequence[str]
    mistakes: Sequence[str] = field(default=())


def read(data: bytes) -> list[Raw]:
    """The rows that are not empty, the heading among them. Raises Refusal: file_empty, too_large, not_a_table."""
    if not data.strip():
        raise Refusal("file_empty", _("This file is empty."), field="file")
    if len(data) > LARGEST_FILE:
        raise _too_large()
    rows = _workbook(data) if data[:4] == b"PK\x03\x04" else _text(decode(data))
    found: list[Raw] = []
    for row in rows:
        if any(row.cells):
            found.append(row)
        if len(found) > MOST_ROWS + 1:
            raise _too_many()
    return found


def decode(data: bytes) -> str:
    """Text of a CSV file: UTF-8, UTF-16 with or without a mark, Thai (TIS-620) or Western Europe (Windows-1252)."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    zeros = data[:2000].count(0)
    if zeros * 4 > len(data[:2000]):
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    if zeros:
        raise _no_table()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp874" if _looks_thai(data) else "cp1252")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal(
            "not_a_table", _("The letters of this file cannot be read. Save it as UTF-8."), field="file"
        ) from error


def _looks_thai(data: bytes) -> bool:
    """Thai words are runs of high bytes; in French an accent stands alone between plain letters."""
    high = [byte for byte in data if byte > 0x7F]
    runs = sum(len(run) for run in re.findall(rb"[\xa1-\xfb]{3,}", data))
    return bool(high) and all(byte in _THAI or byte == 0xA0 for byte in high) and runs * 2 > len(high)


def _text(text: str) -> Iterator[Raw]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    between = max(";,\t", key=lambda sign: re.sub('"[^"]*"', "", head).count(sign))
    try:
        for cells in (reader := csv.reader(io.StringIO(text, newline=""), delimiter=between)):
            yield _raw(reader.line_num, cells[:MOST_COLUMNS])
    except csv.Error as error:
        raise _no_table() from error


def _workbook(data: bytes) -> Iterator[Raw]:
    merged = _inspect(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            if number > 2 * MOST_ROWS:
                raise _too_many()
            mistakes = [_("This row has merged cells. Undo the merging first.")] if number in merged else []
            if any(cell.data_type == "f" for cell in row):
                mistakes.append(_("This row has a formula. Replace it by its value."))
            yield _raw(number, ["" if cell.value is None else _cell(cell.value) for cell in row], mistakes)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        SyntaxError,
    ) as error:
        raise _no_table() from error


def _inspect(data: bytes) -> set[int]:
    """The rows with merged cells of the first sheet. Raises Refusal for what unpacks too large or names entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            known = parts.infolist()
            if len(known) > MOST_PARTS or sum(part.file_size for part in known) > MOST_UNPACKED:
                raise _too_large()
            merged: set[int] = set()
            for part in known:
                merged |= _part(part.filename, parts.read(part))
            return merged
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise _no_table() from error


def _part(name: str, content: bytes) -> set[int]:
    if name.endswith((".xml", ".rels")) and any(
        mark in content.replace(b"\0", b"") for mark in (b"<!DOCTYPE", b"<!ENTITY")
    ):
        raise _no_table()
    if not name.endswith("worksheets/sheet1.xml"):
        return set()
    spans = ((int(first), int(last)) for first, last in _MERGED.findall(content))
    return {row for first, last in spans for row in range(first, min(last, first + MOST_ROWS) + 1)}


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _raw(number: int, cells: Iterable[str], mistakes: Sequence[str] = ()) -> Raw:
    clean = [one_line(cell) for cell in cells]
    found = list(mistakes)
    if not found and any(cell.startswith(("=", "@")) for cell in clean):
        found.append(_("This row has a formula. Replace it by its value."))
    if any(len(cell) > LONGEST_CELL for cell in clean):
        found.append(_("A cell of this row is too long."))
    last = max((place for place, cell in enumerate(clean, start=1) if cell), default=0)
    return Raw(number, [cell[:LONGEST_CELL] for cell in clean[:last]], found)


def _too_large() -> Refusal:
    return Refusal(
        "too_large", _("This file is too large: at most 5 megabytes, and nothing packed that grows."), field="file"
    )


def _too_many() -> Refusal:
    return Refusal("too_large", _("At most %(num)s rows at one time.", num=MOST_ROWS), field="file")


def _no_table() -> Refusal:
    return Refusal("not_a_table", _("This is no table that can be read. Save it as CSV or XLSX."), field="file")
