"""Receipts in letters: one of their own, or beside the tickets. Composers run in the reader's language."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from payments.orders import letters as orders
from payments.orders.models import Order
from payments.receipts import judging, papers
from payments.receipts.models import Receipt


def order_paid(args: Mapping[str, Any]) -> Message:
    """The letter of the sale, with the order's receipt as one more paper where there is one."""
    number, papers_of_it = standing_paper(int(args["order_id"]))
    message = orders.order_paid(args)
    context = {**message.context, "receipt_number": number}
    return replace(message, context=context, attachments=[*message.attachments, *papers_of_it])


def standing_paper(order_id: int) -> tuple[str | None, list[Attachment]]:
    """Number and PDF of the receipt that an order's buyer may use now; none while there is none."""
    receipt = judging.standing(db.session.get_one(Order, order_id))
    if receipt is None or receipt.state != "issued":
        return None, []
    number, receipt_id = receipt.number, receipt.id
    return number, [Attachment(f"{number}.pdf", "application/pdf", papers.keep(receipt_id).pdf)]


def receipt_issued(args: Mapping[str, Any]) -> Message:
    """The receipt, as PDF in the letter; what it takes the place of. One cancelled meanwhile is said to be so."""
    receipt_id = int(args["receipt_id"])
    paper = papers.keep(receipt_id)
    receipt = db.session.get_one(Receipt, receipt_id, populate_existing=True)
    order, stands = receipt.order, receipt.state == "issued"
    facts = papers.facts_of(receipt_id)
    context = {
        "receipt": receipt,
        "replaced": facts["replaces"] if stands else None,
        "organisation": order.event.organisation,
        "codes": [payment["order"] for payment in facts["payments"]],
        "order_url": absolute("orders.order", token=order.token),
    }
    subject = _("Your receipt %(number)s", number=receipt.number)
    if not stands:
        subject = _("Your receipt %(number)s may no longer be used", number=receipt.number)
    attached = [Attachment(f"{receipt.number}.pdf", "application/pdf", paper.pdf)] if stands else []
    return Message(subject, "receipt", context, attached, reply_to=order.event.organisation.email)
