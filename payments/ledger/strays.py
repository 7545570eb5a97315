"""Money on a pay page that no order knows: after a restore, or sold by another system on the same account."""

from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core import clock, jobs, trail
from events.core.db import db, insert_once
from payments.gateway.answers import CheckoutSession
from payments.ledger import posting
from payments.ledger.models import STRIPE_CLEARING, UNDER_REVIEW, StrayPayment


def keep(session: CheckoutSession) -> str:
    """A paid session as a row for a person to look at, booked as owed; once. In the caller's transaction.

    It is not given back by itself: after a restore the buyer may hold a ticket that the lost rows had sent.
    """
    owner = db.session.scalar(select(Organisation.id).order_by(Organisation.id).limit(1))
    reference, amount, currency = session.payment_intent or session.id, session.amount_total, session.currency
    if owner is None or not amount or not currency:
        return "not_ours"
    values = {
        "reference": reference,
        "organisation_id": owner,
        "session_id": session.id,
        "order_code": session.order_metadata.get("code"),
        "amount": amount,
        "currency": currency,
        "found_at": clock.now(),
    }
    if not insert_once(StrayPayment, values, ["reference"]):
        return "already_stray"
    amounts = {(STRIPE_CLEARING, currency): amount, (UNDER_REVIEW, currency): -amount}
    posting.enter(owner, "sales", "payment", reference, "No order: to be looked at", amounts)
    trail.note("service", "alert.stray_payment", reference, owner, amount=amount, currency=currency)
    jobs.put("read_payment", f"read-payment:{reference}", reference=reference)
    return "stray"
