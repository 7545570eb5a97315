"""Tickets and the evening as files, in the reader's language: put where paper draws them and calendars read them."""

from collections.abc import Sequence

from events.catalogue import accent
from events.catalogue.models import Event
from events.core.i18n import capitalised, in_language, language, local, money
from events.core.i18n import gettext as _
from events.core.i18n import moment as in_words
from events.mail.links import absolute, public_host
from events.mail.message import Attachment
from events.tickets.calendar import event_calendar
from events.tickets.models import Ticket
from events.tickets.paper import PaperTicket, ticket_pdf


def print_tickets(tickets: Sequence[Ticket], lang: str, size: str = "a5", payer: str = "") -> bytes:
    """One PDF with a page per ticket, in their order; `size` as paper.TEMPLATES says.

    What a ticket cost is between the house and whoever paid: it stands on the ticket in the `payer`’s own name alone,
    not on those that go on to guests.

    Raises ValueError for none, or more than paper.MOST_PAGES.

    Only valid tickets belong on paper: the caller leaves the others out.
    """
    with in_language(lang):
        return ticket_pdf([_page(ticket, payer) for ticket in tickets], size)


def name_of_one(ticket: Ticket, size: str = "a5") -> str:
    """What the file of one ticket is called, in the reader's language."""
    if size == "phone":
        return _("ticket-%(number)s-phone.pdf", number=ticket.short_number)
    return _("ticket-%(number)s.pdf", number=ticket.short_number)


def name_of_all(of: str) -> str:
    """What the file of all tickets of an order or an evening is called; `of` is its code or its slug."""
    return _("tickets-%(of)s.pdf", of=of)


def evening_calendar(event: Event, lang: str, url: str | None = None) -> bytes:
    """The evening as a calendar entry; `url` is where it leads, the event's page unless told otherwise."""
    with in_language(lang):
        return event_calendar(
            uid=f"event-{event.id}@{public_host()}",
            title=local(event.title),
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            time_zone=event.time_zone,
            location=", ".join(filter(None, (event.venue, local(event.venue_address)))),
            description=local(event.kind),
            url=url or absolute("catalogue.event", slug=event.slug),
            organiser_name=event.organisation.name,
            sequence=event.version,
            cancelled=event.is_cancelled,
        )


def calendar_file(event: Event, url: str | None = None) -> Attachment:
    """The same for a letter, in its reader's language."""
    kind = "text/calendar; charset=utf-8; method=PUBLISH"
    return Attachment(f"{event.slug}.ics", kind, evening_calendar(event, language(), url))


def _page(ticket: Ticket, payer: str) -> PaperTicket:
    event, kind = ticket.event, ticket.ticket_type
    price, meal = (ticket.amount, ticket.benefit) if payer and ticket.guest_name == payer else (0, 0)
    return PaperTicket(
        code=ticket.code,
        number=_("no. %(number)s", number=ticket.short_number),
        event_title=local(event.title),
        event_kind=local(event.kind),
        host_line=local(event.hosts) or None,
        when_line=capitalised(in_words(event.starts_at, event.time_zone)),
        venue=event.venue,
        address_line=local(event.venue_address) or None,
        phone=event.phone or None,
        ticket_name=local(kind.name),
        guest_name=ticket.guest_name,
        price_line=money(price, event.currency) if price else None,
        gift_line=_("%(amount)s in gifts", amount=money(price - meal, event.currency)) if price > meal else None,
        meal_line=_("%(amount)s for meals", amount=money(meal, event.currency)) if meal else None,
        lang=language(),
        labels=_labels(event, ticket),
        accent=accent.cover(event),
    )


def _labels(event: Event, ticket: Ticket) -> dict[str, str]:
    return {
        "guest": _("Guest"),
        "guest_to_come": _("Name to come"),
        "when": _("When"),
        "where": _("Where"),
        "seat": _("Your seat"),
        "code": _("QR code of ticket %(number)s", number=ticket.short_number),
        "one_entry": _("One code, one entry."),
        "questions": _("Questions:"),
    }
