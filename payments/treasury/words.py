"""What columns and states are called on the page; in files they keep their English keys."""

from events.core.i18n import lazy_gettext

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
}
"""Of orders, receipts and order lines."""
