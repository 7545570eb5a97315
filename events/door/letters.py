"""The one letter of the door: both lists on paper, for whoever runs the evening."""

from collections.abc import Mapping
from typing import Any

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.door import figures, lists
from events.mail.links import absolute
from events.mail.message import Attachment, Message


def door_lists(args: Mapping[str, Any]) -> Message:
    """The lists by name and by table, as they stand when the letter is sent."""
    event = db.session.get_one(Event, args["event_id"], populate_existing=True)
    papers = [
        Attachment(f"{event.slug}-{order}.pdf", "application/pdf", lists.print_list(event, order))
        for order in lists.ORDERS
    ]
    context = {
        "event": event,
        "organisation": event.organisation,
        "expected": figures.of_event(event.id)["expected"],
        "door_url": absolute("door.manage", slug=event.slug),
    }
    subject = _("Guest lists for tonight: %(title)s", title=local(event.title))
    return Message(subject, "door_lists", context, papers)
