"""What columns and states are called on the page, and how cells are written there; files keep their English keys."""

from datetime import date
from decimal import Decimal

from events.core.i18n import decimal, language, lazy_gettext, short_day
from events.core.money import exponent, major
from payments.exports.rows import Cell, Column

COLUMNS = {
    "order": lazy_gettext("Order"),
    "event": lazy_gettext("Evening"),
    "ordered": lazy_gettext("Ordered"),
    "paid": lazy_gettext("Paid"),
    "status": lazy_gettext("Status"),
    "buyer": lazy_gettext("Buyer"),
    "email": lazy_gettext("E-mail"),
    "benefit": lazy_gettext("Meal"),
    "gift": lazy_gettext("Gift"),
    "fee_cover": lazy_gettext("Fee cover"),
    "total": lazy_gettext("Total"),
    "amount": lazy_gettext("Amount"),
    "currency": lazy_gettext("Currency"),
    "payment": lazy_gettext("Payment"),
    "kind": lazy_gettext("Kind"),
    "name": lazy_gettext("Name"),
    "ticket": lazy_gettext("Ticket"),
    "no": lazy_gettext("No."),
    "state": lazy_gettext("State"),
    "issued": lazy_gettext("Issued"),
    "received": lazy_gettext("Received"),
    "donor": lazy_gettext("Donor"),
    "eligible": lazy_gettext("Counts as a gift"),
    "replaces": lazy_gettext("Replaces"),
    "returned": lazy_gettext("Given back"),
    "kept": lazy_gettext("Kept"),
    "orders": lazy_gettext("Orders"),
    "first": lazy_gettext("First order"),
    "last": lazy_gettext("Last order"),
    "refund": lazy_gettext("Refund id"),
    "decided": lazy_gettext("Decided"),
    "why": lazy_gettext("Why"),
    "payout": lazy_gettext("Payout"),
    "arrival": lazy_gettext("Arrival"),
    "txn": lazy_gettext("Movement"),
    "category": lazy_gettext("Category"),
    "gross": lazy_gettext("Gross"),
    "fee": lazy_gettext("Fee"),
    "net": lazy_gettext("Net"),
    "presentment_amount": lazy_gettext("Buyer’s amount"),
    "presentment_currency": lazy_gettext("Buyer’s currency"),
    "rate": lazy_gettext("Rate"),
    "entry_id": lazy_gettext("Entry"),
    "journal": lazy_gettext("Journal"),
    "seq": lazy_gettext("No."),
    "date": lazy_gettext("Date"),
    "account": lazy_gettext("Account"),
    "debit": lazy_gettext("Debit"),
    "credit": lazy_gettext("Credit"),
    "base_amount": lazy_gettext("In the books’ currency"),
    "receipt": lazy_gettext("Receipt"),
    "stripe_txn": lazy_gettext("Movement"),
    "memo": lazy_gettext("Memo"),
    "title": lazy_gettext("Title (Mr, Ms)"),
    "first_name": lazy_gettext("First name"),
    "last_name": lazy_gettext("Last name"),
    "house": lazy_gettext("House"),
    "postcode": lazy_gettext("Postcode"),
    "aggregated": lazy_gettext("Aggregated"),
    "sponsored": lazy_gettext("Sponsored"),
    "tax_id": lazy_gettext("Tax id"),
    "promised": lazy_gettext("Promised"),
    "table": lazy_gettext("Table"),
    "paddle": lazy_gettext("Paddle"),
    "phone": lazy_gettext("Telephone"),
    "outstanding": lazy_gettext("Outstanding"),
    "received_amount": lazy_gettext("Paid"),
    "reminders": lazy_gettext("Reminders"),
}

STATES = {
    "held": lazy_gettext("being paid"),
    "waiting": lazy_gettext("waiting for Stripe"),
    "processing": lazy_gettext("money on its way"),
    "paid": lazy_gettext("paid"),
    "refund_due": lazy_gettext("to be given back"),
    "needs_review": lazy_gettext("to be looked at"),
    "refunded": lazy_gettext("refunded"),
    "partly_refunded": lazy_gettext("partly refunded"),
    "issued": lazy_gettext("issued"),
    "cancelled": lazy_gettext("cancelled"),
    "contested": lazy_gettext("contested"),
    "ticket": lazy_gettext("ticket"),
    "gift": lazy_gettext("gift"),
    "fee_cover": lazy_gettext("fee cover"),
    "promised": lazy_gettext("promised"),
    "withdrawn": lazy_gettext("withdrawn"),
    "lapsed": lazy_gettext("lapsed"),
}
"""Of orders, receipts, order lines and pledges."""

FORMATS = {
    "csv": "CSV",
    "import": lazy_gettext("CSV for import"),
    "xlsx": "XLSX",
    "json": "JSON",
    "txt": lazy_gettext("The FEC file"),
    "beancount": "Beancount",
    "hledger": lazy_gettext("Journal file"),
    "pdf": lazy_gettext("One PDF"),
    "zip": lazy_gettext("Zip of PDFs"),
}

NUMBERS = ("money", "count", "decimal")
"""Kinds of columns that stand at the right."""


def written(column: Column, cell: Cell, currency: str) -> str:
    """One cell as the page shows it."""
    if column.kind == "money" and isinstance(cell, int):
        return plain_amount(cell, currency)
    if isinstance(cell, Decimal):
        return decimal(cell, language(), max(2, -int(cell.as_tuple().exponent)))
    if isinstance(cell, date):
        return short_day(cell)
    shown = STATES.get(str(cell), cell) if column.key in {"status", "state", "kind"} else cell
    return str(shown) if shown is not None else ""


def plain_amount(amount: int, currency: str) -> str:
    """An amount in a column of such: all decimals, and no currency."""
    return decimal(major(amount, currency), language(), exponent(currency))
