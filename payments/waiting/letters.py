"""What is written to people in line. Composers run in the reader's language; each letter has a link of its own."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.mail.links import absolute
from events.mail.message import Message
from payments.waiting import lines
from payments.waiting.models import Waiting


def waiting_link(args: Mapping[str, Any]) -> Message:
    """The link that confirms the address; to who stands in line already, the link to their place."""
    group, context = _about(args)
    subject = _("Your place in line: %(title)s", title=local(group.event.title))
    if group.status == "unconfirmed":
        subject = _("One click, and you stand in line: %(title)s", title=local(group.event.title))
    return Message(subject, "waiting_link", context, reply_to=group.event.organisation.email)


def waiting_offer(args: Mapping[str, Any]) -> Message:
    """Places came back and are kept for the group until a moment; the link takes them, or lets them go."""
    group, context = _about(args)
    subject = _("Seats for you: %(title)s", title=local(group.event.title))
    return Message(subject, "waiting_offer", context, reply_to=group.event.organisation.email)


def _about(args: Mapping[str, Any]) -> tuple[Waiting, dict[str, Any]]:
    """The group as it stands now; the link's secret is drawn in a transaction of its own."""
    with transaction():
        secret = lines.draw_link(args["waiting_id"])
    group = db.session.get_one(Waiting, args["waiting_id"], populate_existing=True)
    return group, {
        "group": group,
        "event": group.event,
        "organisation": group.event.organisation,
        "kind": group.ticket_type,
        "link": absolute("waiting.place", secret=secret),
    }
