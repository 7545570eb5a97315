"""What is written to a single guest."""

from collections.abc import Mapping
from typing import Any

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language, local
from events.guests.models import Party
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from events.tickets.models import Ticket
from events.tickets.printing import evening_calendar, print_tickets


def guest_ticket(args: Mapping[str, Any]) -> Message:
    """A guest's own ticket. What it cost and who else comes is the host's business and not in it."""
    ticket = db.session.get_one(Ticket, args["ticket_id"], populate_existing=True)
    event = ticket.event
    url = absolute("tickets.ticket", token=ticket.token)
    context = {
        "ticket": ticket,
        "event": event,
        "organisation": event.organisation,
        "host": db.session.get_one(Party, ticket.party_id).name,
        "ticket_url": url,
        "guest_url": absolute("guests.guest", token=ticket.token),
    }
    subject = _("Your ticket: %(title)s", title=local(event.title))
    return Message(subject, "guest_ticket", context, _papers(ticket, url), reply_to=event.organisation.email)


def ticket_void(args: Mapping[str, Any]) -> Message:
    """To a guest: the place was given back, and the ticket is worth nothing. Why, and for what sum, is not in it."""
    ticket = db.session.get_one(Ticket, args["ticket_id"], populate_existing=True)
    event = ticket.event
    context = {
        "ticket": ticket,
        "event": event,
        "organisation": event.organisation,
        "host": db.session.get_one(Party, ticket.party_id).name,
    }
    subject = _("Your ticket is no longer valid: %(title)s", title=local(event.title))
    return Message(subject, "ticket_void", context, reply_to=event.organisation.email)


def _papers(ticket: Ticket, url: str) -> list[Attachment]:
    if ticket.status != "valid":
        return []
    calendar = evening_calendar(ticket.event, language(), url)
    return [
        Attachment(f"ticket-{ticket.short_number}.pdf", "application/pdf", print_tickets([ticket], language())),
        Attachment(f"{ticket.event.slug}.ics", "text/calendar; charset=utf-8; method=PUBLISH", calendar),
    ]


GUEST_LETTERS = {"guest_ticket": guest_ticket, "ticket_void": ticket_void}
"""By their kind, as the outbox knows them."""
