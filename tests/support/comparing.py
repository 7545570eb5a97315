"""Stripe's books and ours, side by side."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from events.core.db import db
from payments.gateway.currencies import from_stripe
from payments.gateway.sandbox.server import RunningSandbox
from payments.orders.models import Payment
from payments.refunds.models import TAKEN, Refund


def differences(standin: RunningSandbox) -> list[str]:
    """A sentence where not the same money came, or not the same went back. Needs the application's context."""
    cards = select(Payment).filter_by(provider="stripe")
    ours = {row.reference: row.amount for row in db.session.scalars(cards)}
    sums = select(Payment.reference, func.sum(Refund.amount).label("sum")).join(Refund)
    taken = sums.where(Refund.status.in_(TAKEN), Payment.provider == "stripe").group_by(Payment.reference)
    returned = {row.reference: int(row.sum) for row in db.session.execute(taken)}
    with standin.books.lock:
        charges = {row["payment_intent"]: row for row in standin.books.all("charge")}
        theirs = {intent: _ours(row["amount_captured"], row) for intent, row in charges.items()}
        given_back = {
            intent: _ours(row["amount_refunded"], row) for intent, row in charges.items() if row["amount_refunded"]
        }
    found = []
    if theirs != ours:
        found.append(f"stripe's books: {sorted(theirs.items() ^ ours.items())} stand on one side only")
    if given_back != returned:
        found.append(f"refunds: Stripe says {given_back}, we say {returned}")
    return found


def _ours(amount: int, charge: Mapping[str, Any]) -> int:
    """ISO minor units: Stripe writes krónur with two decimals more."""
    return from_stripe(amount, charge["currency"])
