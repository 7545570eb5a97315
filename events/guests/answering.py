"""Guests answer for themselves: each writes down name and wishes, by the link of a ticket or of the whole party."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update

from events.core import clock, i18n
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests import asking
from events.guests.asking import Said
from events.guests.circulars import TICKET_KEY
from events.guests.models import Guest, HostedTable, Party
from events.mail import outbox
from events.mail.models import Letter
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


@dataclass(frozen=True)
class Invited:
    """What a link for guests leads to: a party, or one of its tables."""

    party: Party
    table: HostedTable | None

    @property
    def title(self) -> str:
        """As the host calls it; empty for none."""
        return self.table.title if self.table else self.party.title


def invited(invitation: str) -> Invited:
    """The party, or the table, behind a link for guests; raises NotFound."""
    party = db.session.scalars(select(Party).where(Party.invitation == invitation)).one_or_none()
    if party is not None:
        return Invited(party, None)
    table = db.session.scalars(select(HostedTable).where(HostedTable.invitation == invitation)).one_or_none()
    if table is None:
        raise NotFound(_("This invitation does not exist. Please check the address you were given."))
    return Invited(table.party, table)


def places(there: Invited) -> Places:
    """Of the valid tickets to which a link for guests leads."""
    counts = select(func.count(), func.count(Ticket.guest_name)).where(_behind(there))
    everybody, named = db.session.execute(counts).one()
    return Places(everybody, everybody - named)


def get(token: str) -> Guest:
    """The guest of a ticket that opens the door; raises NotFound, or Refusal 410 for one that does not."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.token == token), execution_options=_FRESH).one_or_none()
    if ticket is None:
        raise NotFound(_("This ticket does not exist. Please check the address in your letter."))
    if ticket.status != "valid" or ticket.event.ends_at < clock.now() or ticket.event.is_cancelled:
        raise Refusal("ticket_not_valid", _("Nothing can be changed on this ticket any more."), status=410)
    return db.session.scalars(select(Guest).where(Guest.ticket_id == ticket.id), execution_options=_FRESH).one()


def claim(invitation: str, reply: Reply) -> Ticket:
    """Take the first free place of a party or table, in the caller's transaction; whoever comes first has it.

    The button pressed twice takes one place. Raises Refusal 409 when none is left.
    """
    there = invited(invitation)
    party = there.party
    db.session.refresh(party, with_for_update={"key_share": True})  # the same reply waits here for its twin
    if (taken_before := _same_again(there, reply)) is not None:
        return taken_before
    free = select(Ticket.id).where(_behind(there), Ticket.guest_name.is_(None)).order_by(Ticket.number)
    for ticket_id in list(db.session.scalars(free)):
        taken = update(Ticket).where(Ticket.id == ticket_id, Ticket.guest_name.is_(None), Ticket.status == "valid")
        if changed(taken.values(guest_name=reply.name)):
            ticket = db.session.get_one(Ticket, ticket_id, populate_existing=True)
            answer(get(ticket.token), reply)
            return ticket
    sentence = _("Every seat of this party has a name already. Please ask who invited you.")
    raise Refusal("no_place_left", sentence, status=409)


def _same_again(there: Invited, reply: Reply) -> Ticket | None:
    """The ticket that this very reply took a moment ago."""
    lately = clock.now() - SAME_AGAIN
    query = select(Guest).join(Guest.ticket).where(
        _behind(there), Ticket.guest_name == reply.name, Guest.answered_at > lately,
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
        "guest_ticket", _key(guest.ticket_id), name=guest.ticket.guest_name or "", email=guest.email,
        language=i18n.language(), ticket_id=guest.ticket_id, event_id=guest.ticket.event_id,
    )  # fmt: skip


def holders(ticket_ids: Collection[int]) -> Sequence[Guest]:
    """Guests who have one of these tickets at an address of their own: whoever booked hears of it anyway."""
    query = select(Guest).join(Guest.party).join(Guest.ticket).where(Guest.ticket_id.in_(list(ticket_ids)))
    query = query.where(Guest.email != "", func.lower(Guest.email) != func.lower(Party.email))
    return db.session.scalars(query.order_by(Ticket.number), execution_options=_FRESH).all()


def tell_void(ticket_ids: Collection[int], occasion: str) -> None:
    """Put a letter to each who has one of these tickets: it opens no door any more. In the caller's transaction.

    `occasion` is what made them void: a ticket may become void, valid again, and void for another reason. Nobody is
    told of an evening that was cancelled: they know that there is no door.
    """
    for guest in holders(ticket_ids):
        if not guest.ticket.event.is_cancelled:
            _tell(guest, "ticket_void", _void_key(guest, occasion))


def tell_valid(ticket_ids: Collection[int], occasion: str) -> None:
    """Put a letter to each who was told on this occasion that the ticket is void: it lets them in after all."""
    for guest in holders(ticket_ids):
        if db.session.scalar(select(Letter.id).where(Letter.key == _void_key(guest, occasion))) is not None:
            _tell(guest, "ticket_valid", f"ticket-valid:{guest.ticket_id}:{occasion}")


def _tell(guest: Guest, kind: str, key: str) -> None:
    outbox.put(
        kind, key, name=guest.ticket.guest_name or "", email=guest.email,
        language=_language(guest), ticket_id=guest.ticket_id, event_id=guest.ticket.event_id,
    )  # fmt: skip


def _void_key(guest: Guest, occasion: str) -> str:
    return f"ticket-void:{guest.ticket_id}:{occasion}"


def _language(guest: Guest) -> str:
    """In which the ticket was sent: the guest chose it. Else that of whoever booked."""
    sent = select(Letter.language).where(Letter.key == _key(guest.ticket_id))
    return db.session.scalar(sent) or guest.party.language


def _key(ticket_id: int) -> str:
    return f"{TICKET_KEY}{ticket_id}"


def _valid(party_id: int) -> ColumnElement[bool]:
    return (Ticket.party_id == party_id) & (Ticket.status == "valid")


def _behind(there: Invited) -> ColumnElement[bool]:
    """Where a party has tables with links of their own, its own link leads to its other seats."""
    if there.table is not None:
        return _valid(there.party.id) & (Ticket.bundle_id == there.table.bundle_id)
    others = select(HostedTable.bundle_id).where(HostedTable.party_id == there.party.id)
    return _valid(there.party.id) & (Ticket.bundle_id.is_(None) | Ticket.bundle_id.not_in(others))
