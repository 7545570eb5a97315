"""A new ticket in the place of an old one: another number, another code, another address. The old one opens no door."""

from sqlalchemy import update

from events.core import facts
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.tickets.issuing import Place, issue
from events.tickets.models import Ticket


def replace(ticket_id: int) -> Ticket:
    """valid -> replaced, and the ticket that stands for it now, without a name; in the caller's transaction.

    Raises Refusal 409 when it is not valid (any more): of two who replace it at once one succeeds.
    """
    first = update(Ticket).where(Ticket.id == ticket_id, Ticket.status == "valid").values(status="replaced")
    if not changed(first):
        raise Refusal("ticket_not_valid", _("Nothing can be changed on this ticket any more."), status=409)
    old = db.session.get_one(Ticket, ticket_id, populate_existing=True)
    facts.tell("ticket.void", old.event_id, [{"ticket": old.id, "number": old.number}])
    (new,) = issue(old.event_id, old.party_id, [Place(old.ticket_type_id, old.bundle_id, old.amount, old.benefit)])
    return new
