"""A donor's data, whole, as a file that programs and people can read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.guests import asking
from events.guests.asking import Asked
from events.guests.models import Guest, Party
from events.mail.models import Letter
from events.messages import segments
from payments.keeping import promises, terms, waiting
from payments.offline.models import Arrangement
from payments.orders.models import Order, Payment
from payments.pledges.models import Pledge
from payments.receipts.donors import FIELDS
from payments.receipts.models import DonorDetails


def of_address(organisation_id: int, email: str) -> dict[str, Any]:
    """All that is known under an address of one organisation: amounts in minor units, times ISO 8601 in UTC."""
    query = (
        select(Order)
        .join(Party, Party.id == Order.party_id)
        .where(Order.organisation_id == organisation_id, func.lower(Party.email) == email.strip().lower())
    )
    orders = db.session.scalars(query.order_by(Order.id)).all() if email.strip() else []
    letters = select(Letter).where(func.lower(Letter.recipient_email) == email.strip().lower()).order_by(Letter.id)
    return {
        "made_at": clock.now().isoformat(),
        "email": email.strip(),
        "orders": [_order(order) for order in orders],
        "places": _places(organisation_id, email.strip()),
        "promises": [_promise(pledge) for pledge in promises.of_address(organisation_id, email)],
        "waiting_lists": waiting.told(organisation_id, email),
        "wants_no_appeals": segments.objects(organisation_id, email),
        "letters": [
            {
                "kind": one.kind,
                "written_at": one.created_at.isoformat(),
                "sent_at": _moment(one.sent_at),
                "came_back": one.bounce,
            }
            for one in (db.session.scalars(letters) if orders or promises.of_address(organisation_id, email) else ())
        ],
    }


def _order(order: Order) -> dict[str, Any]:
    party = order.party
    payments = db.session.scalars(select(Payment).filter_by(order_id=order.id).order_by(Payment.id)).all()
    paid = max((payment.received_at for payment in payments), default=None)
    return {
        "code": order.code,
        "event": order.event.title,
        "starts_at": order.event.starts_at.isoformat(),
        "status": order.status,
        "placed_at": order.created_at.isoformat(),
        "buyer": {"name": party.name, "email": party.email, "phone": party.phone, "language": party.language},
        "found_by": party.source,
        "page_opened_at": _moment(party.opened_at),
        "currency": order.currency,
        "total": order.total,
        "lines": [
            {"kind": line.kind, "name": line.name, "amount": line.amount, "benefit": line.benefit, "gift": line.gift}
            for line in order.lines
        ],
        "payments": [
            {"by": one.provider, "amount": one.amount, "currency": one.currency, "at": one.received_at.isoformat()}
            for one in payments
        ],
        "refunds": [
            {"amount": one.amount, "currency": one.currency, "status": one.status, "at": one.created_at.isoformat()}
            for one in order.refunds
        ],
        **_papers(order),
        "receipts": [{"number": one.number, "state": one.state, "name": one.donor_name} for one in order.receipts],
        **_wishes(order),
        "guests": _guests(party),
        "kept_by_law_until": str(terms.keep_until(order.event.organisation, paid)) if paid else None,
    }


def _papers(order: Order) -> dict[str, Any]:
    """Whom an invoice and a receipt name, as it was told."""
    agreed = db.session.scalars(select(Arrangement).filter_by(order_id=order.id)).one_or_none()
    told = db.session.get(DonorDetails, order.id)
    invoice = {"company": agreed.company, "tax_id": agreed.tax_id, "address": agreed.address} if agreed else {}
    giver = {name: getattr(told, name) for name in FIELDS} if told else {}
    return {
        "for_the_invoice": invoice if any(invoice.values()) else None,
        "for_the_receipt": giver | {"declared_at": _moment(told.declared_at)} if told else None,
    }


def _promise(pledge: Pledge) -> dict[str, Any]:
    return {
        "event": pledge.event.title,
        "made_at": pledge.made_at.isoformat(),
        "amount": pledge.amount,
        "currency": pledge.currency,
        "status": pledge.status,
        "giver": {"name": pledge.name, "email": pledge.email, "phone": pledge.phone, "paddle": pledge.paddle},
        "shown_in_the_room": pledge.is_shown,
    }


def _guests(party: Party) -> Sequence[dict[str, Any]]:
    query = select(Guest).where(Guest.party_id == party.id).order_by(Guest.id)
    return [
        {
            "name": guest.ticket.guest_name,
            "ticket_opened_at": _moment(guest.ticket.opened_at),
            "table": guest.table_name,
            **(_own(guest) if _is_theirs(guest, party) else {"answered_for_themselves": True}),
        }
        for guest in db.session.scalars(query)
    ]


def _is_theirs(guest: Guest, party: Party) -> bool:
    """Whether a buyer may read it: the own place, and what the buyer wrote. Other guests' diets are other people's."""
    own = {party.name, ""} >= {guest.ticket.guest_name or ""} or guest.email.lower() == party.email.lower() != ""
    return own or guest.answered_at is None


def _own(guest: Guest) -> dict[str, Any]:
    """What somebody told of themselves."""
    return {
        "alias": guest.alias,
        "email": guest.email,
        "note": guest.note,
        "diet": guest.diet,
        "allergies": guest.allergies,
        "answers": _answers(asking.of_ticket(guest.ticket)),
    }


def _wishes(order: Order) -> dict[str, Any]:
    """What went with an order."""
    dedication = order.dedication
    return {
        "table_is_called": ", ".join(filter(None, [order.party.title, *(one.title for one in order.party.tables)])),
        "dedication": {"kind": dedication.kind, "name": dedication.name} if dedication else None,
        "not_to_be_named": order.anonymity is not None,
        "answers": _answers(asking.of_party(order.event_id, order.party_id)),
        "consents": [
            {
                "to": one.name,
                "words": one.wording,
                "given_at": one.given_at.isoformat(),
                "withdrawn_at": _moment(one.withdrawn_at),
            }
            for one in order.consents
        ],
    }


def _answers(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    return [{"question": one.question.text, "answer": one.shown} for one in asked if one.shown]


def _places(organisation_id: int, email: str) -> list[dict[str, Any]]:
    """Places of somebody who did not book, and left this address as a guest."""
    query = select(Guest).join(Party, Party.id == Guest.party_id).join(Event, Event.id == Party.event_id)
    mine = (Event.organisation_id == organisation_id, func.lower(Guest.email) == email.lower(), Guest.email != "")
    return [
        {"event": guest.party.event.title, "ticket": guest.ticket.short_number, "name": guest.ticket.guest_name}
        | _own(guest)
        for guest in db.session.scalars(query.where(*mine).order_by(Guest.id))
    ]


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
