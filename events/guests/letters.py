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
from events.tickets.printing import calendar_file, name_of_one, print_tickets


def guest_ticket(args: Mapping[str, Any]) -> Message:
    """A guest's own ticket. What it cost and who else comes is the host's business and not in it."""
    ticket = _ticket(args)
    own = {"token": ticket.token, "lang": language()}
    url = absolute("tickets.ticket", **own)
    context = _around(ticket) | {"ticket_url": url, "guest_url": absolute("guests.guest", **own)}
    subject = _("Your ticket: %(title)s", title=local(ticket.event.title))
    return Message(subject, "guest_ticket", context, _papers(ticket, url), reply_to=ticket.event.organisation.email)


def ticket_void(args: Mapping[str, Any]) -> Message:
    """To a guest: the place is not kept any more, the ticket is worth nothing. Why, and for what sum, is not in it."""
    ticket = _ticket(args)
    subject = _("Your ticket is no longer valid: %(title)s", title=local(ticket.event.title))
    return Message(subject, "ticket_void", _around(ticket), reply_to=ticket.event.organisation.email)


def ticket_valid(args: Mapping[str, Any]) -> Message:
    """To a guest who read that the ticket is void: what had made it so came to nothing. Why is not in it."""
    ticket = _ticket(args)
    url = absolute("tickets.ticket", token=ticket.token, lang=language())
    subject = _("Your ticket is valid again: %(title)s", title=local(ticket.event.title))
    context = _around(ticket) | {"ticket_url": url}
    return Message(subject, "ticket_valid", context, _papers(ticket, url), reply_to=ticket.event.organisation.email)


def _ticket(args: Mapping[str, Any]) -> Ticket:
    return db.session.get_one(Ticket, args["ticket_id"], populate_existing=True)


def _around(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "event": ticket.event,
        "organisation": ticket.event.organisation,
        "host": db.session.get_one(Party, ticket.party_id).name,
    }


def _papers(ticket: Ticket, url: str) -> list[Attachment]:
    if ticket.status != "valid":
        return []
    return [
        Attachment(name_of_one(ticket), "application/pdf", print_tickets([ticket], language())),
        calendar_file(ticket.event, url),
    ]


GUEST_LETTERS = {"guest_ticket": guest_ticket, "ticket_void": ticket_void, "ticket_valid": ticket_valid}
"""By their kind, as the outbox knows them."""
