"""What staff read for the states and ways that a list of orders is narrowed to."""

from typing import Final

from events.core.i18n import lazy_gettext as _

STATES: Final = {
    "awaiting": _("Awaiting payment"),
    "paid": _("Paid"),
    "back": _("Refunded"),
    "review": _("To be looked at"),
    "disputed": _("Disputed"),
    "unpaid": _("Never paid"),
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
