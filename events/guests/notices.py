"""What is written to everybody who has a ticket: a reminder, a cancellation, another day or place.

Each letter is about the tickets of its reader: of an address with which one or more orders were placed (`party_id`),
or of a guest who left an address (`guest_id`), who does not read what others booked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language, local
from events.guests import hosting
from events.guests.models import Guest, Party
from events.mail.links import absolute
from events.mail.message import Attachment, Message
from events.tickets.models import Ticket
from events.tickets.paper import MOST_PAGES
from events.tickets.printing import calendar_file, name_of_all, print_tickets


def reminder(args: Mapping[str, Any]) -> Message:
    """When, where and how to come in, with the tickets; where names are missing, the link for guests."""
    tickets = _tickets(args)
    context = _around(args) | {"tickets": _linked(tickets), "invitations": _unnamed(args, tickets)}
    subject = _("Soon: %(title)s", title=local(context["event"].title))
    return _message(subject, "reminder", context, _paper(context["event"], tickets))


def evening_cancelled(args: Mapping[str, Any]) -> Message:
    """It does not take place, and calendars hear of it, too; the organiser writes about the money.

    With a reason `why`, as announcing.tell_other has it, its reader holds no ticket.
    """
    context = _around(args) | {"why": args.get("why", ""), "order_code": args.get("order_code", ""), "paid": False}
    subject = _("Cancelled: %(title)s", title=local(context["event"].title))
    papers = [] if context["why"] else [calendar_file(context["event"])]
    return _message(subject, "evening_cancelled", context, papers)


def evening_moved(args: Mapping[str, Any]) -> Message:
    """When and where it was, and is now, with new papers: the codes are the same.

    With a reason `why`, as announcing.tell_moved_to has it, its reader holds no ticket.
    """
    why, context = args.get("why", ""), _around(args)
    tickets = [] if why else _tickets(args)
    event = context["event"]
    was = {"at": datetime.fromisoformat(args["at"]), "zone": args["zone"], "venue": args["venue"]}
    papers = [] if why else [*_paper(event, tickets), calendar_file(event)]
    subject = _("Please note, a change: %(title)s", title=local(event.title))
    about = {"was": was, "what": _what_moved(event, was), "tickets": _linked(tickets)}
    about |= {"why": why, "order_code": args.get("order_code", "")}
    return _message(subject, "evening_moved", context | about, papers)


def _what_moved(event: Event, was: Mapping[str, Any]) -> str:
    """day, hour or place; both, where the evening is elsewhere at another time."""
    before, now = was["at"].astimezone(ZoneInfo(was["zone"])), event.starts_at.astimezone(ZoneInfo(event.time_zone))
    if was["venue"] != event.venue:
        return "place" if before == now else "both"
    return "day" if before.date() != now.date() else "hour"


def _around(args: Mapping[str, Any]) -> dict[str, Any]:
    event = db.session.get_one(Event, args["event_id"], populate_existing=True)
    return {
        "event": event,
        "organisation": event.organisation,
        "event_url": absolute("catalogue.event", slug=event.slug),
    }


def _message(subject: str, template: str, context: dict[str, Any], papers: Sequence[Attachment]) -> Message:
    return Message(subject, template, context, papers, reply_to=context["organisation"].email)


def _tickets(args: Mapping[str, Any]) -> list[Ticket]:
    """The reader's valid tickets of this evening, by number."""
    if "party_id" in args:
        email = func.lower(select(Party.email).where(Party.id == args["party_id"], Party.email != "").scalar_subquery())
        same = or_(Party.id == args["party_id"], func.lower(Party.email) == email)
        mine = Ticket.party_id.in_(select(Party.id).where(Party.event_id == args["event_id"], same))
    else:
        email = func.lower(select(Guest.email).where(Guest.id == args["guest_id"], Guest.email != "").scalar_subquery())
        same = or_(Guest.id == args["guest_id"], func.lower(Guest.email) == email)
        mine = Ticket.id.in_(select(Guest.ticket_id).where(same))
    query = select(Ticket).where(Ticket.event_id == args["event_id"], Ticket.status == "valid", mine)
    return list(db.session.scalars(query.order_by(Ticket.number), execution_options={"populate_existing": True}))


def _linked(tickets: Sequence[Ticket]) -> list[tuple[Ticket, str]]:
    return [(ticket, absolute("tickets.ticket", token=ticket.token)) for ticket in tickets]


def _unnamed(args: Mapping[str, Any], tickets: Sequence[Ticket]) -> list[str]:
    """The links for guests of those parties in which somebody has no name yet: for whoever booked alone."""
    return [link for party_id in _parties(args, tickets) for link in hosting.open_links(party_id)]


def _parties(args: Mapping[str, Any], tickets: Sequence[Ticket]) -> list[int]:
    return sorted({ticket.party_id for ticket in tickets if not ticket.guest_name}) if "party_id" in args else []


def _paper(event: Event, tickets: Sequence[Ticket]) -> list[Attachment]:
    if not tickets:
        return []
    paper = print_tickets(tickets[:MOST_PAGES], language())
    return [Attachment(name_of_all(event.slug), "application/pdf", paper)]
