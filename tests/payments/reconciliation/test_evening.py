"""The whole past evening of the demonstration meets: unexplained 0; without any one row it does not."""

import sqlite3
from contextlib import closing

import pytest

from events.core import clock
from events.core.db import end_reading
from payments import auditing
from payments.auditing import facts, gaps
from payments.reconciliation import meeting
from payments.reconciliation.meeting import Meeting
from tests.payments.reconciliation.conftest import Lived

ZERO = "unexplained. Orders, Stripe and bank say the same."

# One row of each table that the money of the evening stands in.
ROWS = {
    "order": "orders WHERE way = 'stripe' AND status = 'paid'",
    "order line": "order_line WHERE kind = 'ticket'",
    "gift": "order_line WHERE kind = 'gift'",
    "step of an order": "order_status WHERE to_status = 'paid'",
    "ticket": "ticket WHERE status = 'valid'",
    "payment by card": "payment WHERE provider = 'stripe'",
    "payment in cash": "payment WHERE provider = 'cash'",
    "arrangement": "arrangement",
    "refund": "refund",
    "line of a refund": "refund_line",
    "step of a refund": "refund_status",
    "dispute": "dispute",
    "entry of a sale": "journal_entry WHERE ext_kind = 'payment'",
    "entry of a refund": "journal_entry WHERE ext_kind = 'refund'",
    "entry of a dispute": "journal_entry WHERE ext_kind = 'dispute'",
    "entry of a fee": "journal_entry WHERE ext_kind = 'movement_beside'",
    "entry of a payout": "journal_entry WHERE ext_kind = 'movement'",
    "posting": "posting WHERE account = 'income:donations'",
    "posting of a fee": "posting WHERE account = 'expenses:stripe:fees'",
    "movement of a charge": "balance_transaction WHERE category = 'charge'",
    "movement of a refund": "balance_transaction WHERE category = 'refund'",
    "movement of a dispute": "balance_transaction WHERE category = 'dispute'",
    "movement of a payout": "balance_transaction WHERE category = 'payout'",
    "payout": "payout",
    "receipt": "receipt",
    "series of receipts": "receipt_series",
    "counter of a journal": "journal_counter",
    "sum raised": "raised",
    "letter": "letter WHERE kind = 'order_paid'",
    "attempt": "attempt",
}


def met(lived: Lived) -> Meeting:
    """The organisation's columns and gaps."""
    known = facts.of_organisation(lived.organisation_id)
    found = meeting.meet(known, gaps.of_organisation(known, lived.organisation_id), clock.now(), "THB")
    end_reading()
    return found


def test_the_whole_evening_ends_with_unexplained_0(lived: Lived) -> None:
    with lived.app.app_context():
        found = met(lived)
        assert {fact.kind for fact in found.facts} >= {"payment", "refund", "dispute", "dispute_reversal", "payout"}
        assert {fact.provider for fact in found.facts} == {"stripe", "cash", "door"}
        assert (found.is_zero, list(found.gaps)) == (True, [])
        (column,) = found.columns
        assert column.expected == column.told == column.lies > 0
        assert column.bank["at_stripe"] == 0
        assert auditing.audit()[0] == []
    assert ZERO in lived.page("/treasury/")


def test_each_side_by_side_page_meets(lived: Lived) -> None:
    with lived.app.app_context():
        payouts = sorted({row.payout_id or "" for fact in met(lived).facts for row in fact.moved})
        days = {fact.at.date() for fact in met(lived).facts}
    assert len(payouts) == 2
    addresses = [f"/treasury/{lived.slug}/reconciliation", *(f"/treasury/payouts/{one}" for one in payouts)]
    for address in (*addresses, *(f"/treasury/days/{day}" for day in sorted(days)[:3])):
        assert ZERO in lived.page(address), address


@pytest.mark.parametrize("what", ROWS)
def test_without_any_one_row_the_page_and_the_audit_name_it(lived: Lived, what: str) -> None:
    _delete(lived, ROWS[what])
    with lived.app.app_context():
        found = auditing.audit()[0]
        assert found, "the audit says nothing"
        end_reading()
    page = lived.page("/treasury/")
    assert "What does not fit" in page or "What the check of everything says" in page
    if "What does not fit" in page:
        assert ZERO not in page


def _delete(lived: Lived, rows: str) -> None:
    """One row, behind everybody's back: without triggers and foreign keys; the triggers stand again afterwards."""
    table = rows.split()[0]
    with closing(sqlite3.connect(lived.path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        statement = f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {rows})"  # noqa: S608
        assert connection.execute(statement).rowcount == 1
        for _name, sql in triggers:
            connection.execute(sql)
        connection.commit()
