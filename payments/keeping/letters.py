"""What a donor is told after an erasure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from events.catalogue.models import Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import plain_day
from events.mail.message import Message
from payments.keeping import terms


def erased(args: Mapping[str, Any]) -> Message:
    """What is gone, what the law keeps and until when."""
    organisation = db.session.get_one(Organisation, args["organisation_id"])
    until = date.fromisoformat(args["until"]) if args.get("until") else None
    context = {
        "organisation": organisation,
        "until": plain_day(until) if until else None,
        "law": terms.term_of(organisation).law,
        "waits": bool(args.get("waits")),
    }
    return Message(_("Your data are erased"), "erased", context, reply_to=organisation.email)
