"""The receipts' register with 10,000 and 100,000 orders, against a bare loop over the same query (`make bench`).

Times are compared within one run; memory is what Python holds at its highest.
"""

import csv
import gc
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import xlsxwriter
from flask import Flask
from sqlalchemy import insert

from events.core import clock
from events.core.db import db, snapshot, transaction
from events.guests.models import Party
from payments.exports import register
from payments.exports.exporting import AT_ONCE, export_file
from payments.exports.rows import Scope, scope_of
from payments.orders.models import Order, OrderLine
from payments.receipts.models import Receipt, ReceiptPart, ReceiptSeries
from tests.support.staff import NOON, make_app, set_the_table

CSV_AT_MOST, XLSX_AT_MOST = 3.0, 2.0
ROUNDS = {10_000: 3, 100_000: 1}
CHUNK = 5_000


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    app = make_app(database_url)
    set_the_table(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def fill(before: int, count: int) -> None:
    """Paid orders of one seat, each with its receipt, up to `count` where `before` of them are there."""
    with transaction() as session:
        session.merge(ReceiptSeries(id=1, organisation_id=1, profile="generic", year=2026, last=count))
    for start in range(before + 1, count + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, count + 1))
        with transaction() as session:
            for model, values in (
                (Party, [_party(n) for n in numbers]),
                (Order, [_order(n) for n in numbers]),
                (OrderLine, [_line(n) for n in numbers]),
                (Receipt, [_receipt(n) for n in numbers]),
                (ReceiptPart, [_part(n) for n in numbers]),
            ):
                session.execute(insert(model), values)


def _party(n: int) -> dict[str, object]:
    who = {"name": f"Donor Number {n}", "email": f"d{n}@example.org", "phone": "", "language": "en"}
    return {"id": n, "event_id": 1, "created_at": NOON, **who}


def _order(n: int) -> dict[str, object]:
    moment = NOON + timedelta(seconds=n)
    money = {"currency": "THB", "total": 250_000, "status": "paid", "way": "stripe"}
    times = {"created_at": moment, "held_until": moment, "paid_at": moment}
    return {
        "id": n,
        "organisation_id": 1,
        "event_id": 1,
        "party_id": n,
        "code": f"O{n}",
        "token": f"t{n}",
        **money,
        **times,
    }


def _line(n: int) -> dict[str, object]:
    amounts = {"amount": 250_000, "benefit": 120_000, "gift": 130_000}
    return {"id": n, "order_id": n, "kind": "ticket", "name": {"en": "A seat"}, **amounts}


def _receipt(n: int) -> dict[str, object]:
    moment = NOON + timedelta(seconds=n)
    amounts = {"currency": "THB", "paid": 250_000, "benefit": 120_000, "eligible": 130_000}
    about = {"series_id": 1, "sequence": n, "number": f"R-2026-{n:06}", "order_id": n, "state": "issued"}
    kept = {"rule_version": "generic-1", "seal": f"{n:012x}", "retain_until": date(2036, 12, 31)}
    times = {"received_at": moment, "issued_at": moment}
    return {"id": n, "donor_name": f"Donor Number {n}", **about, **amounts, **kept, **times}


def _part(n: int) -> dict[str, object]:
    amounts = {"paid": 250_000, "benefit": 120_000, "eligible": 130_000}
    return {"receipt_id": n, "order_id": n, "received_at": NOON, **amounts}


def bare_rows(scope: Scope) -> Iterator[tuple[object, ...]]:
    with snapshot() as connection:
        query = register.register(scope, "en").query
        for record in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
            yield tuple(record)


def bare_csv(scope: Scope) -> None:
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(bare_rows(scope))


def bare_xlsx(scope: Scope) -> None:
    options = {"constant_memory": True, "remove_timezone": True}
    with tempfile.TemporaryFile() as file, xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(bare_rows(scope)):
            sheet.write_row(number, 0, row)


def ours(form: str) -> Callable[[Scope], None]:
    def write(scope: Scope) -> None:
        with tempfile.TemporaryFile() as file:
            for piece in export_file("receipts", form, scope).pieces:
                file.write(piece)

    return write


def quickest(*acts: Callable[[Scope], None], scope: Scope, rounds: int) -> list[float]:
    """Seconds of each, at their best: they take turns, so that a busy machine is as unfair to one as to the other."""
    times: list[list[float]] = [[] for _act in acts]
    for _round in range(rounds):
        for found, act in zip(times, acts, strict=True):
            gc.collect()
            began = clock.monotonic()
            act(scope)
            found.append(clock.monotonic() - began)
    return [min(found) for found in times]


def until_first(scope: Scope) -> tuple[float, float]:
    """Seconds to the first byte, to the first byte of the first row, both beside the whole, in that run."""
    began = clock.monotonic()
    pieces = export_file("receipts", "csv", scope).pieces
    next(pieces)
    heading = clock.monotonic() - began
    next(pieces)
    rows = clock.monotonic() - began
    for _piece in pieces:
        pass
    whole = clock.monotonic() - began
    return heading / whole, rows / whole


def held(form: str, scope: Scope) -> float:
    """Megabytes of Python's own at the highest."""
    gc.collect()
    tracemalloc.start()
    ours(form)(scope)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


@pytest.mark.both_engines
def test_the_register_costs_little_more_than_a_bare_loop(app: Flask, note: Callable[..., None]) -> None:
    engine = db.engine.dialect.name
    memory: dict[str, list[float]] = {"csv": [], "xlsx": []}
    for count, before in ((10_000, 0), (100_000, 10_000)):
        fill(before, count)
        scope = scope_of([1], None, None, None)
        db.session.rollback()
        acts = (bare_csv, ours("csv"), bare_xlsx, ours("xlsx"))
        plain, written, bare_book, book = quickest(*acts, scope=scope, rounds=ROUNDS[count])
        heading, rows = until_first(scope)
        print(f"\n{engine}, {count:,} orders: ", end="")
        print(f"CSV {written:.2f} s, bare {plain:.2f} s, {written / plain:.2f} times", end="; ")
        print(f"XLSX {book:.2f} s, bare {bare_book:.2f} s, {book / bare_book:.2f} times;", end=" ")
        print(f"first byte after {heading:.1%}, first rows after {rows:.1%}", end="; ")
        what, against = f"register, {count:,} orders", {"engine": engine, "against": "bare loop"}
        note(f"{what}, CSV", written, "s", reference=plain, at_most=CSV_AT_MOST, **against)
        note(f"{what}, XLSX", book, "s", reference=bare_book, at_most=XLSX_AT_MOST, **against)
        note(f"{what}, first byte after this part of the whole", heading, "", engine=engine, at_most=0.1)
        for form, found in memory.items():
            found.append(held(form, scope))
            note(f"{what}, {form.upper()}, memory of Python's", found[-1], "MB", engine=engine)
