"""Every export, byte for byte: the files in golden/, and the lines that the design gives for order A7K2Q."""

import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from events.core.db import db
from payments.exports.exporting import export_file
from payments.exports.offer import EXPORTS
from payments.exports.rows import scope_of
from payments.ledger.models import JournalEntry, Posting
from tests.payments.exports.gala import Turn, hold_gala
from tests.support.staff import Staff

GOLDEN = Path(__file__).parent / "golden"
TABLES = [name for name, export in EXPORTS.items() if export.source]
SPOKEN = {
    "fec.txt": "".join(
        f"VT|Billetterie|VT000001|20261114|{rest}|THB\r\n".replace("|", "\t")
        for rest in (
            "517000|Stripe|||A7K2Q|20261114|Gala 1 place|65,75|0,00|||20261114|2500,00",
            "706000|Repas|||A7K2Q|20261114|Gala 1 place|0,00|31,56|||20261114|-1200,00",
            "754100|Dons|||A7K2Q|20261114|Gala 1 place|0,00|34,19|||20261114|-1300,00",
        )
    ),
    "beancount.beancount": (
        '2026-11-14 * "Order A7K2Q" "1 x Gala dinner seat" ^A7K2Q\n'
        '  receipt: "R-2026-000001"\n'
        "  Assets:Stripe:Clearing       2500.00 THB\n"
        "  Income:Tickets:GoodsValue   -1200.00 THB\n"
        "  Income:Donations:Deductible -1300.00 THB\n"
    ),
    "hledger.hledger": "    assets:stripe:clearing  -2398.75 THB = 0.00 THB\n",
    "gift-aid.import": "Prof,Jane,House Martin,12a,S19 2BD,,,14/11/26,20.00\r\n",
    "journal.import": (
        "entry_id,journal,seq,date,account,debit,credit,currency,base_amount,order,receipt,stripe_txn,payout,memo\r\n"
    ),
    "payouts.import": (
        "payout,arrival,txn,category,order,gross,fee,net,currency,presentment_amount,presentment_currency,rate\r\n"
        "po_1,2026-11-18,txn_1,charge,A7K2Q,2500.00,101.25,2398.75,THB,2500.00,THB,\r\n"
    ),
    "receipts.import": "no,state,issued,received,donor,paid,benefit,eligible,currency,replaces\r\n",
}


@pytest.fixture
def gala(staff: Staff, turn_clock: Turn) -> Staff:
    hold_gala(staff, turn_clock)
    return staff


def written(what: str, form: str, language: str = "en") -> bytes:
    """One file of the organisation that it is about."""
    scope = scope_of([2 if what == "gift-aid" else 1], None, None, None)
    return b"".join(export_file(what, form, scope, language).pieces)


@pytest.mark.both_engines
def test_every_file_is_the_golden_one(gala: Staff) -> None:
    wanted = [path.name for path in sorted(GOLDEN.iterdir())]
    with gala.app.app_context():
        for name in wanted:
            what, *language, form = name.split(".")
            assert written(what, form, *language) == (GOLDEN / name).read_bytes(), name
    for export in EXPORTS.values():
        assert export.slow or f"{export.name}.{export.formats[0]}" in wanted


@pytest.mark.parametrize("name", SPOKEN)
def test_the_lines_of_the_design_stand_in_the_golden_files(name: str) -> None:
    encoding = "iso-8859-15" if name.endswith(".txt") else "utf-8"
    assert SPOKEN[name] in (GOLDEN / name).read_bytes().decode(encoding)


def test_workbook_and_json_say_what_the_csv_says(gala: Staff) -> None:
    with gala.app.app_context():
        for what in TABLES:
            told = json.loads(written(what, "json"))
            book = load_workbook(io.BytesIO(written(what, "xlsx")))
            lines = [row for sheet in book for row in sheet.iter_rows(min_row=2)]
            assert len(lines) == len(told["rows"] + told["totals"]), what
            assert len(lines) == written(what, "csv").count(b"\r\n") - 1, what
            for column, cells in zip(EXPORTS[what].columns, zip(*lines, strict=True), strict=True):
                kind = {"text": "s", "day": "d"}.get(column.kind, "n")
                types = {cell.data_type for cell in cells if cell.value is not None and cell.value != "Total"}
                assert types <= {kind}, (what, column.key)


def test_each_payout_has_a_sheet_of_its_own(gala: Staff) -> None:
    with gala.app.app_context():
        book = load_workbook(io.BytesIO(written("payouts", "xlsx")))
    assert book.sheetnames == ["po_1", "Total"]
    assert [cell.value for cell in book["po_1"][3]][:1] == ["Total po_1"]


def test_totals_equal_the_ledger_after_refunds(gala: Staff) -> None:
    with gala.app.app_context():
        totals = {what: json.loads(written(what, "json"))["totals"][-1] for what in ("orders", "lines", "donors")}
        income = select(func.sum(Posting.amount)).join(JournalEntry).where(JournalEntry.organisation_id == 1)
        earned = -int(db.session.scalar(income.where(Posting.account.like("income:%"))) or 0)
        debits = db.session.scalar(income.where(Posting.amount > 0))
        refunded = db.session.scalar(
            income.where(JournalEntry.ext_kind == "refund", Posting.account == "assets:stripe:clearing")
        )
        assert [total["kept"] for total in totals.values()] == [earned] * 3
        assert json.loads(written("journal", "json"))["totals"][0]["debit"] == debits
        assert json.loads(written("refunds", "json"))["totals"][0]["amount"] == refunded
