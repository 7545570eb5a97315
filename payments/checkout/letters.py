"""What is written before an order stands."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.mail.links import absolute
from events.mail.message import Message
from payments.checkout import confirming
from payments.orders.models import Order


def confirm_order(args: Mapping[str, Any]) -> Message:
    """The link that confirms an order which costs nothing. Its secret is drawn now, in a transaction of its own."""
    with transaction():
        secret = confirming.draw(args["order_id"])
    order = db.session.get_one(Order, args["order_id"])
    context = {
        "order": order,
        "event": order.event,
        "organisation": order.event.organisation,
        "event_url": absolute("catalogue.event", slug=order.event.slug),
        "link": absolute("checkout.confirm", token=order.token, secret=secret),
    }
    subject = _("One click, and your seat is kept: %(title)s", title=local(order.event.title))
    return Message(subject, "confirm_order", context, reply_to=order.event.organisation.email)
