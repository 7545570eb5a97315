"""How to pay by transfer, with the invoice where a company asked for one; and what an invoice no longer asks for."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language, local
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from payments.offline import crediting, invoicing
from payments.offline.models import CreditNote
from payments.orders.billing import bill
from payments.orders.models import Order


def credit_note(args: Mapping[str, Any]) -> Message:
    """What the invoice no longer asks for, as a paper for the company's books."""
    note = db.session.get_one(CreditNote, args["credit_note_id"])
    order = note.invoice.order
    context = {
        "note": note,
        "order": order,
        "event": order.event,
        "organisation": order.event.organisation,
        "order_url": absolute("orders.order", token=order.token),
    }
    paper = Attachment(f"{note.number}.pdf", "application/pdf", crediting.print_credit_note(note, language()))
    subject = _("Credit note %(number)s", number=note.number)
    return Message(subject, "credit_note", context, [paper], reply_to=order.event.organisation.email)


def transfer_asked(args: Mapping[str, Any]) -> Message:
    """Amount, reference, account and the day until which the seats are kept."""
    order = db.session.get_one(Order, args["order_id"], populate_existing=True)
    invoice = invoicing.find_invoice(order.id)
    papers = []
    if invoice is not None:
        paper = invoicing.print_invoice(invoice, language())
        papers.append(Attachment(f"{invoice.number}.pdf", "application/pdf", paper))
    context = {
        "order": order,
        "event": order.event,
        "organisation": order.event.organisation,
        "bill": bill(order),
        "invoice": invoice,
        "seats": any(line.kind == "ticket" for line in order.lines),
        "order_url": absolute("orders.order", token=order.token),
        "event_url": absolute("catalogue.event", slug=order.event.slug),
    }
    title = local(order.event.title)
    subject = _("Your seats are kept: %(title)s", title=title) if context["seats"] else _("Your gift by bank transfer")
    return Message(subject, "transfer_asked", context, papers, reply_to=order.event.organisation.email)
