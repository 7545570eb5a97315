"""What Stripe says of a dispute, as rows: receipts, tickets, books. Events are bells: the dispute is read again."""

from sqlalchemy import select, update

from events.core import clock, trail
from events.core.db import changed, db, transaction
from payments.disputes import losing
from payments.disputes.models import HARMLESS, OPEN, TRANSITIONS, Dispute
from payments.gateway import answers
from payments.gateway.stripe_api import current_gateway
from payments.ledger import posting
from payments.ledger.models import DISPUTES_IN_TRANSIT
from payments.orders import placing
from payments.orders.models import Order, Payment
from payments.receipts import following as receipts
from payments.refunds.confirming import await_payment

_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}


def refresh(stripe_id: str) -> str:
    """Read a dispute again at Stripe and write down what it became, in a word.

    Raises TryLater for a payment of ours that we have not heard of yet.
    """
    gateway = current_gateway()
    found = gateway.get_dispute(stripe_id)
    moved = sum(gateway.get_balance_transaction(one).amount for one in found.balance_transactions)
    if found.payment_intent is None or not await_payment(found.payment_intent):
        return "not_ours"
    with transaction():
        order_id = db.session.scalars(select(Payment.order_id).filter_by(reference=found.payment_intent)).one()
        return record(order_id, found, is_away=moved < 0)


def warn(warning_id: str) -> str:
    """An early fraud warning: an alert in the trail. Nothing is changed; a dispute may follow, or not."""
    warning = current_gateway().get_fraud_warning(warning_id)
    with transaction():
        query = select(Payment).filter_by(reference=warning.payment_intent or "")
        payment = db.session.scalars(query).one_or_none()
        if payment is None:
            return "not_ours"
        order = payment.order
        details = {"warning": warning.id, "type": warning.fraud_type, "payment": payment.id}
        trail.note("service", "payment.fraud_warning", order.code, order.organisation_id, **details)
    return "alerted"


def record(order_id: int, found: answers.Dispute, *, is_away: bool) -> str:
    """Bring our row to what Stripe says; returns the status it has then. In the caller's transaction.

    `is_away`: whether the sum of its movements has left the balance.
    """
    order = placing.lock(order_id)
    dispute, before = _row(order, found)
    _move_money(order, dispute, is_away)
    if before != dispute.status:
        _follow(order, dispute, before)
    return dispute.status


def _row(order: Order, found: answers.Dispute) -> tuple[Dispute, str | None]:
    """The row as it stands now, and the status that it had before; what is closed stays closed."""
    known = select(Dispute).filter_by(stripe_id=found.id)
    dispute = db.session.scalars(known, execution_options={"populate_existing": True}).one_or_none()
    if dispute is None:
        return _new(order, found), None
    before = dispute.status
    if (before, found.status) in _ALLOWED:
        step = update(Dispute).where(Dispute.id == dispute.id, Dispute.status == before)
        closed_at = None if found.status in OPEN else clock.now()
        changed(step.values(status=found.status, due_by=found.due_by, closed_at=closed_at))
        db.session.refresh(dispute)
    return dispute, before


def _new(order: Order, found: answers.Dispute) -> Dispute:
    payment = db.session.scalars(select(Payment).filter_by(reference=found.payment_intent)).one()
    dispute = Dispute(
        order_id=order.id,
        payment_id=payment.id,
        stripe_id=found.id,
        status=found.status,
        reason=found.reason,
        amount=found.amount,
        currency=found.currency,
        opened_at=found.created,
        due_by=found.due_by,
    )
    db.session.add(dispute)
    db.session.flush()
    details = {"dispute": dispute.id, "reason": found.reason, "amount": found.amount}
    trail.note("service", "dispute.opened", order.code, order.organisation_id, **details)
    return dispute


def _move_money(order: Order, dispute: Dispute, is_away: bool) -> None:
    """The gross sum leaves Stripe's balance once, and comes back at most once. Its fee is in the movement itself:
    payments/ledger reads it there."""
    facts = (order, dispute.stripe_id, DISPUTES_IN_TRANSIT, dispute.amount, dispute.currency)
    if is_away and not dispute.away and dispute.returned_at is None:
        posting.disputed(*facts)
        _set(dispute, away=dispute.amount)
    elif dispute.away and not is_away:
        posting.dispute_won(*facts)
        _set(dispute, away=0, returned_at=clock.now())


def _set(dispute: Dispute, **values: object) -> None:
    changed(update(Dispute).where(Dispute.id == dispute.id).values(**values))
    db.session.refresh(dispute)


def _follow(order: Order, dispute: Dispute, before: str | None) -> None:
    details = {"dispute": dispute.id, "was": before}
    trail.note("service", f"dispute.{dispute.status}", order.code, order.organisation_id, **details)
    if dispute.payment.outcome != "fulfilled" and dispute.status != "lost":
        return
    if dispute.status in OPEN:
        receipts.contest(order)
    elif dispute.status == "lost":
        losing.lose(order, dispute)
    elif before == "lost":
        losing.win_after_all(order, dispute)
    elif dispute.status in ("won", *HARMLESS):
        receipts.uncontest(order)
