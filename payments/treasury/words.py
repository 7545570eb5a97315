"""What staff read for the states and ways that a list of orders is narrowed to; the list begins each with a capital."""

from typing import Final

from events.core.i18n import lazy_gettext as _

STATES: Final = {
    "awaiting": _("Awaiting payment"),
    "paid": _("paid"),
    "back": _("refunded"),
    "review": _("To be looked at"),
    "disputed": _("Disputed"),
    "unpaid": _("never paid"),
    "cancelled": _("Cancelled"),
}
WAYS: Final = {
    "stripe": _("Card"),
    "transfer": _("Bank transfer"),
    "cash": _("Cash"),
    "door": _("At the door"),
    "comp": _("Invitation"),
    "free": _("Free of charge"),
}
