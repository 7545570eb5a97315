"""What a host does for a party: names guests without writing over what they wrote themselves, and reminds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, select

from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.guests.models import ALLERGENS, DIETS, Guest, HostedTable, Party
from events.guests.parties import name_guest
from events.mail import outbox
from events.mail.links import absolute
from events.mail.models import Letter
from events.tickets.models import Ticket

AGAIN = timedelta(hours=20)
"""So long after a guest's last letter a host's reminder may go out: the link of an order cannot be made to nag."""


Place = Row[str | None, str | None, datetime | None]
"""Of which table, whose, and when its guest last wrote."""


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


@dataclass(frozen=True)
class Needs:
    """What the host typed for kitchen and door; None where the form did not ask. Allergies as codes with commas."""

    note: Typed | None = None
    diet: Typed | None = None
    allergies: Typed | None = None


def change(ticket: Ticket, guest: Guest, name: Typed, needs: Needs) -> bool:
    """Write down what the host changed, in the caller's transaction; False where a guest was there first.

    What a guest wrote for kitchen and door is theirs: once they have answered, a host neither reads nor changes it.
    """
    there = ticket.guest_name or ""
    met = bool(guest.answered_at) or _meet(guest, needs)
    name_guest(ticket, guest, name.over(there), guest.note)
    return met and not name.is_overtaken(there)


def _meet(guest: Guest, needs: Needs) -> bool:
    before = {"note": guest.note, "diet": guest.diet, "allergies": ",".join(guest.allergies)}
    typed = {name: said for name in before if (said := getattr(needs, name)) is not None}
    after = before | {name: said.over(before[name]) for name, said in typed.items()}
    guest.note = after["note"]
    guest.diet = after["diet"] if after["diet"] in DIETS else guest.diet
    guest.allergies = [code for code in ALLERGENS if code in after["allergies"].split(",")]
    return not any(said.is_overtaken(before[name]) for name, said in typed.items())


@dataclass(frozen=True)
class Link:
    """What a host sends to guests: the link, how the table is called, how many places it leads to and how many of them
    have no name. `number` counts the tables of a party from 1; None for its only link, or that of its other seats."""

    url: str
    title: str
    number: int | None
    table_id: int | None
    all: int
    free: int
    answered: int


def links(party_id: int) -> list[Link]:
    """The links for the guests of a party: one, or one for each table and one for its other seats."""
    party = db.session.get_one(Party, party_id)
    places = select(Ticket.bundle_id, Ticket.guest_name, Guest.answered_at).join(Guest, Guest.ticket_id == Ticket.id)
    every = db.session.execute(places.where(Ticket.party_id == party_id, Ticket.status == "valid")).all()
    tables = {table.bundle_id: table for table in party.tables}
    found = [
        _link(table, number, [place for place in every if place.bundle_id == table.bundle_id])
        for number, table in enumerate(party.tables, 1)
    ]
    found.append(_link(party, None, [place for place in every if place.bundle_id not in tables]))
    return [link for link in found if link.all]


def open_links(party_id: int) -> list[str]:
    """Those that lead to places without a name."""
    return [link.url for link in links(party_id) if link.free]


def name_table(party: Party, title: str, table_id: int | None) -> None:
    """What guests read on their invitation, in the caller's transaction. Raises NotFound for another party's table."""
    if table_id is None:
        party.title = title
        return
    table = next((one for one in party.tables if one.id == table_id), None)
    if table is None:
        raise NotFound(_("This invitation does not exist. Please check the address you were given."))
    table.title = title


def _link(host: Party | HostedTable, number: int | None, places: Sequence[Place]) -> Link:
    return Link(
        url=absolute("guests.invitation", invitation=host.invitation),
        title=host.title,
        number=number,
        table_id=host.id if isinstance(host, HostedTable) else None,
        all=len(places),
        free=sum(1 for place in places if not place.guest_name),
        answered=sum(1 for place in places if place.answered_at),
    )


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
