"""One idempotent function for money that came: webhook, return page and reconciler all end here.

It trusts nothing but the session re-read from Stripe, and does everything in one transaction: the payment, the order,
its tickets, the books, the receipt, the letter.
"""

from sqlalchemy import select, update

from events.core import clock, trail
from events.core.db import changed, db
from payments.checkout import slow_money
from payments.checkout.fulfilling import Money, fulfil, record
from payments.checkout.models import Attempt
from payments.gateway.answers import CheckoutSession
from payments.ledger import posting, strays
from payments.ledger.models import REFUNDS_DUE, UNDER_REVIEW
from payments.orders import keeping, placing
from payments.orders.models import Order, Payment
from payments.refunds import giving_back

UNSETTLED = ("held", "waiting", "processing")
LATE = ("expired", "failed", "cancelled")


def settle(session: CheckoutSession) -> str:
    """Bring our rows to what Stripe's session says; returns in a word what was done. In the caller's transaction."""
    attempt = _attempt_of(session)
    if attempt is None:
        return strays.keep(session) if session.is_paid and session.payment_intent else "not_ours"
    order = placing.lock(attempt.order_id)
    _adopt(attempt, session)
    if (difference := _difference(attempt, session)) is not None:
        return _review(order, session, difference)
    if session.status == "expired":
        return _expired(order, attempt)
    if session.status != "complete":
        return "open"
    _step(attempt, "open", "complete")
    return _paid(order, session) if session.is_paid else _processing(order)


def payment_failed(session: CheckoutSession) -> str:
    """A slow payment came to nothing: the seats go back. If it was paid after all, the session says so and wins."""
    attempt = _attempt_of(session)
    if attempt is None or session.is_paid:
        return settle(session)
    order = placing.lock(attempt.order_id)
    _step(attempt, "complete", "failed")
    if order.status != "processing":
        return "nothing_to_do"
    placing.move(order, "failed", "the slow payment failed")
    slow_money.tell_failed(order)
    keeping.release(order)
    return "failed"


def _attempt_of(session: CheckoutSession) -> Attempt | None:
    """By the session's id; else, when its answer was lost, the order's attempt that is still being created."""
    known = db.session.scalars(select(Attempt).where(Attempt.session_id == session.id)).one_or_none()
    reference = session.client_reference_id or ""
    if known is not None or not reference.isascii() or not reference.isdigit():
        return known
    query = select(Attempt).where(Attempt.order_id == int(reference), Attempt.status == "creating")
    attempt = db.session.scalars(query).one_or_none()
    # After a restore a number may be given twice, but the code tells the orders apart.
    code = session.order_metadata.get("code")
    return attempt if attempt is None or code in (None, attempt.order.code) else None


def _adopt(attempt: Attempt, session: CheckoutSession) -> None:
    if attempt.session_id is None and _step(attempt, "creating", "open"):
        changed(update(Attempt).where(Attempt.id == attempt.id).values(session_id=session.id, url=session.url))
    changed(update(Attempt).where(Attempt.id == attempt.id).values(polled_at=clock.now()))
    db.session.refresh(attempt)


def _step(attempt: Attempt, before: str, after: str) -> bool:
    return changed(update(Attempt).where(Attempt.id == attempt.id, Attempt.status == before).values(status=after)) == 1


def _difference(attempt: Attempt, session: CheckoutSession) -> str | None:
    """What in the session is not what we asked for; None when all is as it should be."""
    pairs = {
        "mode": (session.mode, "payment"),
        "amount": (session.amount_total, attempt.amount),
        "currency": (session.currency, attempt.currency),
        "reference": (session.client_reference_id, str(attempt.order_id)),
    }
    return next((name for name, (theirs, ours) in pairs.items() if theirs != ours), None)


def _review(order: Order, session: CheckoutSession, difference: str) -> str:
    """Something differs: no ticket, a row, an alert. A person decides."""
    if order.status in UNSETTLED + LATE:
        placing.move(order, "needs_review", f"{difference} differs")
        trail.note("service", "payment.needs_review", order.code, order.organisation_id, differs=difference)
    return _keep_for_review(order, session, f"{difference} differs") if session.is_paid else "needs_review"


def _expired(order: Order, attempt: Attempt) -> str:
    _step(attempt, "open", "expired")
    live = select(Attempt.id).where(Attempt.order_id == order.id, Attempt.status.in_(("creating", "open")))
    waits_for_card = order.way == "stripe" and order.status in ("held", "waiting")
    if not waits_for_card or db.session.scalar(live.limit(1)) is not None:
        return "nothing_to_do"
    placing.move(order, "expired", "the session is expired at Stripe")
    keeping.release(order)
    return "expired"


def _processing(order: Order) -> str:
    if order.status == "waiting":
        placing.move(order, "held", "Stripe answered again")
    if order.status == "held":
        placing.move(order, "processing", "checkout completed, money on its way")
        slow_money.tell_under_way(order)
    return "processing"


def _paid(order: Order, session: CheckoutSession) -> str:
    """Money is here: it fulfils the order, or it goes back; each payment intent is judged once."""
    known = db.session.scalar(select(Payment.outcome).where(Payment.reference == _reference(session)))
    if known is not None:
        return f"already_{known}"
    if order.status == "processing":
        slow_money.came(order)
    if order.status in UNSETTLED:
        return _fulfil(order, session, "settled")
    if order.status in LATE:
        return _late(order, session)
    if order.status == "needs_review":
        return _keep_for_review(order, session, "the order is under review")
    return _give_back(order, session, "duplicate")


def _late(order: Order, session: CheckoutSession) -> str:
    """Seats and the use of a code are taken again if they are there; if not the money goes back. Never overbooked."""
    try:
        with db.session.begin_nested():
            keeping.retake(order)
    except keeping.GONE:
        placing.move(order, "refund_due", "late money, no seats")
        return _give_back(order, session, "late")
    return _fulfil(order, session, "late money, seats taken again")


def _fulfil(order: Order, session: CheckoutSession, trigger: str) -> str:
    fulfil(order, _money(order, session), trigger)
    return "paid"


def _give_back(order: Order, session: CheckoutSession, why: str) -> str:
    """A payment that buys nothing: booked as owed, and sent back under a key of its own."""
    payment = record(order, _money(order, session), "refund_due", why)
    posting.parked(order, payment.reference, REFUNDS_DUE, payment.amount, payment.currency)
    giving_back.request(order, payment, why)
    return "refund_due"


def _keep_for_review(order: Order, session: CheckoutSession, why: str) -> str:
    """Money that a person must look at: booked, so that the books still equal Stripe's."""
    if db.session.scalar(select(Payment.id).where(Payment.reference == _reference(session))) is None:
        payment = record(order, _money(order, session), "needs_review", why)
        posting.parked(order, payment.reference, UNDER_REVIEW, payment.amount, payment.currency)
    return "needs_review"


def _money(order: Order, session: CheckoutSession) -> Money:
    return Money("stripe", _reference(session), session.amount_total or 0, session.currency or order.currency)


def _reference(session: CheckoutSession) -> str:
    return session.payment_intent or session.id
