"""What the office changes about one guest."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests.models import Guest, Party
from events.guests.parties import name_guest
from events.mail import outbox
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Data:
    """What the office may write about a guest."""

    name: str
    alias: str
    diet: str
    allergies: tuple[str, ...]
    note: str
    mark: str
    staff_note: str


@dataclass(frozen=True)
class Known:
    """A ticket with its guest and party."""

    ticket: Ticket
    guest: Guest
    party: Party

    @property
    def data(self) -> Data:
        """As it stands."""
        guest = self.guest
        texts = (guest.note, guest.mark, guest.staff_note)
        return Data(self.ticket.guest_name or "", guest.alias, guest.diet, tuple(guest.allergies), *texts)

    @property
    def version(self) -> str:
        """A fingerprint of what was shown: whoever saves must have seen what they replace."""
        return tokens.digest(json.dumps(asdict(self.data)))[:16]


def get_guest(event: Event, number: int, *, lock: bool = False) -> Known:
    """The guest of a ticket number; raises NotFound."""
    known = find_guests(event, [number], lock=lock)
    if not known:
        raise NotFound(_("There is no such guest."))
    return known[0]


def find_guests(event: Event, numbers: Collection[int], *, lock: bool = False) -> Sequence[Known]:
    """The guests of these ticket numbers, of this evening alone, in the order of the numbers; ours with `lock`."""
    query = (
        select(Ticket, Guest, Party)
        .join(Guest, Guest.ticket_id == Ticket.id)
        .join(Party, Party.id == Ticket.party_id)
        .where(Ticket.event_id == event.id, Ticket.number.in_(numbers), Ticket.status != "replaced")
        .order_by(Ticket.number)
    )
    return [Known(*row) for row in db.session.execute(query.with_for_update(of=Guest) if lock else query)]


def change(known: Known, data: Data, version: str) -> None:
    """Write it down, in the caller's transaction. Raises Refusal `changed_meanwhile`."""
    if not tokens.same(known.version, version):
        sentence = _("Somebody else has changed this guest meanwhile. Here is what stands now; please look again.")
        raise Refusal("changed_meanwhile", sentence, status=409)
    write(known, data)


def write(known: Known, data: Data) -> None:
    """The same without asking what was seen."""
    name_guest(known.ticket, known.guest, data.name, data.note)
    guest = known.guest
    guest.alias, guest.diet, guest.allergies = data.alias, data.diet, list(data.allergies)
    guest.mark, guest.staff_note = data.mark, data.staff_note


def send_to(party: Party, moment: datetime | None = None) -> bool:
    """One letter with all valid tickets of a party that has an address, in the caller's transaction.

    Asked for again within the same minute (of `moment`, or of now) it is still one letter, and False.
    """
    key = f"guest-tickets:{party.id}:{moment or clock.now():%Y%m%dT%H%M}"
    return outbox.put("guest_tickets", key, **party.letter_to, party_id=party.id, event_id=party.event_id)
