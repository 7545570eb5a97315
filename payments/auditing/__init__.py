"""The invariants of money and seats as read-only questions: each yields sentences, and none means all is well."""

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import func, select

from events.core.db import db, end_reading
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.auditing import (
    books,
    codes,
    course,
    door_cash,
    lines,
    links,
    money,
    offline,
    pledges,
    returns,
    seats,
    stripes_side,
)
from payments.gateway.stripe_api import Gateway
from payments.orders.models import Order, Payment
from payments.receipts.models import Receipt

Rule = Callable[[], Iterator[str]]

RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        *(seats.quotas, seats.holds, seats.tickets, seats.admissions, seats.secrets),
        *(codes.code_uses, codes.used_codes),
        *(offline.offline_money, offline.comps, offline.arrangements, offline.invoices),
        *(pledges.pledge_money, pledges.pledge_courses, pledges.table_gifts, pledges.table_secrets),
        *(door_cash.door_sales, door_cash.door_cash, door_cash.drawers, door_cash.drawer_papers),
        door_cash.deposits,
        *(money.payments, money.captured_equals_ledger, money.refunds, money.postings, money.sums),
        *(money.fulfilling, money.raised, money.receipts, books.entries, books.payouts, books.clearing, books.untold),
        *(returns.returned_lines, returns.refund_sums, returns.owed, returns.void_tickets, returns.places),
        *(returns.standing_receipts, returns.contested, returns.receipt_records, returns.refund_histories),
        *(links.links, links.traced, links.closed),
        *(lines.offers, lines.lines, lines.seats_given),
        *(course.attempts, course.held_orders, course.histories, course.letters, course.leases, course.triggers),
    )
}


AGAINST_STRIPE: Mapping[str, Callable[[Gateway], Iterator[str]]] = {
    rule.__name__: rule for rule in (stripes_side.charges, stripes_side.given_back, stripes_side.balance)
}
"""Rules that ask: at the stand-in, which is quick and can be asked for everything; never at Stripe itself."""


def audit_against(gateway: Gateway) -> list[dict[str, str]]:
    """Where the stand-in's books differ from ours. Raises GatewayError; no transaction is open during a call."""
    found = []
    for name, rule in AGAINST_STRIPE.items():
        end_reading()
        found += [{"rule": name, "what": what} for what in rule(gateway)]
    end_reading()
    return found


def audit() -> tuple[list[dict[str, str]], dict[str, int]]:
    """Every violation as {"rule", "what"}, and how many rows there were to check."""
    found = [{"rule": name, "what": what} for name, rule in RULES.items() for what in rule()]
    tables = {"orders": Order, "tickets": Ticket, "payments": Payment, "letters": Letter, "receipts": Receipt}
    counted = {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
    return found, counted
