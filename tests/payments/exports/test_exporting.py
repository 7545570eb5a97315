"""The files a treasurer takes away: every line, every satang, the same each time."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from payments.exports import showing
from payments.exports.csv_files import for_people, write_csv
from payments.exports.exporting import export_file, export_rows
from payments.exports.offer import EXPORTS
from payments.exports.rows import scope_of
from payments.orders.models import OrderLine
from tests.support.staff import NOON, Staff, give_receipt, sell

CSV = "/treasury/exports/{}.csv?event=dinner"
XLSX = "/treasury/exports/{}.xlsx?event=dinner"


@pytest.fixture
def evening(staff: Staff) -> Staff:
    """Two paid orders at the dinner, one waiting, one expired; one at the other charity's ball."""
    with staff.app.app_context(), transaction():
        first = sell(
            "dinner",
            "A7K2Q",
            "Hélène Moreau",
            [("Hélène Moreau", ""), (None, "")],
            gift=200_000,
            fee_cover=27_556,
        )
        cancelled = give_receipt(first, 1, state="cancelled")
        give_receipt(first, 2, replaces=cancelled)
        # An hour before midnight in UTC is the next day in Bangkok.
        second = sell("dinner", "B3M9T", "=1+1", [("O'Brien", "")], paid_at=NOON + timedelta(hours=18))
        give_receipt(second, 3)
        sell("dinner", "W1W1W", "Waiting", [(None, "")], paid_at=None, status="waiting")
        sell("dinner", "X1X1X", "Expired", [(None, "")], paid_at=None, status="expired")
        sell("ball", "Z9Z9Z", "Somebody Else", [("Somebody Else", "")])
    return staff


def download(staff: Staff, address: str, language: str = "en") -> bytes:
    with staff.signed_in("treasurer", language) as browser, browser.get(address) as answer:
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        return bytes(answer.data)


def lines(data: bytes) -> list[str]:
    assert data.startswith(b"\xef\xbb\xbf")
    return data.decode("utf-8-sig").split("\r\n")


@pytest.mark.both_engines
def test_orders_to_the_last_satang_split_into_meal_and_gift(evening: Staff) -> None:
    assert lines(download(evening, CSV.format("orders"))) == [
        "order,paid,buyer,status,benefit,gift,fee_cover,total,returned,kept,currency,ordered,event,email,payment",
        "A7K2Q,2026-11-14,Hélène Moreau,paid,2400.00,4600.00,275.56,7275.56,0.00,7275.56,THB,2026-11-14,dinner,"
        "a7k2q@example.org,pi_A7K2Q",
        "B3M9T,2026-11-15,'=1+1,paid,1200.00,1300.00,0.00,2500.00,0.00,2500.00,THB,2026-11-14,dinner,"
        "b3m9t@example.org,pi_B3M9T",
        "Total,,,,3600.00,5900.00,275.56,9775.56,0.00,9775.56,THB,,,,",
        "",
    ]


@pytest.mark.both_engines
def test_lines_say_what_each_ticket_gift_and_fee_cover_brought(evening: Staff) -> None:
    assert lines(download(evening, CSV.format("lines"))) == [
        "order,paid,kind,name,ticket,benefit,gift,fee_cover,amount,returned,kept,currency",
        "A7K2Q,2026-11-14,ticket,A seat,0001,1200.00,1300.00,0.00,2500.00,0.00,2500.00,THB",
        "A7K2Q,2026-11-14,ticket,A seat,0002,1200.00,1300.00,0.00,2500.00,0.00,2500.00,THB",
        "A7K2Q,2026-11-14,gift,Extra gift,,0.00,2000.00,0.00,2000.00,0.00,2000.00,THB",
        "A7K2Q,2026-11-14,fee_cover,Card fees,,0.00,0.00,275.56,275.56,0.00,275.56,THB",
        "B3M9T,2026-11-15,ticket,A seat,0003,1200.00,1300.00,0.00,2500.00,0.00,2500.00,THB",
        "Total,,,,,3600.00,5900.00,275.56,9775.56,0.00,9775.56,THB",
        "",
    ]


