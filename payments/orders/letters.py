"""What is written to buyers. Composers run in the reader's language when the letter is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select, true

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language, local, ngettext
from events.guests import announcing, notices
from events.guests.models import Party
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from events.tickets.models import Ticket
from events.tickets.printing import calendar_file, name_of_all, print_tickets
from payments.orders.billing import standing
from payments.orders.models import Order, Payment


def order_paid(args: Mapping[str, Any]) -> Message:
    """Thanks, and every ticket in one letter: a PDF with a page for each, and the evening for the calendar."""
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    tickets = [line.ticket for line in order.lines if line.ticket is not None and line.ticket.status == "valid"]
    count = len(tickets)
    if tickets and order.event.is_cancelled:
        return _too_late(order)
    subject = (
        ngettext("Your seat: %(title)s", "Your %(num)s seats: %(title)s", count, title=local(order.event.title))
        if tickets
        else _("Thank you for your gift")
    )
    context = _around(order) | {
        "tickets": [(ticket, absolute("tickets.ticket", token=ticket.token)) for ticket in tickets],
        "bill": standing(order),
        "back": order.total - sum(line.left for line in order.lines),
    }
    return Message(subject, "order_paid", context, _papers(order, tickets), reply_to=order.event.organisation.email)


def _too_late(order: Order) -> Message:
    """Paid in the moment when the evening was cancelled: no ticket is sent that opens no door."""
    subject = _("Cancelled: %(title)s", title=local(order.event.title))
    return Message(subject, "paid_too_late", _around(order), reply_to=order.event.organisation.email)


def evening_thanks(args: Mapping[str, Any]) -> Message:
    """Thanks after the evening, and what the order came to: what went back is no longer in it."""
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    issued = [receipt.number for receipt in order.receipts if receipt.state == "issued"]
    context = _around(order) | {
        "came": any(line.ticket is not None and line.ticket.status == "valid" for line in order.lines),
        "paid": sum(line.left for line in order.lines),
        "meal": sum(line.benefit_left for line in order.lines),
        "gift": sum(line.gift_left for line in order.lines),
        "receipt_url": absolute("receipts.own", token=order.token),
        "receipts": [(number, absolute("receipts.own_paper", token=order.token, number=number)) for number in issued],
    }
    subject = _("Thank you: %(title)s", title=local(order.event.title))
    return Message(subject, "evening_thanks", context, reply_to=order.event.organisation.email)


def payment_under_way(args: Mapping[str, Any]) -> Message:
    """The pay page is done with and the money has not come: the buyer may have closed the only page that says so."""
    return _about(args, "payment_under_way", _("Your payment is on its way: %(title)s"))


def payment_failed(args: Mapping[str, Any]) -> Message:
    """The slow money never came: nothing was charged, and the seats are free again."""
    return _about(args, "payment_failed", _("The payment did not go through: %(title)s"))


def _about(args: Mapping[str, Any], template: str, subject: str) -> Message:
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    titled = subject % {"title": local(order.event.title)}
    context = _around(order) | {"seats": any(line.kind == "ticket" for line in order.lines)}
    return Message(titled, template, context, reply_to=order.event.organisation.email)


def evening_cancelled(args: Mapping[str, Any]) -> Message:
    """As guests read it; who paid hears of the money, too."""
    message = notices.evening_cancelled(args)
    return replace(message, context={**message.context, "paid": "party_id" in args and _has_paid(args["party_id"])})


def _has_paid(party_id: int) -> bool:
    """With this order or another one from the same address."""
    mine = select(Party.event_id, func.lower(Party.email).label("email")).where(Party.id == party_id).subquery()
    same = or_(Party.id == party_id, (Party.event_id == mine.c.event_id) & (func.lower(Party.email) == mine.c.email))
    paid = Order.status.in_(("paid", "partly_refunded")) & (Order.total > 0)
    found = select(Order.id).join(Party).join(mine, true()).where(same, paid)
    return db.session.scalar(found.limit(1)) is not None


def order_called_off(args: Mapping[str, Any]) -> Message:
    """Somebody of the organisation has called an unpaid order off: its buyer shall not pay any more."""
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    subject = _("Order %(code)s is cancelled", code=order.code)
    return Message(subject, "order_called_off", _around(order), reply_to=order.event.organisation.email)


def late_refund(args: Mapping[str, Any]) -> Message:
    """The money came after the places had gone: it is on its way back."""
    return _refund(args["payment_id"], "late_refund", _("Your payment is on its way back to you"))


def duplicate_refund(args: Mapping[str, Any]) -> Message:
    """The order had been paid already: the second payment is on its way back."""
    return _refund(args["payment_id"], "duplicate_refund", _("Your second payment is on its way back to you"))


def _refund(payment_id: int, template: str, subject: str) -> Message:
    payment = db.session.get_one(Payment, payment_id)
    order = db.session.get_one(Order, payment.order_id, populate_existing=True)
    context = _around(order) | {"payment": payment}
    return Message(subject, template, context, reply_to=order.event.organisation.email)


def _around(order: Order) -> dict[str, Any]:
    event = order.event
    return {
        "order": order,
        "event": event,
        "organisation": event.organisation,
        "order_url": absolute("orders.order", token=order.token),
        "event_url": absolute("catalogue.event", slug=event.slug),
    }


def _papers(order: Order, tickets: Sequence[Ticket]) -> list[Attachment]:
    if not tickets:
        return []
    paper = print_tickets(tickets, language(), payer=order.party.name)
    return [
        Attachment(name_of_all(order.code), "application/pdf", paper),
        calendar_file(order.event),
    ]


ORDER_LETTERS = {
    "payment_under_way": payment_under_way,
    "payment_failed": payment_failed,
    "order_called_off": order_called_off,
    announcing.CANCELLED: evening_cancelled,
    "late_refund": late_refund,
    "duplicate_refund": duplicate_refund,
}
"""By their kind, as the outbox knows them."""
