"""Passing a ticket on: the old code is dead, a new one goes to whoever comes instead; the place stays where it is."""

from sqlalchemy import ColumnElement, delete, select, update

from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.i18n import in_language
from events.core.refusal import NotFound
from events.door.models import Presence
from events.guests import answering
from events.guests.models import Answer, Guest
from events.mail import outbox
from events.tickets import replacing
from events.tickets.models import Ticket
from payments.orders import placing
from payments.orders.models import Order, OrderLine

TRANSFERABLE = ("paid", "partly_refunded")


def transferable(order: Order) -> list[Ticket]:
    """The tickets of an order that may be passed on now, by number: valid, not used, the evening not over."""
    if order.status not in TRANSFERABLE or order.event.ends_at < clock.now():
        return []
    query = select(Ticket).where(Ticket.party_id == order.party_id, Ticket.status == "valid", ~_used())
    return list(db.session.scalars(query.order_by(Ticket.number)))


def transfer(order_id: int, number: str, name: str, email: str, language: str) -> Ticket:
    """Give one ticket to somebody else; its letter goes to `email`, word of it to the buyer. Raises Refusal."""
    order = placing.lock(order_id)
    found = {ticket.short_number: ticket for ticket in transferable(order)}.get(number)
    if found is None:
        raise NotFound(_("This ticket cannot be passed on: it is not valid, or it was shown at the door already."))
    new = replacing.replace(found.id)
    changed(update(OrderLine).where(OrderLine.ticket_id == found.id).values(ticket_id=new.id))
    with in_language(language):
        _move(found.id, new, answering.Reply(name=name, email=email))
    outbox.put(
        "ticket_passed_on", f"ticket-passed-on:{found.id}", **order.party.letter_to,
        order_id=order.id, old=number, new=new.short_number,
        event_id=order.event_id,
    )  # fmt: skip
    trail.note("buyer", "ticket.passed_on", order.code, order.organisation_id, old=number, new=new.short_number)
    return new


def _move(old_id: int, new: Ticket, reply: answering.Reply) -> None:
    """The place at the table stays; what the one before had told of themselves does not."""
    changed(delete(Answer).where(Answer.ticket_id == old_id))
    forgotten = {"email": "", "mark": "", "staff_note": ""}
    changed(update(Guest).where(Guest.ticket_id == old_id).values(ticket_id=new.id, **forgotten))
    query = select(Guest).filter_by(ticket_id=new.id)
    guest = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    answering.answer(guest, reply)
    guest.answered_at = None


def _used() -> ColumnElement[bool]:
    return select(Presence.ticket_id).where(Presence.ticket_id == Ticket.id, Presence.scan_id.is_not(None)).exists()
