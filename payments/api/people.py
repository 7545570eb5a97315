"""Tickets, the guests on them, and who came in. Names need a scope of their own, and every look is in the trail."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event
from events.core import trail
from events.core.db import db
from events.core.typed import one_line
from events.door.models import Admission
from events.guests.models import ALLERGENS, DIETS, Guest, Party
from events.office import editing
from events.tickets.models import Ticket
from payments.api import paging, shapes
from payments.api.operations import BY_EVENT, CODE, SLUG, Answer, Asked, Operation, missing, paged, within

TICKET_STATES = ("valid", "unpaid", "void", "replaced")
TICKET = shapes.fields(
    id=shapes.whole(),
    number=shapes.whole(description="As it is printed; one of each in an evening."),
    event=SLUG,
    order=shapes.maybe(CODE),
    ticket_type=shapes.text(60),
    status=shapes.one_of(TICKET_STATES),
    issued_at=shapes.moment(),
)
GUEST = shapes.fields(
    id=shapes.whole(),
    ticket=shapes.whole(),
    number=shapes.whole(),
    event=SLUG,
    order=shapes.maybe(CODE),
    name=shapes.maybe({"type": "string"}),
    table=shapes.maybe({"type": "string"}),
    diet=shapes.one_of(DIETS),
    allergies=shapes.many(shapes.one_of(ALLERGENS)),
    note={"type": "string"},
    answered_at=shapes.maybe(shapes.moment()),
)
CHANGE = shapes.fields(
    ("name", "diet", "allergies", "note"),
    name=shapes.text(120, examples=["Ann Example"]),
    diet=shapes.one_of(DIETS),
    allergies=shapes.many(shapes.one_of(ALLERGENS), len(ALLERGENS), uniqueItems=True),
    note=shapes.text(500),
)
ADMISSION = shapes.fields(
    id=shapes.whole(),
    event=SLUG,
    ticket=shapes.whole(),
    check_list={"type": "string"},
    gate={"type": "string"},
    scan_id={"type": "string"},
    at=shapes.moment(),
    offline=shapes.flag(),
    undoes=shapes.maybe(shapes.whole(description="The admission that this one takes back.")),
)


def list_tickets(asked: Asked) -> Answer:
    """Tickets within reach. Neither code nor address of a ticket is told: either would open the door."""
    turned = paging.turn(_tickets(asked), Ticket.id, asked.page)
    bookings = _bookings(turned.rows)
    return turned.told(lambda ticket: _write_ticket(ticket, bookings))


def read_ticket(asked: Asked) -> Answer:
    """One."""
    ticket = db.session.scalar(_tickets(asked).where(Ticket.id == asked.path["ticket"]))
    if ticket is None:
        raise missing()
    return _write_ticket(ticket, _bookings([ticket]))


def list_guests(asked: Asked) -> Answer:
    """Guests of tickets that were not replaced; the trail notes how many were told."""
    found = paging.turn(_guests(asked), Guest.id, asked.page).told(_write_guest)
    _note(asked, "guests.read", asked.query.get("event", "all"), guests=len(found["data"]))
    return found


def read_guest(asked: Asked) -> Answer:
    """One."""
    guest = _get_guest(asked)
    _note(asked, "guests.read", f"ticket:{guest.ticket_id}", guests=1)
    return _write_guest(guest)


def change_guest(asked: Asked) -> Answer:
    """Name, diet, allergies, note: what is not sent stays."""
    guest = _get_guest(asked)
    ticket = guest.ticket
    known = editing.get_guest(ticket.event, ticket.number, lock=True)
    sent: dict[str, Any] = {name: one_line(it) if isinstance(it, str) else it for name, it in asked.body.items()}
    if "allergies" in sent:
        sent["allergies"] = tuple(one for one in ALLERGENS if one in sent["allergies"])
    editing.write(known, replace(known.data, **sent))
    db.session.flush()
    _note(asked, "guests.edited", f"ticket:{ticket.id}")
    return _write_guest(guest)


def list_admissions(asked: Asked) -> Answer:
    """Who came in, and who was let out again, as rows of their own."""
    mine = select(Admission).where(within(asked, Admission.event_id))
    turned = paging.turn(mine, Admission.id, asked.page)
    events = select(Event.id, Event.slug).where(Event.id.in_({row.event_id for row in turned.rows}))
    slugs = {row.id: row.slug for row in db.session.execute(events)}
    return turned.told(lambda row: _write_admission(row, slugs))


def _tickets(asked: Asked) -> Select[Ticket]:
    mine = select(Ticket).where(within(asked, Ticket.event_id))
    if "status" in asked.query:
        mine = mine.where(Ticket.status == asked.query["status"])
    return mine.options(joinedload(Ticket.event), joinedload(Ticket.ticket_type))


def _guests(asked: Asked) -> Select[Guest]:
    whole = (joinedload(Guest.party), joinedload(Guest.ticket).joinedload(Ticket.event))
    mine = select(Guest).join(Guest.ticket).where(within(asked, Ticket.event_id), Ticket.status != "replaced")
    return mine.options(*whole)


def _get_guest(asked: Asked) -> Guest:
    guest = db.session.scalar(_guests(asked).where(Guest.id == asked.path["guest"]))
    if guest is None:
        raise missing()
    return guest


def _note(asked: Asked, action: str, subject: str, **details: Any) -> None:
    trail.note(asked.holder.actor, action, subject, asked.holder.organisation_id, **details)


def _bookings(tickets: Sequence[Ticket]) -> Mapping[int, str]:
    """The orders' codes, by party: a ticket knows its party, and the party what was booked."""
    parties = select(Party.id, Party.booking).where(Party.id.in_({ticket.party_id for ticket in tickets}))
    return {row.id: row.booking for row in db.session.execute(parties)}


