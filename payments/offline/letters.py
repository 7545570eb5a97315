"""How to pay by transfer, with the invoice where a company asked for one."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language, local
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from payments.offline import invoicing
from payments.orders.billing import bill
from payments.orders.models import Order


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
