"""The invariants of money and seats as read-only questions: each yields sentences, and none means all is well."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import func, select

from events.core.db import db
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.auditing import course, money, returns, seats
from payments.orders.models import Order, Payment
from payments.receipts.models import Receipt

Rule = Callable[[], Iterator[str]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        *(seats.quotas, seats.holds, seats.tickets, seats.admissions, seats.secrets),
        *(money.payments, money.captured_equals_ledger, money.refunds, money.postings, money.sums),
        *(money.raised, money.receipts),
        *(returns.returned_lines, returns.refund_sums, returns.owed, returns.void_tickets, returns.places),
        *(returns.standing_receipts, returns.contested, returns.refund_histories),
        *(course.attempts, course.held_orders, course.histories, course.letters, course.leases, course.triggers),
    )
}


def audit() -> tuple[list[dict[str, str]], dict[str, int]]:
    """Every violation as {"rule", "what"}, and how many rows there were to check."""
    found = [{"rule": name, "what": what} for name, rule in RULES.items() for what in rule()]
    tables = {"orders": Order, "tickets": Ticket, "payments": Payment, "letters": Letter, "receipts": Receipt}
    counted = {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
    return found, counted
