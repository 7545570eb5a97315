"""Receipts: the register under its numbers, and the lists that tax offices take instead of papers."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from events.catalogue.models import Organisation
from events.guests.models import Party
from payments.exports.rows import Column, Row, Scope, Source
from payments.orders.models import Order, OrderLine
from payments.receipts.models import DonorDetails, Receipt, ReceiptPart, ReceiptSeries

REGISTER_COLUMNS = (
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
)
GIFT_AID_COLUMNS = (
    Column("title", width=7),
    Column("first_name", width=16),
    Column("last_name", width=16),
    Column("house", width=12),
    Column("postcode", width=10),
    Column("aggregated", width=11),
    Column("sponsored", width=10),
    Column("date", "day", 11),
    Column("amount", "money"),
)
E_DONATION_COLUMNS = (
    Column("received", "day", 11),
    Column("tax_id", width=16),
    Column("name", width=30),
    Column("amount", "money"),
)
TITLE, NAME, HOUSE = 4, 35, 40
"""Letters that the schedule takes (https://www.gov.uk/guidance/schedule-spreadsheet-to-claim-back-tax-on-gift-aid-donations)."""


def register(scope: Scope, _language: str) -> Source:
    """Every receipt under its number. A cancelled one keeps its line, and counts for nothing."""
    before = aliased(Receipt)
    query = (
        select(Order.organisation_id, Receipt.number, Receipt.state, Receipt.issued_at, Receipt.received_at)
        .add_columns(Receipt.donor_name, Receipt.paid, Receipt.benefit, Receipt.eligible, Receipt.currency)
        .add_columns(before.number.label("replaces"))
        .join(Order, Order.id == Receipt.order_id)
        .outerjoin(before, before.id == Receipt.replaces_id)
        .where(scope.condition(Receipt.issued_at.expression))
        .order_by(Receipt.series_id, Receipt.sequence)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        day = scope.day
        for whose, number, state, issued, received, donor, paid, benefit, eligible, currency, replaces in records:
            days = (day(issued, whose), day(received, whose))
            cells = (number, state, *days, donor, paid, benefit, eligible, currency, replaces)
            yield Row(cells, currency, state != "cancelled")

    return Source(query, rows)


def gift_aid(scope: Scope, _language: str) -> Source:
    """Declared gifts on British receipts that stand: what may be claimed for. One line per order."""
    query = (
        select(Order.organisation_id, Receipt.currency, ReceiptPart.received_at, ReceiptPart.eligible)
        .add_columns(DonorDetails.title, DonorDetails.first_name, DonorDetails.last_name)
        .add_columns(DonorDetails.house, DonorDetails.postcode)
        .join(ReceiptPart, ReceiptPart.receipt_id == Receipt.id)
        .join(Order, Order.id == ReceiptPart.order_id)
        .join(ReceiptSeries, ReceiptSeries.id == Receipt.series_id)
        .join(DonorDetails, DonorDetails.order_id == Order.id)
        .where(Receipt.state == "issued", ReceiptSeries.profile == "UK", ReceiptPart.eligible > 0)
        .where(DonorDetails.declared_at.is_not(None), scope.condition(ReceiptPart.received_at.expression))
        .order_by(ReceiptPart.received_at, Order.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            name = (it.title[:TITLE], it.first_name[:NAME], it.last_name[:NAME])
            when = scope.day(it.received_at, it.organisation_id)
            yield Row((*name, it.house[:HOUSE], it.postcode.upper(), None, None, when, it.eligible), it.currency)

    return Source(query, rows)


def e_donation(scope: Scope, _language: str) -> Source:
    """Gifts to Thai organisations by donors whose tax id is known, less what went back. One line per order."""
    given = OrderLine.amount - OrderLine.benefit + OrderLine.turned
    left = func.sum(given - OrderLine.back_gift - OrderLine.back_fee)
    gifts = select(OrderLine.order_id, left.label("gift")).group_by(OrderLine.order_id).subquery()
    query = (
        select(Order.organisation_id, Order.currency, Order.paid_at, gifts.c.gift, Party.name, DonorDetails.tax_id)
        .add_columns(DonorDetails.company, DonorDetails.first_name, DonorDetails.last_name)
        .join(Organisation, Organisation.id == Order.organisation_id)
        .join(Party, Party.id == Order.party_id)
        .join(DonorDetails, DonorDetails.order_id == Order.id)
        .join(gifts, gifts.c.order_id == Order.id)
        .where(Organisation.receipt_profile == "TH", DonorDetails.tax_id != "", gifts.c.gift > 0)
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at.expression))
        .order_by(Order.paid_at, Order.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            name = it.company or f"{it.first_name} {it.last_name}".strip() or it.name
            cells = (scope.day(it.paid_at, it.organisation_id), it.tax_id, name, int(it.gift))
            yield Row(cells, it.currency)

    return Source(query, rows)
