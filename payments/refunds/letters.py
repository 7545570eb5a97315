"""What is written to buyers about money on its way back. Composers run in the reader's language."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.mail.links import absolute
from events.mail.message import Message
from payments.orders.models import Order
from payments.receipts.letters import standing_paper
from payments.refunds.models import Refund


def refund_sent(args: Mapping[str, Any]) -> Message:
    """What goes back, how much, when it arrives, and which tickets are void now."""
    return _about(args, "refund_sent", _("Your money is on its way back"))


def refund_waits(args: Mapping[str, Any]) -> Message:
    """Some ways of paying have no way back: Stripe asks the buyer for an account."""
    return _about(args, "refund_waits", _("Your refund waits for you"))


def refund_failed(args: Mapping[str, Any]) -> Message:
    """The bank sent it back; nobody needs to ask for it again."""
    return _about(args, "refund_failed", _("Your refund did not arrive"))


def _about(args: Mapping[str, Any], template: str, subject: str) -> Message:
    refund = db.session.get_one(Refund, args["refund_id"], populate_existing=True)
    order = db.session.get_one(Order, refund.order_id, populate_existing=True)
    event = order.event
    cancelled = [receipt.number for receipt in order.receipts if receipt.state == "cancelled"]
    number, attached = standing_paper(order.id) if cancelled else (None, [])
    void = {line.ticket_id for line in refund.lines if line.ticket_id}
    context = {
        "refund": refund,
        "order": order,
        "event": event,
        "organisation": event.organisation,
        "order_url": absolute("orders.order", token=order.token),
        "lines": [(line.line.name, line.benefit + line.gift + line.fee) for line in refund.lines],
        "cancelled_receipts": cancelled,
        "receipt_number": number,
        "void": [line.ticket.short_number for line in order.lines if line.ticket and line.ticket_id in void],
    }
    return Message(subject, template, context, attached, reply_to=event.organisation.email)
