"""Parties and the guests on their tickets."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, update

from events.core import clock
from events.core.db import changed, db, rows, table_of
from events.guests.models import Guest, HostedTable, Party
from events.tickets.models import Ticket


def new_party(event_id: int, name: str, email: str, phone: str, language: str, source: str = "") -> Party:
    """The people of a new order, known by whoever booked; `source` is the word in the link they came by."""
    return db.session.get_one(Party, write_party(event_id, name, email, phone, language, source))


def write_party(
    event_id: int, name: str, email: str, phone: str, language: str, source: str = "", booking: str = ""
) -> int:
    """The same for whoever needs no more than the number of its row. `booking`: the order's code, where it is known."""
    who = {"event_id": event_id, "name": name, "email": email, "phone": phone, "language": language, "source": source}
    (found,) = rows(_PARTY, who | {"booking": booking, "created_at": clock.now()})
    return int(found[0])


def rename_booking(party_id: int, booking: str) -> None:
    """The party's order bears this code."""
    changed(update(Party).where(Party.id == party_id).values(booking=booking))


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


# Made once: to write a statement anew costs more than to run it.
_PARTY: Final = insert(table_of(Party)).returning(table_of(Party).c.id)
