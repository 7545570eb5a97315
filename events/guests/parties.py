"""Parties and the guests on their tickets."""

from collections.abc import Sequence

from events.core import clock
from events.core.db import db
from events.guests.models import Guest, HostedTable, Party
from events.tickets.models import Ticket


def new_party(
    event_id: int, name: str, email: str, phone: str, language: str, source: str = "", booking: str = ""
) -> Party:
    """The people of a new order, known by whoever booked; `source` is the word in the link they came by.

    `booking` is the order's code, where it is known already.
    """
    moment = clock.now()
    party = Party(
        event_id=event_id, name=name, email=email, phone=phone, language=language, source=source, booking=booking,
        created_at=moment,
    )  # fmt: skip
    db.session.add(party)
    db.session.flush()
    return party


def seat_guests(party: Party, tickets: Sequence[Ticket]) -> None:
    """A guest for each new ticket; the first bears the buyer's name until told otherwise."""
    for position, ticket in enumerate(tickets):
        if position == 0 and ticket.guest_name is None:
            ticket.guest_name = party.name
        db.session.add(Guest(party_id=party.id, ticket_id=ticket.id, note=""))
    groups = dict.fromkeys(ticket.bundle_id for ticket in tickets)
    if len(groups) > 1:  # several tables, or a table and seats: each table has its own host
        db.session.add_all(HostedTable(party_id=party.id, bundle_id=bundle) for bundle in groups if bundle)


def name_guest(ticket: Ticket, guest: Guest, name: str, note: str) -> None:
    """Write down who comes on a ticket and what kitchen and door must know of them."""
    ticket.guest_name = name.strip() or None
    guest.note = note.strip()
