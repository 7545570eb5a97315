"""Taking personal data out of rows that stay: counters, tickets and money remain, whom they were for does not.

Everything here is for evenings that are over, in the caller's transaction; each returns how many rows it changed.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update

from events.core.db import changed, db
from events.door.models import WrongPairing
from events.guests.models import Answer, Guest, HostedTable, Party, PartyAnswer
from events.mail.models import Letter
from events.office.models import BatchGuest, GuestBatch
from events.seating.models import Seat, SeatingWish
from events.tickets.models import Ticket
from payments.buyer.models import EmailChange
from payments.checkout.models import Attempt
from payments.giving.models import Anonymity, Consent, Dedication
from payments.guarding.models import Origin
from payments.offline.models import Arrangement
from payments.orders.models import Order
from payments.pledges.models import Pledge
from payments.receipts.models import DonorDetails

NOTHING: dict[str, Any] = {
    "note": "", "table_name": None, "alias": "", "diet": "", "allergies": [], "mark": "", "staff_note": "",
    "email": "",
}  # fmt: skip
"""A guest of whom nothing is known."""


def guests(party_ids: Collection[int]) -> Mapping[str, int]:
    """Names, diets, addresses, seats, answers and wishes of the guests of these parties; what their tables were called,
    whom their gifts honoured, their telephone numbers."""
    mine = select(Guest.id).where(Guest.party_id.in_(party_ids))
    tickets = select(Ticket.id).where(Ticket.party_id.in_(party_ids))
    named = (Ticket.party_id.in_(party_ids), Ticket.guest_name.is_not(None))
    known = or_(*(getattr(Guest, name) != nothing for name, nothing in NOTHING.items() if isinstance(nothing, str)))
    known = or_(known, Guest.table_name.is_not(None))
    phone = (Party.id.in_(party_ids), Party.phone != "")
    return {
        "guests": changed(update(Guest).where(Guest.party_id.in_(party_ids), known).values(**NOTHING)),
        "names": changed(update(Ticket).where(*named).values(guest_name=None)),
        "openings": _openings(party_ids),
        "phones": changed(update(Party).where(*phone).values(phone="")),
        "titles": _titles(party_ids),
        "answers": changed(delete(Answer).where(Answer.ticket_id.in_(tickets)))
        + changed(delete(PartyAnswer).where(PartyAnswer.party_id.in_(party_ids))),
        "dedications": changed(delete(Dedication).where(Dedication.order_id.in_(_orders(party_ids)))),
        "seats": changed(update(Seat).where(Seat.guest_id.in_(mine)).values(guest_id=None)),
        "wishes": changed(
            delete(SeatingWish).where(or_(SeatingWish.guest_id.in_(mine), SeatingWish.other_id.in_(mine)))
        ),
        "batches": _batches(tickets),
    }


def _batches(tickets: Select[int]) -> int:
    """What was done with them and many others at one time; a mark goes when nobody is left of those it was set for."""
    count = changed(delete(BatchGuest).where(BatchGuest.ticket_id.in_(tickets)))
    somebody = select(BatchGuest.id).where(BatchGuest.batch_id == GuestBatch.id).exists()
    changed(update(GuestBatch).where(GuestBatch.mark != "", ~somebody).values(mark=""))
    return count


def _titles(party_ids: Collection[int]) -> int:
    """What their tables were called."""
    party = update(Party).where(Party.id.in_(party_ids), Party.title != "")
    table = update(HostedTable).where(HostedTable.party_id.in_(party_ids), HostedTable.title != "")
    return changed(party.values(title="")) + changed(table.values(title=""))


def _openings(party_ids: Collection[int]) -> int:
    """When their pages were last opened."""
    tickets = update(Ticket).where(Ticket.party_id.in_(party_ids), Ticket.opened_at.is_not(None))
    parties = update(Party).where(Party.id.in_(party_ids), Party.opened_at.is_not(None))
    return changed(tickets.values(opened_at=None)) + changed(parties.values(opened_at=None))


def permissions(party_ids: Collection[int]) -> int:
    """Who may write to them, and that they are not to be named: nobody has their address any more."""
    orders = _orders(party_ids)
    count = changed(delete(Consent).where(Consent.order_id.in_(orders)))
    return count + changed(delete(Anonymity).where(Anonymity.order_id.in_(orders)))


def _orders(party_ids: Collection[int]) -> Select[int]:
    return select(Order.id).where(Order.party_id.in_(party_ids))


def addresses(party_ids: Collection[int]) -> int:
    """The e-mail address of parties that stay: their letters have been written; what colleagues noted goes with it."""
    noted = update(Arrangement).where(Arrangement.order_id.in_(_orders(party_ids)), Arrangement.note != "")
    changed(noted.values(note=""))
    return changed(update(Party).where(Party.id.in_(party_ids), Party.email != "").values(email=""))


def buyers(party_ids: Collection[int]) -> int:
    """Name and address of those whose order came to nothing, also for an invoice or a receipt: no law asks for them."""
    orders = _orders(party_ids)
    changed(delete(DonorDetails).where(DonorDetails.order_id.in_(orders)))
    agreed = update(Arrangement).where(Arrangement.order_id.in_(orders))
    changed(agreed.values(company="", tax_id="", address="", note=""))
    known = (Party.id.in_(party_ids), or_(Party.name != "", Party.email != ""))
    return changed(update(Party).where(*known).values(name="", email=""))


def promisers(pledge_ids: Collection[int]) -> int:
    """Who made a promise that is settled: the sum stays, credited to its table, and where it was paid its order."""
    known = or_(Pledge.name != "", Pledge.email != "", Pledge.phone != "", Pledge.paddle != "")
    settled = (Pledge.id.in_(pledge_ids), Pledge.status != "promised", known)
    return changed(update(Pledge).where(*settled).values(name="", email="", phone="", paddle="", is_shown=False))


def traces(party_ids: Collection[int]) -> int:
    """Where an order was placed from, addresses that it had before, and the one that a pay page was opened with."""
    orders = _orders(party_ids)
    count = changed(delete(Origin).where(Origin.party_id.in_(party_ids)))
    used = EmailChange.order_id.in_(orders), or_(EmailChange.email != "", EmailChange.email_before != "")
    count += changed(update(EmailChange).where(*used).values(email="", email_before=""))
    told = Attempt.params["customer_email"].as_string().is_not(None)
    ended = Attempt.status.not_in(("creating", "open"))  # what goes on is sent again to the letter
    for attempt in db.session.scalars(select(Attempt).where(Attempt.order_id.in_(orders), ended, told)):
        attempt.params = {name: value for name, value in attempt.params.items() if name != "customer_email"}
        count += 1
    db.session.flush()
    return count


def addresses_before(party_ids: Collection[int]) -> set[str]:
    """Addresses that these orders had, or were about to have, and that nobody has in an order now; in small letters."""
    changes = select(EmailChange).where(EmailChange.order_id.in_(_orders(party_ids)))
    known = {one.lower() for change in db.session.scalars(changes) for one in (change.email, change.email_before)}
    others = select(func.lower(Party.email)).where(func.lower(Party.email).in_(known), Party.id.not_in(party_ids))
    return known - {""} - set(db.session.scalars(others))


def letters_to(emails: Collection[str]) -> int:
    """Whom letters that are sent went to, in whatever case: the letter stays as a fact, its reader does not."""
    ended = or_(Letter.sent_at.is_not(None), Letter.bounced_at.is_not(None), Letter.stopped_at.is_not(None))
    mine = (func.lower(Letter.recipient_email).in_([one.lower() for one in emails]), ended)
    return changed(update(Letter).where(*mine).values(recipient_name="", recipient_email="", bounce=""))


def wrong_pairings() -> int:
    """Network addresses of telephones that guessed at the door: an hour is all they are good for."""
    return changed(delete(WrongPairing))
