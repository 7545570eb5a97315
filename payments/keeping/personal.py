"""A donor's data, whole, as a file that programs and people can read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from events.core import clock
from events.core.db import db
from events.guests.models import Guest, Party
from events.mail.models import Letter
from payments.keeping import terms
from payments.orders.models import Order, Payment


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
        "letters": [
            {"kind": one.kind, "written_at": one.created_at.isoformat(), "sent_at": _moment(one.sent_at)}
            for one in (db.session.scalars(letters) if orders else ())
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
        "receipts": [{"number": one.number, "state": one.state, "name": one.donor_name} for one in order.receipts],
        "guests": _guests(party),
        "kept_by_law_until": str(terms.keep_until(order.event.organisation, paid)) if paid else None,
    }


def _guests(party: Party) -> Sequence[dict[str, Any]]:
    query = select(Guest).where(Guest.party_id == party.id).order_by(Guest.id)
    return [
        {
            "name": guest.ticket.guest_name,
            "note": guest.note,
            "diet": guest.diet,
            "allergies": guest.allergies,
            "table": guest.table_name,
        }
        for guest in db.session.scalars(query)
    ]


def _moment(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
