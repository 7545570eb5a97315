"""Which ticket is meant: its address is the secret."""

from sqlalchemy import select

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.tickets.models import Ticket


def get(token: str) -> Ticket:
    """The ticket at this address, whatever became of it; raises NotFound."""
    found = db.session.scalar(select(Ticket).where(Ticket.token == token))
    if found is None:
        raise NotFound(_("This ticket does not exist. Please check the address in your letter."))
    return found


def get_valid(token: str) -> Ticket:
    """The ticket at this address while it opens the door; raises NotFound, and Refusal 410 when it does not."""
    found = get(token)
    if found.status != "valid":
        raise Refusal("ticket_not_valid", _("This ticket is not valid, so it cannot be printed."), status=410)
    return found
