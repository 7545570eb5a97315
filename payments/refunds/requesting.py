"""Staff give money back: of chosen lines, or a sum out of goodwill; and once more when a refund has failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select, update

from events.core import trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from payments.gateway.currencies import payable_step
from payments.ledger import posting
from payments.ledger.models import REFUNDS_DUE, UNDER_REVIEW
from payments.orders import keeping, placing, returning
from payments.orders.models import Order, Payment
from payments.orders.returning import Part
from payments.refunds import booking, choosing, giving_back, steps
from payments.refunds.models import Refund

REFUNDABLE = ("paid", "partly_refunded")


@dataclass(frozen=True)
class Wish:
    """What a member of staff asks for: lines with `all` or `keep_gift`, or else an amount in minor units.

    `key` comes with the form: pressing its button twice asks once. `note` is for colleagues; `how` (cash, transfer) is
    how money that no card brought goes back. `share_bp` is how much of the lines goes back, in basis points.
    """

    key: str
    actor: str
    lines: Mapping[int, str] = field(default_factory=dict)
    amount: int | None = None
    note: str = ""
    how: str = ""
    share_bp: int = choosing.WHOLE


def request(order_id: int, wish: Wish) -> Refund:
    """The refund as rows: tickets void, debt, receipt and all; Stripe is asked by a job. In the caller's transaction.

    Raises Refusal: not_paid, contested, refund_too_large, and what `choosing` refuses; nothing has then changed.
    """
    order = placing.lock(order_id)
    key = f"staff:{order_id}:{wish.key}"
    known = db.session.scalars(select(Refund).filter_by(idempotency_key=key)).one_or_none()
    if known is not None:
        return known
    payment, parts = _payment(order), _parts(order, wish)
    amount = sum(part.amount for part in parts)
    if not booking.reserve(payment, amount):
        raise choosing.too_large(payment.left, payment.currency)
    why = "lines" if wish.lines else "goodwill"
    refund = giving_back.new(order, payment, amount, why, key, wish.actor, wish.note, how=wish.how)
    if not booking.decide(order, refund, parts):
        raise Refusal("already_back", _("Somebody else has just given this back."), status=409)
    giving_back.ask(order, refund)
    booking.settle_sums(order, parts)
    return refund


def foresee(order: Order, wish: Wish) -> list[Part]:
    """What `request` would give back of which line, for whoever must say yes to it. Raises what `request` raises."""
    payment, parts = _payment(order), _parts(order, wish)
    if sum(part.amount for part in parts) > payment.left:
        raise choosing.too_large(payment.left, payment.currency)
    return parts


def again(order_id: int, refund_id: int, key: str, actor: str) -> Refund:
    """Another try for a refund that failed and is still owed: of what others have not paid of it by now.

    Raises NotFound, Refusal not_owed, refund_too_large.
    """
    order = placing.lock(order_id)
    failed = db.session.scalars(select(Refund).filter_by(id=refund_id, order_id=order_id)).one_or_none()
    if failed is None:
        raise NotFound(_("There is no such refund."))
    if not steps.is_owed(failed):
        raise Refusal("not_owed", _("This refund is not owed, or somebody tries it again already."), status=409)
    check_contested(order)
    amount = min(failed.amount, _debt(order, failed.payment))
    if amount <= 0 or not booking.reserve(failed.payment, amount):
        raise choosing.too_large(failed.payment.left, failed.currency)
    why = "lines" if failed.why == "external" else failed.why
    refund = giving_back.new(order, failed.payment, amount, why, f"again:{failed.id}:{key}", actor, "", failed.id)
    giving_back.ask(order, refund)
    trail.note(actor, "refund.again", order.code, order.organisation_id, refund=refund.id, failed=failed.id)
    return refund


def _debt(order: Order, payment: Payment) -> int:
    """What is left of the payment and of no line: the dashboard may have paid a part of a debt under another sum."""
    if payment.outcome != "fulfilled":
        return payment.left
    returning.reread(order)
    return payment.left - sum(line.left for line in order.lines)


def after_review(order_id: int, actor: str, note: str) -> list[Refund]:
    """Staff decide that money under review goes back whole; who and why is written down.

    Raises Refusal not_reviewed.
    """
    order = placing.lock(order_id)
    payments = db.session.scalars(select(Payment).filter_by(order_id=order_id, outcome="needs_review")).all()
    payments = [payment for payment in payments if payment.provider == "stripe" and not payment.refunded]
    if order.status != "needs_review" or not payments:
        raise Refusal("not_reviewed", _("No money of this order waits for a decision."), status=409)
    placing.move(order, "refund_due", f"after review: {note}" if note else "after review", actor)
    refunds = [_give_back(order, payment, actor, note) for payment in payments]
    keeping.release(order)
    return refunds


def _give_back(order: Order, payment: Payment, actor: str, note: str) -> Refund:
    booking.reserve(payment, payment.amount)
    changed(update(Payment).where(Payment.id == payment.id).values(outcome="refund_due"))
    db.session.refresh(payment)
    key = f"review:{payment.reference}"
    amounts = {UNDER_REVIEW: payment.amount, REFUNDS_DUE: -payment.amount}
    memo = f"Order {order.code}: to be given back"
    posting.post(order, "refunds", booking.DECIDED, key, memo, amounts, payment.currency)
    refund = giving_back.new(order, payment, payment.amount, "review", key, actor, note)
    giving_back.ask(order, refund)
    return refund


def _payment(order: Order) -> Payment:
    query = select(Payment).filter_by(order_id=order.id, outcome="fulfilled")
    payment = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if payment is None or order.status not in REFUNDABLE:
        raise Refusal("not_paid", _("Nothing can be given back: this order is not paid."), status=409)
    check_contested(order)
    return payment


def check_contested(order: Order) -> None:
    """Raise Refusal `contested` while the buyer's bank contests the order's payment."""
    if any(dispute.is_open for dispute in order.disputes):
        sentence = _("The buyer’s bank contests this payment. Until it has decided, nothing can be given back.")
        raise Refusal("contested", sentence, status=409)


def _parts(order: Order, wish: Wish) -> list[Part]:
    if wish.amount is not None and not wish.lines:
        return choosing.goodwill(order.lines, wish.amount, order.currency)
    return choosing.chosen(order.lines, wish.lines, wish.share_bp, payable_step(order.currency))
