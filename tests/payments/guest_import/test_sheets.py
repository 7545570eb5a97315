"""Files that anybody may have made: read whatever their letters, or refused in words."""

import io
import zipfile

import openpyxl
import pytest

from events.core.refusal import Refusal
from payments.guest_import import sheets
from tests.support.world import house  # noqa: F401 - sentences want an application

pytestmark = pytest.mark.usefixtures("house")

LINES = "nom;régime\r\nHélène Müller;végane\r\n"


def cells(data: bytes) -> list[list[str]]:
    return [list(row.cells) for row in sheets.read(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_western_letters_are_read_in_every_encoding(encoding: str) -> None:
    assert cells(LINES.encode(encoding)) == [["nom", "régime"], ["Hélène Müller", "végane"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "tis-620", "cp874"])
def test_thai_letters_are_read_in_every_encoding(encoding: str) -> None:
    assert cells("ชื่อ,โต๊ะ\nณัฐพงษ์ ศรีสุวรรณ,4\n".encode(encoding)) == [["ชื่อ", "โต๊ะ"], ["ณัฐพงษ์ ศรีสุวรรณ", "4"]]


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_cells_are_parted_by_what_the_heading_is_parted_by(between: str) -> None:
    text = f'name{between}note\n"Rossi; Maria, dott.ssa"{between}"two\nlines"\n'
    assert cells(text.encode())[1] == ["Rossi; Maria, dott.ssa", "two lines"]


def workbook(*rows: list[object], merge: str = "") -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    if merge:
        book.worksheets[0].merge_cells(merge)
    book.save(file)
    return file.getvalue()


def test_a_workbook_is_read_with_numbers_as_people_see_them() -> None:
    assert cells(workbook(["name", "table"], ["Maria", 4], ["Luc", 4.0])) == [
        ["name", "table"],
        ["Maria", "4"],
        ["Luc", "4"],
    ]


def test_formulas_and_merged_cells_are_said_row_by_row() -> None:
    rows = sheets.read(workbook(["name", "table"], ["=1+1", 4], ["Luc", 5], ["Maria", 6], ["", 7], merge="A4:A5"))
    assert [bool(row.mistakes) for row in rows] == [False, True, False, True, True]
    assert "formula" in rows[1].mistakes[0]
    assert "merged" in rows[3].mistakes[0]


def test_a_formula_in_a_csv_is_a_mistake_too() -> None:
    assert sheets.read(b'name\n=HYPERLINK("http://x")\n')[1].mistakes


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        sheets.read(data)
    return refusal.value.code


def bomb(name: str, content: bytes, copies: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for copy in range(copies):
            parts.writestr(name.format(copy), content)
    return file.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = bomb("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    assert len(packed) < 200_000
    assert refused(packed) == "too_large"
    assert refused(bomb("part{}.xml", b"", copies=sheets.MOST_PARTS + 1)) == "too_large"


def test_entities_are_refused() -> None:
    lol = b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><a>&lol2;</a>'
    assert refused(bomb("xl/workbook.xml", lol)) == "not_a_table"
    assert refused(bomb("xl/workbook.xml", lol.decode().encode("utf-16"))) == "not_a_table"


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"PK\x03\x04 no zip", bomb("a.txt", b"x"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"]
)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    assert refused(data) in ("file_empty", "not_a_table")


def test_too_many_rows_are_refused_wherever_they_stand() -> None:
    assert refused(b"name\n" + b"A\n" * (sheets.MOST_ROWS + 2)) == "too_large"
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0]["A1"], book.worksheets[0]["A30000"] = "name", "Maria"
    book.save(file)
    assert refused(file.getvalue()) == "too_large"


def test_too_many_bytes_are_refused() -> None:
    assert refused(b"x" * (sheets.LARGEST_FILE + 1)) == "too_large"