def _write_ticket(ticket: Ticket, bookings: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "number": ticket.number,
        "event": ticket.event.slug,
        "order": bookings[ticket.party_id] or None,
        "ticket_type": ticket.ticket_type.public_id,
        "status": ticket.status,
        "issued_at": ticket.issued_at.isoformat(),
    }


def _write_guest(guest: Guest) -> dict[str, Any]:
    return {
        "id": guest.id,
        "ticket": guest.ticket_id,
        "number": guest.ticket.number,
        "event": guest.ticket.event.slug,
        "order": guest.party.booking or None,
        "name": guest.ticket.guest_name,
        "table": guest.table_name,
        "diet": guest.diet,
        "allergies": guest.allergies,
        "note": guest.note,
        "answered_at": guest.answered_at.isoformat() if guest.answered_at else None,
    }


def _write_admission(row: Admission, slugs: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "event": slugs[row.event_id],
        "ticket": row.ticket_id,
        "check_list": row.check_list,
        "gate": row.gate,
        "scan_id": row.scan_id,
        "at": row.at.isoformat(),
        "offline": row.offline,
        "undoes": row.undoes,
    }


_TICKET, _GUEST = {"ticket": "$response.body#/data/0/id"}, {"guest": "$response.body#/data/0/id"}
OPERATIONS = (
    paged(
        *("/tickets", "listTickets", "tickets:read", "Tickets, without names", TICKET, list_tickets),
        query={**BY_EVENT, "status": shapes.one_of(TICKET_STATES)},
        links={"readTicket": _TICKET},
    ),
    Operation("GET", "/tickets/{ticket}", "readTicket", "tickets:read", "One ticket", TICKET, read_ticket),
    paged(
        *("/guests", "listGuests", "guests:read", "Guests; written into the trail", GUEST, list_guests),
        query=BY_EVENT,
        writes=True,
        links={"readGuest": _GUEST, "changeGuest": _GUEST},
    ),
    Operation(
        *("GET", "/guests/{guest}", "readGuest", "guests:read", "One guest; written into the trail", GUEST, read_guest),
        writes=True,
    ),
    Operation(
        *("PATCH", "/guests/{guest}", "changeGuest", "guests:write", "Change name, diet, allergies or note"),
        *(GUEST, change_guest),
        body=CHANGE,
        writes=True,
    ),
    paged(
        *("/admissions", "listAdmissions", "admissions:read", "Who came in, by ticket", ADMISSION, list_admissions),
        query=BY_EVENT,
    ),
)
