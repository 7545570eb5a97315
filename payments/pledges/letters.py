"""What is written to whoever promised a gift. Composers run in the reader's language when the letter is sent."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.mail.links import absolute
from events.mail.message import Message
from payments.pledges.models import Pledge


def pledge_made(args: Mapping[str, Any]) -> Message:
    """Thanks, what was promised, and the link by which it is paid."""
    return _message(args["pledge_id"], "pledge_made", _("Thank you for your promise"))


def pledge_reminder(args: Mapping[str, Any]) -> Message:
    """A promise that is still open, in a friendly word. One paid meanwhile is thanked for instead."""
    return _message(args["pledge_id"], "pledge_reminder", _("Your promise of a gift"))


def _message(pledge_id: int, template: str, subject: str) -> Message:
    pledge = db.session.get_one(Pledge, pledge_id, populate_existing=True)
    event = pledge.event
    context = {
        "pledge": pledge,
        "event": event,
        "organisation": event.organisation,
        "is_open": pledge.status == "promised",
        "pay_url": absolute("pledges.pledge", token=pledge.token),
        "title": local(event.title),
    }
    return Message(subject, template, context, reply_to=event.organisation.email)
