"""What a donor is told after an erasure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date

from events.catalogue.models import Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.mail.message import Message
from payments.keeping import terms


def erased(args: Mapping[str, Any]) -> Message:
    """What is gone, what the law keeps and until when."""
    organisation = db.session.get_one(Organisation, args["organisation_id"])
    until = date.fromisoformat(args["until"]) if args.get("until") else None
    context = {
        "organisation": organisation,
        "until": format_date(until, "long", locale=language()) if until else None,
        "law": terms.term_of(organisation).law,
        "waits": bool(args.get("waits")),
    }
    return Message(_("Your data are erased"), "erased", context, reply_to=organisation.email)
