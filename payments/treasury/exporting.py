"""Every export of the treasury: page, command and API call `export_rows` and one of the writers.

Rows are read as they are written, so that a file needs no more memory than a page; their order is fixed, so that the
same data gives the same file; totals stand last, one for each currency.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext, lazy_gettext, local
from events.core.refusal import Refusal
from events.guests.models import Party
from events.tickets.models import Ticket
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import Receipt
from payments.treasury.rows import Column, Row, Scope, scope_of, with_totals
from payments.treasury.writing import write_csv, write_xlsx

__all__ = ["EXPORTS", "FORMATS", "Export", "export_rows", "write_csv", "write_xlsx"]

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 500
"""Rows fetched at a time."""


@dataclass(frozen=True)
class Export:
    """One kind of file: its name in addresses and commands, what it is called, what it is for, its columns."""

    name: str
    title: str
    purpose: str
    columns: tuple[Column, ...]
    read: Callable[[Scope, str], Iterator[Row]]


def export_rows(
    what: str,
    *,
    organisation_ids: Collection[int] | None = None,
    event: Event | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    language: str = "en",
) -> Iterator[Row]:
    """The rows of one export, then its totals. Days are included on both ends, in the organisation's time zone.

    `language` chooses among the names that ticket types have. Raises Refusal for an unknown export.
    """
    export = get_export(what)
    scope = scope_of(organisation_ids, event, date_from, date_to)
    return with_totals(export.columns, export.read(scope, language))


def get_export(what: str) -> Export:
    """The export of this name; raises Refusal for an unknown one."""
    if what not in EXPORTS:
        raise Refusal("unknown_export", gettext("There is no such export."), status=404)
    return EXPORTS[what]


def _orders(scope: Scope, _language: str) -> Iterator[Row]:
    """Orders whose money fulfilled them: what the ledger calls sales."""
    sums = (
        select(
            OrderLine.order_id,
            func.sum(OrderLine.benefit).label("benefit"),
            func.sum(OrderLine.gift).label("gift"),
            func.sum(case((OrderLine.kind == "fee_cover", OrderLine.amount), else_=0)).label("fee_cover"),
        )
        .group_by(OrderLine.order_id)
        .subquery()
    )
    query = (
        select(Order, Event.slug, Party.name, Party.email, sums.c.benefit, sums.c.gift, sums.c.fee_cover)
        .add_columns(Payment.reference)
        .join(Event, Event.id == Order.event_id)
        .join(Party, Party.id == Order.party_id)
        .outerjoin(sums, sums.c.order_id == Order.id)
        .outerjoin(Payment, (Payment.order_id == Order.id) & (Payment.outcome == "fulfilled"))
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at))
        .order_by(Order.paid_at, Order.id)
    )
    for order, slug, name, email, benefit, gift, fee_cover, reference in _stream(query):
        ordered, paid = (scope.day(moment, order.organisation_id) for moment in (order.created_at, order.paid_at))
        amounts = (int(benefit or 0), int(gift or 0), int(fee_cover or 0), order.total)
        about = (order.code, paid, name, order.status)
        yield Row((*about, *amounts, order.currency, ordered, slug, email, reference), order.currency)


def _lines(scope: Scope, language: str) -> Iterator[Row]:
    query = (
        select(OrderLine, Order, Ticket.number)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Ticket, Ticket.id == OrderLine.ticket_id)
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at))
        .order_by(Order.paid_at, Order.id, OrderLine.id)
    )
    for line, order, number in _stream(query):
        fee_cover = line.amount if line.kind == "fee_cover" else 0
        about = (order.code, scope.day(order.paid_at, order.organisation_id), line.kind, local(line.name, language))
        ticket = f"{number:04}" if number is not None else None
        amounts = (line.benefit, line.gift, fee_cover, line.amount)
        yield Row((*about, ticket, *amounts, order.currency), order.currency)


def _receipts(scope: Scope, _language: str) -> Iterator[Row]:
    """The register. A cancelled receipt keeps its line, and counts for nothing."""
    before = aliased(Receipt)
    query = (
        select(Receipt, Order.organisation_id, before.number)
        .join(Order, Order.id == Receipt.order_id)
        .outerjoin(before, before.id == Receipt.replaces_id)
        .where(scope.condition(Receipt.issued_at))
        .order_by(Receipt.series_id, Receipt.sequence)
    )
    for receipt, organisation_id, replaces in _stream(query):
        days = (scope.day(moment, organisation_id) for moment in (receipt.issued_at, receipt.received_at))
        amounts = (receipt.paid, receipt.benefit, receipt.eligible)
        cells = (receipt.number, receipt.state, *days, receipt.donor_name, *amounts, receipt.currency, replaces)
        yield Row(cells, receipt.currency, counts=receipt.state != "cancelled")


def _stream(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """A few rows in memory at a time, on the server's side too; objects are let go of as we pass."""
    return iter(db.session.execute(query, execution_options={"yield_per": AT_ONCE}))


_MONEY = (Column("benefit", "money"), Column("gift", "money"), Column("fee_cover", "money"))

EXPORTS = {
    export.name: export
    for export in (
        Export(
            "orders",
            lazy_gettext("Orders"),
            lazy_gettext("One line per paid order: who bought, what was a gift and what a meal. For the accounts."),
            (
                Column("order", width=9),
                Column("paid", "day", 11),
                Column("buyer", width=26),
                Column("status", width=15),
                *_MONEY,
                Column("total", "money"),
                Column("currency", width=9),
                Column("ordered", "day", 11),
                Column("event", width=20),
                Column("email", width=30),
                Column("payment", width=30),
            ),
            _orders,
        ),
        Export(
            "lines",
            lazy_gettext("Order lines"),
            lazy_gettext("One line per ticket, gift and fee cover: to see which places brought what."),
            (
                Column("order", width=9),
                Column("paid", "day", 11),
                Column("kind", width=11),
                Column("name", width=30),
                Column("ticket", width=8),
                *_MONEY,
                Column("amount", "money"),
                Column("currency", width=9),
            ),
            _lines,
        ),
        Export(
            "receipts",
            lazy_gettext("Receipt register"),
            lazy_gettext("Every receipt under its number. Cancelled ones keep their line and stay out of the total."),
            (
                Column("no", width=16),
                Column("state", width=11),
                Column("issued", "day", 11),
                Column("received", "day", 11),
                Column("donor", width=26),
                Column("paid", "money"),
                Column("benefit", "money"),
                Column("eligible", "money"),
                Column("currency", width=9),
                Column("replaces", width=16),
            ),
            _receipts,
        ),
    )
}
