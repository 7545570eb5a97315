"""What is written to donors about their receipts. Composers run in the reader's language."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from payments.receipts import papers
from payments.receipts.models import Receipt


def receipt_issued(args: Mapping[str, Any]) -> Message:
    """The receipt, as PDF in the letter; what it takes the place of. One cancelled meanwhile is said to be so."""
    return _about(int(args["receipt_id"]))


def receipt_cancelled(args: Mapping[str, Any]) -> Message:
    """A receipt may no longer be used, and no other takes its place."""
    return _about(int(args["receipt_id"]))


def _about(receipt_id: int) -> Message:
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
