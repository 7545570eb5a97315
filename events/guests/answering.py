"""Guests answer for themselves: each writes down name and wishes, by the link of a ticket or of the whole party."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update

from events.core import clock, i18n
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests import asking
from events.guests.asking import Said
from events.guests.models import Guest, Party
from events.mail import outbox
from events.tickets.models import Ticket

SAME_AGAIN = timedelta(minutes=10)
"""A reply that comes once more, word for word, within this time is the same guest on a bad line."""

_FRESH = {"populate_existing": True}


@dataclass(frozen=True)
class Reply:
    """What a guest wrote. `allergies` are of ALLERGENS, `diet` of DIETS; everything but the name may be empty."""

    name: str
    email: str = ""
    alias: str = ""
    diet: str = ""
    allergies: tuple[str, ...] = ()
    note: str = ""
    answers: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Places:
    """How many of a party's places are still without a name; nobody learns who has the others."""

    all: int
    free: int


def party_of(invitation: str) -> Party:
    """The party behind the link for its guests; raises NotFound."""
    found = db.session.scalars(select(Party).where(Party.invitation == invitation)).one_or_none()
    if found is None:
        raise NotFound(_("This invitation does not exist. Please check the address you were given."))
    return found


def places(party_id: int) -> Places:
    """Of a party's valid tickets."""
    counts = select(func.count(), func.count(Ticket.guest_name)).where(_valid(party_id))
    everybody, named = db.session.execute(counts).one()
    return Places(everybody, everybody - named)


def get(token: str) -> Guest:
    """The guest of a ticket that opens the door; raises NotFound, or Refusal 410 for one that does not."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.token == token), execution_options=_FRESH).one_or_none()
    if ticket is None:
        raise NotFound(_("This ticket does not exist. Please check the address in your letter."))
    if ticket.status != "valid" or ticket.event.ends_at < clock.now():
        raise Refusal("ticket_not_valid", _("Nothing can be changed on this ticket any more."), status=410)
    return db.session.scalars(select(Guest).where(Guest.ticket_id == ticket.id), execution_options=_FRESH).one()


def claim(invitation: str, reply: Reply) -> Ticket:
    """Take the first free place of a party, in the caller's transaction; whoever comes first has it.

    The button pressed twice takes one place. Raises Refusal 409 when none is left.
    """
    party = party_of(invitation)
    db.session.refresh(party, with_for_update={"key_share": True})  # the same reply waits here for its twin
    if (taken_before := _same_again(party.id, reply)) is not None:
        return taken_before
    free = select(Ticket.id).where(_valid(party.id), Ticket.guest_name.is_(None)).order_by(Ticket.number)
    for ticket_id in list(db.session.scalars(free)):
        taken = update(Ticket).where(Ticket.id == ticket_id, Ticket.guest_name.is_(None), Ticket.status == "valid")
        if changed(taken.values(guest_name=reply.name)):
            ticket = db.session.get_one(Ticket, ticket_id, populate_existing=True)
            answer(get(ticket.token), reply)
            return ticket
    sentence = _("Every place of this party has a name already. Please ask who invited you.")
    raise Refusal("no_place_left", sentence, status=409)


def _same_again(party_id: int, reply: Reply) -> Ticket | None:
    """The ticket that this very reply took a moment ago."""
    lately = clock.now() - SAME_AGAIN
    query = select(Guest).join(Guest.ticket).where(
        _valid(party_id), Ticket.guest_name == reply.name, Guest.answered_at > lately,
        Guest.email == reply.email, Guest.alias == reply.alias, Guest.diet == reply.diet, Guest.note == reply.note,
    )  # fmt: skip
    same = (guest for guest in db.session.scalars(query) if guest.allergies == list(reply.allergies))
    return next((guest.ticket for guest in same), None)


def answer(guest: Guest, reply: Reply) -> None:
    """Write down what a guest said; whoever leaves an address for the first time gets the ticket there."""
    guest.ticket.guest_name = reply.name
    guest.alias, guest.diet, guest.note = reply.alias, reply.diet, reply.note
    guest.allergies = list(reply.allergies)
    guest.answered_at = clock.now()
    asking.keep_of_ticket(guest.ticket_id, reply.answers, "guest")
    if reply.email and reply.email != guest.email:
        guest.email = reply.email
        send_ticket(guest)


def send_ticket(guest: Guest) -> None:
    """Put the letter with this one ticket, once for each ticket: a link cannot be made to write to the world."""
    outbox.put(
        "guest_ticket", f"guest-ticket:{guest.ticket_id}", name=guest.ticket.guest_name or "", email=guest.email,
        language=i18n.language(), ticket_id=guest.ticket_id, event_id=guest.ticket.event_id,
    )  # fmt: skip


def _valid(party_id: int) -> ColumnElement[bool]:
    return (Ticket.party_id == party_id) & (Ticket.status == "valid")
