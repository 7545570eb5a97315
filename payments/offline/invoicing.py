"""Invoices: numbered 1, 2, 3 without a gap per organisation and year, and set on paper whenever one is asked for."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import count_on, db
from events.core.i18n import day, gettext, in_language, language, local, money
from events.core.pdf import render
from payments.offline.models import Invoice, InvoiceSeries
from payments.orders.billing import bill
from payments.orders.models import Order


def issue(order: Order, company: str, tax_id: str, address: str, actor: str) -> Invoice:
    """An invoice for the whole order. The series' counter is the last row that the caller's transaction touches."""
    moment = clock.now()
    organisation = order.event.organisation
    year = moment.astimezone(ZoneInfo(organisation.time_zone)).year
    series = count_on(InvoiceSeries, {"organisation_id": organisation.id, "year": year})
    invoice = Invoice(
        series_id=series.id,
        sequence=series.last,
        number=f"I-{year}-{series.last:06}",
        order_id=order.id,
        company=company,
        tax_id=tax_id,
        address=address,
        amount=order.total,
        currency=order.currency,
        issued_at=moment,
        due_at=order.held_until,
        issued_by=actor,
    )
    db.session.add(invoice)
    db.session.flush()
    return invoice


def find_invoice(order_id: int) -> Invoice | None:
    """The order's invoice, if a company asked for one."""
    return db.session.scalar(select(Invoice).where(Invoice.order_id == order_id))


def print_invoice(invoice: Invoice, lang: str) -> bytes:
    """The PDF, in the buyer's language; the same bytes each time."""
    with in_language(lang):
        return render("invoice.typ", _data(invoice), made_at=invoice.issued_at)


def seller(house: Organisation) -> list[str]:
    """Who asks, line by line."""
    return [house.legal_name, *house.address.splitlines(), *_tax(house.tax_id or "")]


def buyer(invoice: Invoice) -> list[str]:
    """Who is asked, line by line."""
    return [invoice.company, *invoice.address.splitlines(), *_tax(invoice.tax_id)]


def _data(invoice: Invoice) -> Mapping[str, Any]:
    order, house = invoice.order, invoice.order.event.organisation
    paid = bill(order)
    return {
        "lang": language(),
        "number": invoice.number,
        "seller": seller(house),
        "buyer": buyer(invoice),
        "for": f"{local(order.event.title)}, {day(order.event.starts_at, order.event.time_zone)}",
        "facts": [
            [gettext("Date"), day(invoice.issued_at, house.time_zone)],
            [gettext("Order"), order.code],
            [gettext("To be paid by"), day(invoice.due_at, house.time_zone)],
            [gettext("Payment reference"), order.transfer_reference],
        ],
        "lines": [[words, money(amount, order.currency)] for words, amount in paid.lines],
        "total": money(invoice.amount, invoice.currency),
        "account": house.bank_account.splitlines(),
        "split": [
            gettext("%(amount)s in gifts", amount=money(paid.gift, order.currency)) if paid.gift else "",
            gettext("%(amount)s for meals", amount=money(paid.benefit, order.currency)) if paid.benefit else "",
        ],
        "labels": {
            "title": gettext("Invoice %(number)s", number=invoice.number),
            "to": gettext("To"),
            "total": gettext("Total"),
            "account": gettext("Please transfer to"),
        },
    }


def _tax(number: str) -> list[str]:
    return [gettext("Tax id %(number)s", number=number)] if number else []
