"""Stripe rings about refunds: those we asked for, and those that somebody made in Stripe's dashboard."""

from datetime import timedelta

from sqlalchemy import select

from events.core import clock, trail
from events.core.db import db, transaction
from events.core.jobs import TryLater
from payments.gateway.answers import RefundResult
from payments.gateway.stripe_api import current_gateway
from payments.ledger import posting
from payments.ledger.models import REFUNDS_DUE, UNDER_REVIEW
from payments.orders import placing
from payments.orders.models import Order, Payment
from payments.orders.returning import Part
from payments.refunds import booking, choosing, following, steps
from payments.refunds.models import ENDED, Refund

SOON, LATER = timedelta(seconds=10), timedelta(minutes=2)


def refresh(stripe_id: str) -> str:
    """Read a refund again at Stripe and write down what it became, in a word; unknown ones by way of their payment."""
    result = current_gateway().get_refund(stripe_id)
    with transaction():
        refund_id = _ours(result)
        if refund_id is not None:
            return following.record(refund_id, result)
    return refresh_payment(result.payment_intent) if result.payment_intent else "not_ours"


def refresh_charge(charge_id: str) -> str:
    """`charge.refunded` names a charge: look at all its refunds."""
    intent = current_gateway().get_charge(charge_id).payment_intent
    return refresh_payment(intent) if intent else "not_ours"


def refresh_payment(intent: str) -> str:
    """All refunds of one payment, those that came to nothing first: they make room for the others.

    Raises TryLater for a payment of ours that we have not heard of yet.
    """
    if not await_payment(intent):
        return "not_ours"
    results = sorted(current_gateway().list_refunds(payment_intent=intent), key=_order_of_reading)
    found = "nothing_new"
    for result in results:
        with transaction():
            refund_id = _ours(result)
            found = _external(result) if refund_id is None else following.record(refund_id, result)
    return found


def await_payment(intent: str) -> bool:
    """Whether the payment is ours. News of one that no bell has told us of waits until the order is settled."""
    with transaction():
        if db.session.scalar(select(Payment.id).filter_by(reference=intent)) is not None:
            return True
    named = current_gateway().get_payment_intent(intent).order_metadata
    code, number = named.get("code", ""), named.get("order", "")
    if not (number.isascii() and number.isdigit()):
        return False
    with transaction():
        known = db.session.scalar(select(Order.id).filter_by(id=int(number), code=code))
    if known is not None:
        raise TryLater(clock.now() + LATER)
    return False


def _order_of_reading(result: RefundResult) -> tuple[bool, float]:
    return result.status not in ENDED, result.created.timestamp()


def _ours(result: RefundResult) -> int | None:
    """By Stripe's id; else by the key that we put on it, when the answer to our own call was lost or is on its way."""
    known = select(Refund.id).where(Refund.stripe_id == result.id)
    key = result.order_metadata.get("refund", "")
    unanswered = select(Refund.id).where(Refund.idempotency_key == key, Refund.stripe_id.is_(None))
    return db.session.scalar(known) or db.session.scalar(unanswered)


def _external(result: RefundResult) -> str:
    """Made in the dashboard: a row of its own, gifts first and meals last; tickets are void only when all is gone."""
    payment = db.session.scalars(select(Payment).filter_by(reference=result.payment_intent)).one_or_none()
    if payment is None:
        return "not_ours"
    if result.status in ENDED:
        return "came_to_nothing"
    order = placing.lock(payment.order_id)
    refund_id = _ours(result)  # somebody may have been faster
    if refund_id is not None:
        return following.record(refund_id, result)
    if not booking.reserve(payment, result.amount):
        return _does_not_fit(order, payment, result)
    refund = _row(order, payment, result)
    parts = _parts(order, payment, refund)
    booking.decide(order, refund, parts)
    trail.note("service", "refund.external", order.code, order.organisation_id, amount=refund.amount, refund=refund.id)
    following.moved(order, refund)
    booking.settle_sums(order, parts)
    return "external"


def _does_not_fit(order: Order, payment: Payment, result: RefundResult) -> str:
    """One of ours stands in the way that Stripe has not answered yet, and will refuse; else a person must look."""
    waiting = select(Refund.id).where(Refund.payment_id == payment.id, Refund.status.in_(("requested", "submitted")))
    if db.session.scalar(waiting.limit(1)) is not None:
        raise TryLater(clock.now() + SOON)
    trail.note("service", "refund.does_not_fit", order.code, order.organisation_id, stripe=result.id)
    return "does_not_fit"


def _row(order: Order, payment: Payment, result: RefundResult) -> Refund:
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        amount=result.amount,
        currency=result.currency,
        why="external",
        status=result.status,
        idempotency_key=f"external:{result.id}",
        params={},
        stripe_id=result.id,
        actor="stripe",
        created_at=result.created,
        again_of=_debt(order, result.amount),
    )
    return steps.begin(refund, "made in Stripe's dashboard")


def _debt(order: Order, amount: int) -> int | None:
    """A failed refund of just this sum that is still owed: the dashboard is where people try once more."""
    query = select(Refund).where(Refund.order_id == order.id, Refund.amount == amount, Refund.status.in_(ENDED))
    return next((one.id for one in db.session.scalars(query.order_by(Refund.id)) if steps.is_owed(one)), None)


def _parts(order: Order, payment: Payment, refund: Refund) -> list[Part]:
    """What it takes of the lines: nothing where a debt is paid, or where the payment had bought nothing."""
    if payment.outcome == "needs_review":
        amounts = {UNDER_REVIEW: refund.amount, REFUNDS_DUE: -refund.amount}
        memo = f"Order {order.code}: to be given back"
        posting.post(order, "refunds", booking.DECIDED, refund.idempotency_key, memo, amounts, refund.currency)
    if payment.outcome != "fulfilled" or refund.again_of is not None:
        return []
    if refund.amount >= sum(line.left for line in order.lines):
        return choosing.everything(order.lines)
    return choosing.gift_first(order.lines, refund.amount)
