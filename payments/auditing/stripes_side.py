"""Stripe's books beside ours, by asking: against the stand-in only, after it is quiet.

Each question asks Stripe first and reads our rows afterwards, so that nothing of ours is held during a call.
"""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from events.core import clock
from events.core.db import db
from payments.auditing.books import totals
from payments.gateway.stripe_api import Gateway
from payments.ledger.models import BalanceTransaction, StrayPayment
from payments.orders.models import Payment
from payments.refunds.models import TAKEN, Refund

QUIET = timedelta(minutes=1)
"""What is younger may still be on its way to us."""


def charges(gateway: Gateway) -> Iterator[str]:
    """3. Every captured payment intent at Stripe is exactly one of ours: fulfilling, going back, or looked at."""
    quiet = clock.now() - QUIET
    theirs = {charge.payment_intent or charge.id: charge for charge in gateway.list_charges() if charge.paid}
    ours = {row.reference: (row.amount, row.currency) for row in _captured()}
    for reference, charge in theirs.items():
        if reference not in ours and charge.created < quiet:
            yield f"{reference} was captured at Stripe, and neither order nor refund nor review knows of it"
        elif reference in ours and ours[reference] != (charge.amount, charge.currency):
            yield f"{reference}: Stripe took {charge.amount} {charge.currency}, our rows say {ours[reference]}"
    for reference in sorted(ours.keys() - theirs.keys()):
        yield f"payment {reference} stands in our rows, and Stripe never took it"


def given_back(gateway: Gateway) -> Iterator[str]:
    """18. Each refund that Stripe has taken on is ours, of the same amount; and the other way round."""
    quiet = clock.now() - QUIET
    theirs = {refund.id: refund for refund in gateway.list_refunds() if refund.status in TAKEN}
    query = select(Refund.stripe_id, Refund.amount, Refund.currency).where(Refund.status.in_(TAKEN))
    stripes = query.where(Refund.stripe_id.is_not(None))
    ours = {str(refund_id): (amount, currency) for refund_id, amount, currency in db.session.execute(stripes)}
    for refund_id, refund in theirs.items():
        if refund_id not in ours and refund.created < quiet:
            yield f"refund {refund_id} was made at Stripe, and is not among our rows"
        elif refund_id in ours and ours[refund_id] != (refund.amount, refund.currency):
            yield f"refund {refund_id}: Stripe gave back {refund.amount} {refund.currency}, we say {ours[refund_id]}"
    for refund_id in sorted(ours.keys() - theirs.keys()):
        yield f"refund {refund_id} stands in our rows, and Stripe did not take it on"


def balance(gateway: Gateway) -> Iterator[str]:
    """18. Every movement of Stripe's balance is among our rows, and they sum to the balance."""
    quiet = clock.now() - QUIET
    answer = gateway.get_balance()
    theirs = {
        currency: answer.available.get(currency, 0) + answer.pending.get(currency, 0)
        for currency in answer.available.keys() | answer.pending.keys()
    }
    listed = list(gateway.list_balance_transactions())
    known = set(db.session.scalars(select(BalanceTransaction.id)))
    nets = select(BalanceTransaction.currency, func.sum(BalanceTransaction.net)).group_by(BalanceTransaction.currency)
    ours = totals(nets)
    for movement in listed:
        if movement.id in known:
            continue
        ours[movement.currency] = ours.get(movement.currency, 0) + movement.net
        if movement.created < quiet:
            yield f"movement {movement.id} of Stripe's balance ({movement.reporting_category}) is not among our rows"
    for currency in sorted(theirs.keys() | ours.keys()):
        held, told = theirs.get(currency, 0), ours.get(currency, 0)
        if held != told:
            yield f"Stripe's balance is {held} {currency}, its movements sum to {told}"


def _captured() -> Iterator[Payment | StrayPayment]:
    yield from db.session.scalars(select(Payment).where(Payment.reference.like("pi\\_%", escape="\\")))
    yield from db.session.scalars(select(StrayPayment))
