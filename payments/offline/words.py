"""How an invoice stands, in words for staff."""

from typing import Final

from events.core.i18n import lazy_gettext as _

INVOICE: Final = {
    "held": _("open"),
    "waiting": _("open"),
    "processing": _("open"),
    "paid": _("paid"),
    "partly_refunded": _("partly refunded"),
    "refunded": _("refunded"),
    "refund_due": _("to be given back"),
    "expired": _("never paid"),
    "failed": _("never paid"),
    "cancelled": _("order cancelled"),
    "needs_review": _("to be looked at"),
}
"""By the state of its order."""
