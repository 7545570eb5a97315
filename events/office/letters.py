"""What the office writes to guests."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import language, local, ngettext
from events.guests.models import Party
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from events.tickets.models import Ticket
from events.tickets.paper import MOST_PAGES
from events.tickets.printing import calendar_file, name_of_all, print_tickets


def guest_tickets(args: Mapping[str, Any]) -> Message:
    """The valid tickets of one party, as PDF and as links, with the evening for the calendar."""
    party = db.session.get_one(Party, args["party_id"], populate_existing=True)
    event = db.session.get_one(Event, party.event_id)
    query = select(Ticket).where(Ticket.party_id == party.id, Ticket.status == "valid").order_by(Ticket.number)
    tickets = db.session.scalars(query).all()
    count = len(tickets)
    subject = ngettext("Your seat: %(title)s", "Your %(num)s seats: %(title)s", count, title=local(event.title))
    context = {
        "event": event,
        "organisation": event.organisation,
        "tickets": [(ticket, absolute("tickets.ticket", token=ticket.token)) for ticket in tickets],
    }
    return Message(subject, "guest_tickets", context, _papers(event, tickets), reply_to=event.organisation.email)


def _papers(event: Event, tickets: Any) -> list[Attachment]:  # noqa: ANN401 - a sequence of tickets
    if not tickets:
        return []
    paper = print_tickets(tickets[:MOST_PAGES], language())
    return [
        Attachment(name_of_all(event.slug), "application/pdf", paper),
        calendar_file(event),
    ]
