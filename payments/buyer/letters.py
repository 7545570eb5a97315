"""What is written around a change of an order. Secrets are drawn now, each in a transaction of its own."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.mail.links import absolute
from events.mail.message import Message
from payments.buyer import changing, proving
from payments.buyer.models import EmailChange, OrderCode
from payments.orders.models import Order
from payments.receipts.letters import standing_paper


def order_code(args: Mapping[str, Any]) -> Message:
    """The code that opens the changes of an order."""
    with transaction():
        digits = proving.draw(args["code_id"])
    order = db.session.get_one(OrderCode, args["code_id"]).order
    context = _around(order) | {"code": digits, "minutes": int(proving.LIFETIME.total_seconds() // 60)}
    return _message(order, _("Your code for order %(code)s", code=order.code), "order_code", context)


def confirm_email(args: Mapping[str, Any]) -> Message:
    """To a new address: the link that makes it the order's. The order's own link is not in it."""
    with transaction():
        secret = changing.draw(args["change_id"])
    order = db.session.get_one(EmailChange, args["change_id"]).order
    context = _around(order) | {"link": absolute("buyer.address", secret=secret)}
    return _message(order, _("Confirm this address for order %(code)s", code=order.code), "confirm_email", context)


def email_changed(args: Mapping[str, Any]) -> Message:
    """To the old address: where the order's letters went until now. The new address is not told."""
    order = db.session.get_one(Order, args["order_id"])
    subject = _("Order %(code)s has another e-mail address", code=order.code)
    return _message(order, subject, "email_changed", _around(order))


def ticket_passed_on(args: Mapping[str, Any]) -> Message:
    """To the buyer: one of the tickets has another number now. The new code is the new guest's."""
    order = db.session.get_one(Order, args["order_id"])
    context = _around(order) | {"old": args["old"], "new": args["new"]}
    context["order_url"] = absolute("orders.order", token=order.token)
    return _message(order, _("A ticket of order %(code)s was passed on", code=order.code), "ticket_passed_on", context)


def seat_given(args: Mapping[str, Any]) -> Message:
    """To the buyer: the seat is for somebody else now, and its price a gift; with the receipt that says so."""
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    cancelled = [receipt.number for receipt in order.receipts if receipt.state == "cancelled"]
    number, attached = standing_paper(order.id)
    numbers = str(args["numbers"]).split(",")
    context = _around(order) | {
        "numbers": numbers,
        "turned": int(args["turned"]),
        "cancelled_receipts": cancelled,
        "receipt_number": number,
        "order_url": absolute("orders.order", token=order.token),
    }
    subject = ngettext("Thank you: one seat given back", "Thank you: %(num)s seats given back", len(numbers))
    return Message(subject, "seat_given", context, attached, reply_to=order.event.organisation.email)


def _around(order: Order) -> dict[str, Any]:
    return {"order": order, "event": order.event, "organisation": order.event.organisation}


def _message(order: Order, subject: str, template: str, context: Mapping[str, Any]) -> Message:
    return Message(subject, template, context, reply_to=order.event.organisation.email)
