"""What endpoints may hear of, with the sentence that staff read."""

from events.core.i18n import lazy_gettext

KINDS = {
    "order.paid": lazy_gettext("An order is paid"),
    "order.refunded": lazy_gettext("Money of an order went back"),
    "order.cancelled": lazy_gettext("An order is called off"),
    "ticket.issued": lazy_gettext("A ticket is good from now on"),
    "ticket.void": lazy_gettext("A ticket opens no door any more"),
    "admission.recorded": lazy_gettext("A guest came in, or was let out again"),
}

TEST = "test.ping"
"""What the test button sends, to every endpoint."""
