"""A file is read as it is written, from one moment of the database, and a slow reader holds nothing."""

from collections.abc import Iterator

import pytest

from events.core import clock
from events.core.db import db, snapshot, transaction
from payments.exports import routes
from payments.exports.csv_files import AT_ONCE, IMPORT, Form, write_csv
from payments.exports.exporting import export_file
from payments.exports.rows import Column, Row, scope_of
from payments.orders.models import Order
from tests.support.staff import Staff, sell


class Bank:
    name = "bank"
    columns = (Column("date", "day"), Column("description"), Column("amount", "money"))


def test_the_first_rows_leave_before_the_last_are_read() -> None:
    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        for number in range(10_000):
            read = number
            yield Row((None, "x" * 50, number), "THB")

    pieces = write_csv(Bank(), rows(), IMPORT)
    assert next(pieces) == b"date,description,amount\r\n"
    assert read == 0
    assert len(next(pieces)) < 2 * AT_ONCE
    assert read < 1000


def test_a_slow_reader_gets_the_rest_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    moment, made = 0.0, []
    monkeypatch.setattr(clock, "monotonic", lambda: moment)

    def pieces() -> Iterator[bytes]:
        for number in range(5):
            made.append(number)
            yield bytes([number])

    taken = routes.unhurried(pieces())
    assert next(taken) == b"\x00"
    moment += 1
    assert next(taken) == b"\x01"
    assert made == [0, 1]
    moment += 2
    assert next(taken) == b"\x02\x03\x04"
    assert made == [0, 1, 2, 3, 4]
    assert list(taken) == []


@pytest.mark.both_engines
def test_an_export_sees_one_moment_and_lets_others_write(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction():
            sell("dinner", "A7K2Q", "Ann", [("Ann", "")])
        with snapshot() as connection:
            count = db.select(db.func.count()).select_from(Order)
            assert connection.scalar(count) == 1
            with transaction():
                sell("dinner", "B3M9T", "Ben", [("Ben", "")])
            assert connection.scalar(count) == 1
        assert b"B3M9T" in b"".join(export_file("orders", "csv", scope_of([1], None, None, None)).pieces)


def test_another_target_is_a_form_of_its_own() -> None:
    """QuickBooks' and Xero's bank lines, as the design gives them."""
    day = clock.now().date().replace(2026, 11, 18)
    rows = [Row((day, "Stripe payout po_1", 239_875), "THB")]
    quickbooks = Form(day="%m/%d/%Y", heading=("Date", "Description", "Amount"))
    written = b"".join(write_csv(Bank(), rows, quickbooks)).decode()
    assert written == "Date,Description,Amount\r\n11/18/2026,Stripe payout po_1,2398.75\r\n"
    xero = Form(day="%d/%m/%Y", heading=("*Date", "Description", "*Amount"))
    assert b"".join(write_csv(Bank(), rows, xero)).decode().endswith("\r\n18/11/2026,Stripe payout po_1,2398.75\r\n")