@pytest.mark.both_engines
def test_the_register_keeps_cancelled_receipts_and_leaves_them_out_of_the_total(evening: Staff) -> None:
    assert lines(download(evening, CSV.format("receipts"))) == [
        "no,state,issued,received,donor,paid,benefit,eligible,currency,replaces",
        "R-2026-000001,cancelled,2026-11-14,2026-11-14,Hélène Moreau,7275.56,2400.00,4875.56,THB,",
        "R-2026-000002,issued,2026-11-14,2026-11-14,Hélène Moreau,7275.56,2400.00,4875.56,THB,R-2026-000001",
        "R-2026-000003,issued,2026-11-15,2026-11-15,'=1+1,2500.00,1200.00,1300.00,THB,",
        "Total,,,,,9775.56,3600.00,6175.56,THB,",
        "",
    ]


def test_a_french_spreadsheet_gets_semicolons_and_decimal_commas(evening: Staff) -> None:
    first, *_, total, _end = lines(download(evening, CSV.format("lines"), "fr"))
    assert first.startswith("order;paid;kind;name")
    assert total == "Total;;;;;3600,00;5900,00;275,56;9775,56;0,00;9775,56;THB"


def test_a_file_without_orders_has_its_heading_alone(staff: Staff) -> None:
    assert lines(download(staff, CSV.format("orders")))[1:] == [""]


@pytest.mark.both_engines
def test_totals_stand_last_for_each_currency(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        order = sell("dinner", "Y3Y3Y", "Yen", [("Yen", "")])
        order.currency = "JPY"
    with evening.app.app_context():
        rows = list(export_rows("orders", organisation_ids=[1]))
        totals = [row for row in rows if row.is_total]
        assert rows[-2:] == totals
        assert [(row.currency, row.cells[7]) for row in totals] == [("JPY", 250_000), ("THB", 977_556)]
        written = b"".join(write_csv(EXPORTS["orders"], rows, for_people("en"))).decode()
    assert ",250000,0,250000,JPY," in written
    assert ",9775.56,0.00,9775.56,THB," in written


def test_days_are_those_of_the_organisation_and_included_on_both_ends(evening: Staff) -> None:
    def codes(start: str, end: str) -> list[object]:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
        with evening.app.app_context():
            rows = export_rows("orders", organisation_ids=[1], date_from=first, date_to=last)
            return [row.cells[0] for row in rows if not row.is_total]

    assert codes("2026-11-14", "2026-11-14") == ["A7K2Q"]
    assert codes("2026-11-15", "2026-11-15") == ["B3M9T"]
    assert codes("2026-11-14", "2026-11-15") == ["A7K2Q", "B3M9T"]
    assert codes("2026-11-16", "2026-12-31") == []


def test_an_export_of_all_evenings_holds_no_other_organisations(evening: Staff) -> None:
    everything = download(evening, "/treasury/exports/orders.csv").decode()
    assert "A7K2Q" in everything
    assert "Z9Z9Z" not in everything
    with evening.app.app_context():
        assert list(export_rows("orders", organisation_ids=[])) == []
        with pytest.raises(ValueError, match="organisations or an event"):
            list(export_rows("orders"))


def test_the_same_data_gives_the_same_bytes(evening: Staff) -> None:
    with evening.app.app_context():
        scope = scope_of([1], None, date(2026, 1, 1), date(2026, 12, 31))
        for export in EXPORTS.values():
            for form in set(export.formats) - {"pdf", "zip", "txt"}:
                first, again = (b"".join(export_file(export.name, form, scope).pieces) for _time in range(2))
                assert first == again, (export.name, form)


@pytest.mark.parametrize("address", ["/treasury/exports/secrets.csv", "/treasury/exports/orders.pdf"])
def test_what_is_no_export_is_not_found(evening: Staff, address: str) -> None:
    with evening.signed_in("treasurer") as browser:
        assert browser.get(address).status_code == 404
    with evening.app.app_context(), pytest.raises(Refusal, match="unknown_export"):
        export_rows("secrets", organisation_ids=[1])


def test_every_download_is_written_down(evening: Staff) -> None:
    download(evening, CSV.format("orders") + "&from=2026-11-01&to=nonsense")
    with evening.app.app_context():
        entry = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "exported")).one()
    assert entry.actor == f"account:{evening.accounts['treasurer']}"
    assert (entry.subject, entry.organisation_id) == ("event:1", 1)
    assert entry.details == {"what": "orders", "format": "csv", "from": "2026-11-01", "to": ""}


