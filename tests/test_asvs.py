"""docs/asvs.md leaves no requirement out, and what it names is there."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
STATES = ("met", "partly", "not met", "n/a")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TEXT.splitlines()
    if re.match(r"\| \d", line) and line.count("|") == 5
]
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""Sections of ASVS 5.0.0 with the last number of level 1 or 2 in each: within a section they come before level 3."""


def numbers(written: str) -> list[str]:
    """The requirements of a row: "1.2.6–1.2.8, 1.3.1"."""
    found: list[str] = []
    for part in written.split(", "):
        first, _dash, last = part.partition("–")
        section, _dot, number = first.rpartition(".")
        end = int(last.rpartition(".")[2]) if last else int(number)
        found += [f"{section}.{at}" for at in range(int(number), end + 1)]
    return found


@cache
def names_in(path: str) -> set[str]:
    """Names of the tests in a file."""
    return set(re.findall(r"^def (test_\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_requirement_stands_in_the_table_once_and_in_its_order() -> None:
    listed = [number for row in ROWS for number in numbers(row[0])]
    assert listed == [f"{section}.{at}" for section, last in LAST.items() for at in range(1, last + 1)]
    assert len(listed) == 253


def test_the_sums_are_those_of_the_table() -> None:
    sums = Counter(row[2] for row in ROWS for _number in numbers(row[0]))
    assert set(sums) <= set(STATES)
    words = ("met", "partly met, with what is missing", "not met, with what it would take", "not applicable")
    for state, word in zip(STATES, words, strict=True):
        assert f"| {word} | {sums[state]} |" in TEXT, state


@pytest.mark.parametrize("row", ROWS, ids=[row[0].partition(",")[0] for row in ROWS])
def test_what_a_row_names_is_there(row: tuple[str, ...]) -> None:
    how = row[3]
    named = re.findall(r"`([^`]+)`", how)
    for path, _colons, name in (one.partition("::") for one in named if "/" in one and not one.startswith("/")):
        assert (ROOT / path).is_file(), path
        assert not name or name in names_in(path), f"{path}::{name}"
    for link in re.findall(r"\]\(([^)]+)\)", how):
        assert (ROOT / "docs" / link).exists(), link
    assert len(how) > 7, "a reason"
