"""Banks' files and payment references: read as banks write them, compared to the last minor unit."""

from pathlib import PurePath

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from events.core import i18n
from events.core.refusal import Refusal
from payments.offline import statement
from payments.offline.statement import Known
from payments.orders.references import code_of, find_references, is_valid, reference

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODES = st.text(LETTERS, min_size=5, max_size=5)


@pytest.fixture(autouse=True, scope="module")
def _speaking() -> object:
    """Results are said in a language."""
    app = Flask(PurePath(__file__).stem)
    i18n.init_app(app)
    with app.app_context():
        yield app


def waiting(code: str, total: int = 150_000, status: str = "held", way: str = "transfer") -> Known:
    """An order that waits for a transfer."""
    return Known(1, code, status, way, total, "THB", "Claire Fontaine")


def verdicts(raw: str, *orders: Known) -> list[str]:
    """What each line is."""
    entries = statement.read(raw, "THB")
    return [result.verdict for result in statement.judge(entries, {order.code: order for order in orders})]


def test_the_standards_own_example_checks() -> None:
    assert reference("A7K2Q").startswith("RF")
    assert is_valid(reference("A7K2Q"))
    assert not is_valid("RF00A7K2Q")


@given(CODES, st.integers(4, 8), st.sampled_from(LETTERS))
def test_a_letter_typed_for_another_is_noticed(code: str, place: int, letter: str) -> None:
    right = reference(code)
    wrong = right[:place] + letter + right[place + 1 :]
    assert is_valid(right)
    if right[place].isdigit() == letter.isdigit() and wrong != right:
        assert not is_valid(wrong)


@given(CODES, st.sampled_from(("{}", "paid {} thanks", "{}/1", "INV {} 2027")))
def test_a_reference_is_found_however_a_bank_writes_it(code: str, around: str) -> None:
    right = reference(code)
    spaced = f"{right[:4]} {right[4:]}".lower()
    assert right in find_references(around.format(right))
    assert right in find_references(around.format(spaced))
    assert code_of(right) == code


def test_a_bare_code_is_a_hint_and_no_match() -> None:
    raw = "Details,Amount\nfor a7k2q thanks,1500\nb3m9t and c8p4x,3000\n"
    known = {one.code: one for one in map(waiting, ("A7K2Q", "B3M9T", "C8P4X"))}
    hinted, two = statement.judge(statement.read(raw, "THB"), known)
    assert hinted.verdict == two.verdict == "no_reference"
    assert hinted.sentence.startswith("Perhaps order A7K2Q")
    assert two.sentence == "No reference of ours."


def test_lines_are_compared_and_differences_are_named() -> None:
    one, two, three = (reference(code) for code in ("A7K2Q", "B3M9T", "C8P4X"))
    raw = "\n".join((
        "Account;123", "Date;Details;Amount;Currency",
        f"01/02/2027;{one};1,500.00;THB",
        f"01/02/2027;Transfer {two} Ltd;1 499,50;THB",
        f"01/02/2027;{one};1500;THB",
        f"02/02/2027;{three};1500;THB",
        f"02/02/2027;{reference('Z9Z9Z')};1500;THB",
        "02/02/2027;Electricity;-320.00;THB",
        "02/02/2027;Somebody;99;THB",
        f"03/02/2027;{two};fifteen;THB",
    ))  # fmt: skip
    found = verdicts(raw, waiting("A7K2Q"), waiting("B3M9T"), waiting("C8P4X", status="expired"))
    assert found == ["matched", "differs", "twice", "late", "unknown", "outgoing", "no_reference", "outgoing"]


def test_what_is_paid_or_paid_otherwise_is_not_booked_again() -> None:
    raw = f"date,description,credit\n1,{reference('A7K2Q')},1500\n1,{reference('B3M9T')},1500"
    assert verdicts(raw, waiting("A7K2Q", status="paid"), waiting("B3M9T", way="stripe")) == ["paid", "other_way"]


def test_a_line_of_an_earlier_statement_alarms_nobody() -> None:
    raw = f"date,description,credit\n1,{reference('A7K2Q')},1500\n1,{reference('B3M9T')},1400"
    orders = {one.code: one for one in (waiting("A7K2Q", status="paid"), waiting("B3M9T", status="paid"))}
    same, other = (result.sentence for result in statement.judge(statement.read(raw, "THB"), orders))
    assert ("earlier statement" in same, "earlier statement" in other) == (True, False)


def test_another_currency_is_a_difference() -> None:
    raw = f"Date\tText\tMontant\tDevise\n1\t{reference('A7K2Q')}\t1500\tEUR"
    assert verdicts(raw, waiting("A7K2Q")) == ["differs"]


def test_a_file_without_amounts_is_no_statement() -> None:
    with pytest.raises(Refusal, match="no_statement"):
        statement.read("name,colour\nrose,red", "THB")
    with pytest.raises(Refusal, match="no_statement"):
        statement.read("", "THB")


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_it(raw: str) -> None:
    try:
        verdicts(raw, waiting("A7K2Q"))
        verdicts(f"Date,Amount\n{raw}", waiting("A7K2Q"))
    except Refusal as refusal:
        assert refusal.code == "no_statement"  # noqa: PT017
