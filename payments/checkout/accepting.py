"""Money under review that is right after all: staff decide, and the order is paid with all that belongs to it."""

from collections.abc import Sequence

from sqlalchemy import select, update

from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.checkout import fulfilling
from payments.ledger import posting
from payments.ledger.models import UNDER_REVIEW
from payments.orders import keeping, placing
from payments.orders.models import Order, Payment


def accept(order_id: int, actor: str, note: str) -> None:
    """needs_review -> paid, in the caller's transaction; who and why stand in the history.

    Raises Refusal: not_reviewed, wrong_amount (the sum must be the order's own: anything else goes back), and those of
    keeping.GONE.
    """
    order = placing.lock(order_id)
    waiting = select(Payment).filter_by(order_id=order_id, outcome="needs_review")
    payments = db.session.scalars(waiting, execution_options={"populate_existing": True}).all()
    if order.status != "needs_review" or not payments:
        raise Refusal("not_reviewed", _("No money of this order waits for a decision."), status=409)
    payment = _only(order, payments)
    statement = update(Payment).where(Payment.id == payment.id, Payment.outcome == "needs_review")
    changed(statement.values(outcome="fulfilled"))
    db.session.refresh(payment)
    placing.move(order, "paid", f"after review: {note}" if note else "after review", actor)
    posting.recognised(order, payment.reference, UNDER_REVIEW)
    keeping.retake(order)  # late money had lost its seats: SoldOut when others have them
    fulfilling.deliver(order)


def _only(order: Order, payments: Sequence[Payment]) -> Payment:
    first = payments[0]
    right = (first.amount, first.currency, first.refunded, first.lost) == (order.total, order.currency, 0, 0)
    if len(payments) > 1 or not right:
        sentence = _("The money is not just what the order costs: it can only go back, and be paid anew.")
        raise Refusal("wrong_amount", sentence, status=409)
    return first
