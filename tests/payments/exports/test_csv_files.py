"""What a buyer calls himself must not become a program in the treasurer's spreadsheet."""

import csv
import io

import pytest

from events.core.spreadsheets import neutralised
from payments.exports.csv_files import IMPORT, for_people, write_csv
from payments.exports.rows import Column, Row

DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " +1",
    "\u00a0=1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    "\n=1",
    "\r\n@x",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " ＝1",
    "﹦1",
    "\t=1",
    "\tharmless",
    "\rharmless",
    "\nharmless",
    "\x00=1",
)
HARMLESS = ("", "Hélène", "O'Brien", "a=b", "1 + 1", "x@example.org", "Marc-Antoine", "ณัฐพงษ์", "'=1", "R-2026-000001")


class Table:
    name = "trial"
    columns = (Column("who"), Column("amount", "money"), Column("note"))


def cells(who: str, language: str = "en") -> list[str]:
    text = b"".join(write_csv(Table(), [Row((who, 123456, None), "THB")], for_people(language))).decode("utf-8-sig")
    delimiter = ";" if language == "fr" else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("text", DANGEROUS)
def test_whatever_could_be_a_formula_gets_an_apostrophe(text: str, language: str) -> None:
    who, amount, note = cells(text, language)
    assert who.startswith("'")
    assert amount == ("1234,56" if language == "fr" else "1234.56")
    assert note == ""


@pytest.mark.parametrize("text", HARMLESS)
def test_names_are_left_as_they_are(text: str) -> None:
    assert neutralised(text) == text
    assert cells(text)[0] == text


@pytest.mark.parametrize("between", [",", ";", "\t", "\n", "|"])
def test_a_formula_behind_a_separator_is_disarmed_too(between: str) -> None:
    assert cells(f"Ann{between}=cmd|' /C calc'!A0")[0].startswith(f"Ann{between}'=cmd")


@pytest.mark.parametrize("text", ['say "hello"', "a,b;c", "two\r\nlines"])
def test_quotes_separators_and_lines_stay_inside_their_cell(text: str) -> None:
    assert cells(text)[0] == text
    assert cells(text, "fr")[0] == text


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(1, "THB", "0.01"), (0, "THB", "0.00"), (5, "JPY", "5"), (1234, "KWD", "1.234"), (10**11, "EUR", "1000000000.00")],
)
def test_amounts_are_exact_in_every_currency(amount: int, currency: str, written: str) -> None:
    text = b"".join(write_csv(Table(), [Row(("x", amount, None), currency)], IMPORT)).decode()
    assert text.endswith(f"x,{written},\r\n")
