"""The FEC passes a checker that knows the rules and not our code; and the checker can be failed."""

from datetime import date

import pytest

from events.catalogue.models import Event, Organisation
from events.core.db import db, transaction
from events.core.refusal import Refusal
from payments.exports.exporting import export_file
from payments.exports.rows import scope_of
from payments.ledger import posting
from payments.receipts.models import ReceiptSettings
from tests.payments.exports.fec_rules import faults
from tests.payments.exports.gala import Turn, hold_gala
from tests.payments.exports.test_golden import GOLDEN
from tests.support.staff import Staff, sell

NAME = "732829320FEC20261231.txt"


@pytest.fixture
def gala(staff: Staff, turn_clock: Turn) -> Staff:
    hold_gala(staff, turn_clock)
    return staff


def fec(date_from: date | None = None, date_to: date | None = None) -> tuple[str, bytes]:
    file = export_file("fec", "txt", scope_of([1], None, date_from, date_to))
    return file.name, b"".join(file.pieces)


def test_the_file_of_the_gala_has_no_fault(gala: Staff) -> None:
    with gala.app.app_context():
        name, data = fec()
    assert name == NAME
    assert faults(name, data) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (b"JournalCode\t", b"Journal\t", "18 fields"),
        (b"65,75", b"65.75", "Debit is no amount"),
        (b"31,56", b"31,57", "not balanced"),
        (b"\r\n", b"\n", "CR LF"),
        (b"20261114\t517000", b"20270101\t517000", "after the closing date"),
        (b"VT000001", b"VT000003", "breaks the sequence"),
        (b"Gala 1 place", b"", "EcritureLib is empty"),
        (b"\tStripe\t\t", b"\tStripe|\t\t", "18 clean fields"),
        (b"\tTHB", b"\t", "goes with its currency"),
        (b"\t517000\t", b"\tbank\t", "three digits"),
    ],
)
def test_the_checker_sees_what_is_wrong(before: bytes, after: bytes, fault: str) -> None:
    golden = (GOLDEN / "fec.txt").read_bytes()
    assert faults(NAME, golden) == []
    assert any(fault in found for found in faults(NAME, golden.replace(before, after)))


def test_what_latin_letters_cannot_write_leaves_the_file_whole(gala: Staff) -> None:
    with gala.app.app_context():
        with transaction():
            event = db.session.query(Event).filter_by(slug="dinner").one()
            event.title = {"fr": "งานเลี้ยง\t|"}
            order = sell("dinner", "C4C4C", "ณัฐพงษ์\t|\r\n", [("ณัฐพงษ์", "")])
            posting.sale(order, "pi_C4C4C")
        name, data = fec()
    assert faults(name, data) == []
    assert b"dinner 1 place" in data


def test_the_closing_date_is_the_fiscal_years(gala: Staff) -> None:
    with gala.app.app_context():
        assert fec(None, date(2026, 11, 30))[0] == "732829320FEC20261130.txt"
        assert b"A7K2Q" not in fec(date(2026, 11, 15), None)[1]
        with transaction():
            db.session.get_one(Organisation, 1).fiscal_year_start = 7
        assert fec()[0] == "732829320FEC20270630.txt"
        with pytest.raises(Refusal, match="one_year"):
            fec(date(2026, 6, 1), date(2026, 7, 31))


def test_what_the_file_cannot_do_without_is_said_first(gala: Staff) -> None:
    with gala.app.app_context():
        event = db.session.query(Event).filter_by(slug="dinner").one()
        for scope, code in (
            (scope_of(None, event, None, None), "no_event"),
            (scope_of([1, 2], None, None, None), "one_organisation"),
            (scope_of([2], None, None, None), "no_siren"),
        ):
            with pytest.raises(Refusal, match=code):
                export_file("fec", "txt", scope)
        with transaction():
            db.session.add(ReceiptSettings(organisation_id=2, siren="732829320"))
        # The other house sells in pounds, and keeps its books in them.
        file = export_file("fec", "txt", scope_of([2], None, None, None))
        assert faults(file.name, b"".join(file.pieces)) == []


def test_a_currency_without_a_rate_is_asked_for(gala: Staff) -> None:
    with gala.app.app_context():
        with transaction() as session:
            session.execute(db.text("DELETE FROM book_rate"))
        with pytest.raises(Refusal, match="no_rate"):
            export_file("fec", "txt", scope_of([1], None, None, None))
