"""What a host does for a party: names guests without writing over what they wrote themselves, and reminds them."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from events.core import clock
from events.core.db import db
from events.guests.models import Guest
from events.guests.parties import name_guest
from events.mail import outbox
from events.mail.models import Letter
from events.tickets.models import Ticket

AGAIN = timedelta(hours=20)
"""So long after a guest's last letter a host's reminder may go out: the link of an order cannot be made to nag."""


@dataclass(frozen=True)
class Typed:
    """A field of the host's form, and what it had shown before; None where the form does not say."""

    now: str
    was: str | None = None

    def over(self, there: str) -> str:
        """What shall stand. Whoever wrote meanwhile is the guest, who knows best."""
        return self.now if self.was is None or self.was == there else there

    def is_overtaken(self, there: str) -> bool:
        """Whether the host changed what somebody else has changed meanwhile."""
        return self.was is not None and self.now != self.was and there not in (self.was, self.now)


def change(ticket: Ticket, guest: Guest, name: Typed, note: Typed) -> bool:
    """Write down what the host changed, in the caller's transaction; False where a guest was there first.

    What a guest wrote for kitchen and door is theirs: once they have answered, a host neither reads nor changes it.
    """
    there = ticket.guest_name or ""
    mine = guest.note if guest.answered_at else note.over(guest.note)
    name_guest(ticket, guest, name.over(there), mine)
    return not (name.is_overtaken(there) or (not guest.answered_at and note.is_overtaken(guest.note)))


def remind(party_id: int) -> int:
    """Send their tickets once more to guests who left (or were given) an address and have not answered yet.

    In the caller's transaction; how many letters. Nobody hears of it twice a day.
    """
    return sum(outbox.resend(letter.id) for letter in _due(party_id))


def can_remind(party_id: int) -> bool:
    """Whether there is anybody to be written to now."""
    return bool(_due(party_id))


def _due(party_id: int) -> list[Letter]:
    silent = (Guest.party_id == party_id, Guest.email != "", Guest.answered_at.is_(None), Ticket.status == "valid")
    tickets = db.session.scalars(select(Guest.ticket_id).join(Ticket, Ticket.id == Guest.ticket_id).where(*silent))
    keys = [f"guest-ticket:{ticket_id}" for ticket_id in tickets]
    sent = (Letter.key.in_(keys), Letter.sent_at <= clock.now() - AGAIN, Letter.bounced_at.is_(None))
    return list(db.session.scalars(select(Letter).where(*sent).order_by(Letter.id)))