def test_who_may_not_export_leaves_no_trace_of_an_export(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        assert browser.get(CSV.format("orders")).status_code == 404
    with evening.app.app_context():
        assert not db.session.scalars(select(TrailEntry).where(TrailEntry.action == "exported")).all()


def test_a_workbook_holds_numbers_as_numbers_days_as_days_and_no_formula(evening: Staff) -> None:
    sheet = load_workbook(io.BytesIO(download(evening, XLSX.format("orders"))))["orders"]
    head, first, second, total = [[cell for cell in row] for row in sheet.iter_rows()]
    assert [cell.value for cell in head][:3] == ["order", "paid", "buyer"]
    assert first[1].value == datetime(2026, 11, 14)  # noqa: DTZ001 - a day has no zone
    assert [cell.value for cell in first[4:8]] == [2400, 4600, 275.56, 7275.56]
    assert {cell.data_type for row in (first, second, total) for cell in row[4:8]} == {"n"}
    assert {cell.number_format for cell in first[4:8]} == {"#,##0.00"}
    assert (second[2].value, second[2].data_type) == ("=1+1", "s")
    assert (total[0].value, total[7].value, total[10].value) == ("Total", 9775.56, "THB")
    assert total[7].font.bold
    assert sheet.freeze_panes == "A2"
    assert (sheet.column_dimensions["C"].width or 0) > 20


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        sell("dinner", "L1L1L", "https://evil.example/", [("{=1+1}", "")])
    with zipfile.ZipFile(io.BytesIO(download(evening, XLSX.format("orders")))) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)
    assert "https://evil.example/" in sheets
    assert "<f>" not in sheets
    assert "hyperlink" not in sheets


def test_the_exports_page_says_what_each_is_for_and_shows_its_first_rows(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        for number in range(12):
            sell("dinner", f"N{number:04}", f"Buyer {number}", [("Guest", "")], paid_at=NOON + timedelta(days=2))
    with evening.signed_in("treasurer") as browser:
        page = browser.get("/treasury/dinner").text
        assert page.count(">Exports<") == 1
        page = browser.get("/treasury/exports").text
    orders = page.split('<li id="orders">')[1].split('<li id="lines">')[0]
    assert "Buyer 7" in orders
    assert "Buyer 8" not in orders
    for export in EXPORTS.values():
        assert str(export.purpose).split(" ")[0] in page
        for form in export.formats:
            assert f'aria-label="{export.title}, {showing.FORMATS[form]}"' in page


def test_the_export_equals_what_was_sold(evening: Staff) -> None:
    table = list(csv.DictReader(io.StringIO(download(evening, CSV.format("lines")).decode("utf-8-sig"))))
    with evening.app.app_context():
        sold = db.session.scalars(select(OrderLine).join(OrderLine.order).filter_by(event_id=1, status="paid")).all()
        amounts = sorted(line.amount for line in sold)
    written: list[Any] = [round(float(row["amount"]) * 100) for row in table[:-1]]
    assert sorted(written) == amounts
    assert round(float(table[-1]["amount"]) * 100) == sum(amounts)
