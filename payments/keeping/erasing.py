"""Erasure on a donor's request: first what would go and what stays, then the same, once, with a letter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from events.catalogue.models import Organisation
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.models import Guest, Party
from events.mail import outbox
from events.tickets.models import Ticket
from payments.keeping import forgetting, promises, terms, waiting
from payments.orders.models import Order, Payment
from payments.pledges.models import Pledge

ABANDONED = ("expired", "failed", "cancelled")
"""An order that came to nothing; where money came all the same there is a payment, and it is kept."""


@dataclass(frozen=True)
class Kept:
    """What is known of a donor by one order, and what the law says about it."""

    order: Order
    guest_names: int
    guest_notes: int
    until: date | None  # the law keeps buyer, money and receipts so long; None: nothing of it is kept
    is_open: bool  # the evening is still to come, or the money still moves: nothing goes before that


@dataclass(frozen=True)
class Preview:
    """Everything under one address of one organisation."""

    email: str
    parts: Sequence[Kept]
    promises: Sequence[Pledge] = ()

    @property
    def going(self) -> list[Kept]:
        """Of which something goes now."""
        return [part for part in self.parts if not part.is_open]

    @property
    def waiting(self) -> list[Kept]:
        """Of which nothing goes yet."""
        return [part for part in self.parts if part.is_open]

    @property
    def going_promises(self) -> list[Pledge]:
        """Promises that are settled: who made them is forgotten. One that is open must be paid or withdrawn first."""
        return [pledge for pledge in self.promises if pledge.status != "promised"]

    @property
    def until(self) -> date | None:
        """The last day on which anything is kept by law."""
        return max((part.until for part in self.parts if part.until), default=None)


def preview(organisation: Organisation, email: str) -> Preview:
    """What is known under exactly this address, upper and lower case alike."""
    query = (
        select(Order)
        .join(Party, Party.id == Order.party_id)
        .where(Order.organisation_id == organisation.id, func.lower(Party.email) == email.strip().lower())
    )
    orders = db.session.scalars(query.order_by(Order.id)) if email.strip() else ()
    made = promises.of_address(organisation.id, email)
    return Preview(email.strip(), [_kept(organisation, order) for order in orders], made)


def erase(organisation_id: int, email: str, seen: Sequence[int], actor: str) -> Preview:
    """Take out what no law keeps, and write to the donor. In the caller's transaction.

    `seen` are the ids of the orders that were shown. Raises Refusal: nothing, changed.
    """
    organisation = db.session.get_one(Organisation, organisation_id)
    found = preview(organisation, email)
    going = [part.order for part in found.going]
    if not going and not found.going_promises:
        raise Refusal("nothing", _("Under this address there is nothing that could be erased now."), field="email")
    if sorted(seen) != sorted(order.id for order in going):
        raise Refusal("changed", _("Something has changed since you looked. Please look again."), status=409)
    until = found.until
    reader: Party | Pledge = going[-1].party if going else found.going_promises[-1]
    name, language = reader.name, reader.language
    stays, goes = _parties(found.going, kept=True), _parties(found.going, kept=False)
    before = forgetting.addresses_before([*stays, *goes])
    counts: dict[str, int] = dict(forgetting.guests([*stays, *goes]))
    counts["addresses"] = forgetting.addresses(stays)
    counts["buyers"] = forgetting.buyers(goes)
    counts["permissions"] = forgetting.permissions([*stays, *goes])
    counts["traces"] = forgetting.traces([*stays, *goes])
    counts["waiting"] = waiting.of_address(organisation_id, found.email)
    counts["promises"] = forgetting.promisers([pledge.id for pledge in found.going_promises])
    waits = found.waiting or len(found.promises) > len(found.going_promises)
    counts["letters"] = 0 if waits else forgetting.letters_to({found.email, *before})
    codes = [order.code for order in going]
    told = {what: number for what, number in counts.items() if number}
    trail.note(actor, "donor.erased", f"orders:{','.join(codes)}", organisation_id, until=str(until or ""), **told)
    _write(organisation, found, name, language, bool(stays))
    return found


def _kept(organisation: Organisation, order: Order) -> Kept:
    paid = db.session.scalar(select(func.max(Payment.received_at)).where(Payment.order_id == order.id))
    names = select(func.count()).where(Ticket.party_id == order.party_id, Ticket.guest_name.is_not(None))
    told = (Guest.note != "") | (Guest.diet != "") | (Guest.alias != "") | (Guest.email != "")
    known = told | (Guest.table_name.is_not(None))
    notes = select(func.count()).where(Guest.party_id == order.party_id, known)
    over = order.event.ends_at < clock.now()
    return Kept(
        order,
        db.session.scalar(names) or 0,
        db.session.scalar(notes) or 0,
        terms.keep_until(organisation, paid) if paid else None,
        not (order.status in ABANDONED or (over and order.status not in ("held", "waiting", "processing"))),
    )


def _parties(parts: Sequence[Kept], *, kept: bool) -> list[int]:
    return [part.order.party_id for part in parts if (part.until is not None) == kept]


def _write(organisation: Organisation, found: Preview, name: str, language: str, keeps: bool) -> None:
    args: Mapping[str, str | int] = {"organisation_id": organisation.id, "keeps": int(keeps)}
    until, waits = str(found.until or ""), int(bool(found.waiting))
    last = found.going[-1].order.id if found.going else f"promise:{found.going_promises[-1].id}"
    key = f"erased:{organisation.id}:{last}"
    outbox.put("erased", key, name=name, email=found.email, language=language, until=until, waits=waits, **args)
