"""What Stripe says of a refund, as rows: status, books, seats, the order's end, letters. Twice is as good as once."""

from sqlalchemy import func, select, update

from events.core import clock, trail
from events.core.db import changed, db
from events.mail import outbox
from payments.gateway.answers import RefundResult
from payments.ledger import posting
from payments.ledger.models import BANK, CASH, DOOR_CASH, REFUNDS_DUE, STRIPE_CLEARING
from payments.orders import keeping, placing
from payments.orders.models import Order, Payment
from payments.refunds import booking, steps
from payments.refunds.models import ENDED, Refund

MONEY = {"stripe": STRIPE_CLEARING, "cash": CASH, "door": DOOR_CASH, "transfer": BANK}
"""Where the money of a payment lies, by its provider."""


def record(refund_id: int, result: RefundResult) -> str:
    """Bring a refund of ours to what Stripe says now; returns the status it has then. In the caller's transaction."""
    refund = db.session.get_one(Refund, refund_id)
    order = placing.lock(refund.order_id)
    changed(update(Refund).where(Refund.id == refund_id, Refund.stripe_id.is_(None)).values(stripe_id=result.id))
    db.session.refresh(refund)
    if steps.step(refund, result.status, result.failure_reason or "Stripe's word"):
        moved(order, refund, result.failure_reason)
    return refund.status


def refuse(refund_id: int, code: str) -> None:
    """Stripe will not: the refund has failed, what it had changed is undone. `code` says why, or Stripe's sentence."""
    refund = db.session.get_one(Refund, refund_id)
    order = placing.lock(refund.order_id)
    db.session.refresh(refund)
    if steps.step(refund, "failed", "Stripe refuses"):
        moved(order, refund, code)


def given_by_hand(order: Order, refund: Refund) -> None:
    """Cash or a transfer: whoever presses the button hands the money over."""
    steps.step(refund, "submitted", "by hand", refund.actor)
    steps.step(refund, "succeeded", "by hand", refund.actor)
    moved(order, refund)


def moved(order: Order, refund: Refund, why: str | None = None) -> None:
    """Everything that follows from the status the refund has just reached."""
    if refund.status in ENDED:
        _ended(order, refund, why)
        return
    if refund.accepted_at is None:
        _accepted(order, refund)
    if refund.status == "requires_action":
        tell(order, refund, "refund_waits")
    if refund.status == "succeeded":
        _succeeded(order, refund)


def tell(order: Order, refund: Refund, kind: str) -> None:
    """One letter of this kind about this refund."""
    outbox.put(
        kind, f"{kind}:{refund.id}", **order.party.letter_to,
        refund_id=refund.id, event_id=order.event_id,
    )  # fmt: skip


def reference(refund: Refund) -> str:
    """How the books name the refund: by Stripe's id, or ours where Stripe knows nothing of it."""
    return refund.stripe_id or refund.idempotency_key


def _accepted(order: Order, refund: Refund) -> None:
    """The money has left, whether or not it has arrived: the debt is paid, and the seats are free for others."""
    changed(update(Refund).where(Refund.id == refund.id).values(accepted_at=clock.now()))
    db.session.refresh(refund)
    account = MONEY.get(refund.way, STRIPE_CLEARING)
    amounts = {REFUNDS_DUE: refund.amount, account: -refund.amount}
    memo = f"Order {order.code}: refund"
    posting.post(order, "refunds", "refund", reference(refund), memo, amounts, refund.currency)
    booking.release_seats(order, refund)
    if refund.status != "requires_action" and not _told_at_once(refund):
        tell(order, refund, "refund_sent")


def _told_at_once(refund: Refund) -> bool:
    """Late and second payments by card have their own letters, at the moment they come."""
    return refund.why in ("late", "duplicate") and refund.again_of is None and not refund.is_by_hand


def _succeeded(order: Order, refund: Refund) -> None:
    arrived = select(func.coalesce(func.sum(Refund.amount), 0))
    total = db.session.scalars(arrived.filter_by(payment_id=refund.payment_id, status="succeeded")).one()
    payment = refund.payment
    whole = total + payment.lost >= payment.amount
    if payment.outcome == "fulfilled":
        wanted = "refunded" if whole else "partly_refunded"
        if order.status in ("paid", "partly_refunded") and order.status != wanted:
            placing.move(order, wanted, "refund succeeded", refund.actor)
        elif order.status == wanted == "partly_refunded":  # one part more: no step of the order, and news all the same
            placing.tell("order.refunded", order)
    elif whole and payment.why != "duplicate":
        _returned(order)


def _returned(order: Order) -> None:
    """Money that bought nothing is back."""
    if order.status == "needs_review":
        placing.move(order, "refund_due", "given back in Stripe's dashboard", "stripe")
        keeping.release(order)
    if order.status == "refund_due":
        placing.move(order, "refunded", "refund succeeded")


def _ended(order: Order, refund: Refund, why: str | None) -> None:
    """Nothing went back, or it came back. Before Stripe took it on, all is as it was; afterwards the sum is owed."""
    changed(update(Refund).where(Refund.id == refund.id).values(refusal=(why or "")[:500]))
    db.session.refresh(refund)
    booking.unreserve(refund)
    owed = steps.is_owed(refund)
    trail.note("service", "refund.failed", order.code, order.organisation_id, refund=refund.id, owed=owed)
    if refund.accepted_at is not None:
        posting.refund_failed(order, reference(refund), REFUNDS_DUE, refund.amount, refund.currency)
        _open_again(order, refund.payment)
    elif not owed:
        booking.undo(order, refund)
    if owed:
        tell(order, refund, "refund_failed")


def _open_again(order: Order, payment: Payment) -> None:
    """Late money that came back is due again. Tickets stay void and places given: others may have them by now."""
    if payment.outcome == "refund_due" and payment.why != "duplicate" and order.status == "refunded":
        placing.move(order, "refund_due", "refund failed")
