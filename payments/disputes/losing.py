"""A lost dispute: the bank keeps the money, so tickets become void, and books and receipt follow as with a refund."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from events.core import clock, trail
from events.core.db import changed, db
from events.core.jobs import TryLater
from events.guests import answering
from events.tickets import holding, voiding
from payments.disputes.models import Dispute, DisputeLine
from payments.ledger import posting
from payments.ledger.models import DISPUTES_IN_TRANSIT, REFUNDS_DUE, UNDER_REVIEW
from payments.orders import placing, returning
from payments.orders.models import Order, Payment
from payments.orders.returning import Part
from payments.receipts import following as receipts
from payments.refunds import booking, choosing
from payments.refunds.models import Refund

SOON = timedelta(seconds=10)
UNSERVED = {"refund_due": REFUNDS_DUE, "needs_review": UNDER_REVIEW}


def lose(order: Order, dispute: Dispute) -> None:
    """Take what the bank keeps: all of the order, or gifts first and meals last when it keeps a part.

    Raises TryLater while a refund stands in the way that Stripe must refuse first.
    """
    payment = dispute.payment
    amount = _keep(order, payment, dispute)
    if payment.outcome != "fulfilled":
        _post(order, dispute, {UNSERVED[payment.outcome]: amount})
        return
    whole = amount >= sum(line.left for line in order.lines)
    parts = choosing.everything(order.lines) if whole else choosing.gift_first(order.lines, amount)
    returning.take(parts)
    _write_lines(order, dispute, parts)
    rest = amount - sum(part.amount for part in parts)  # a refund that failed and is owed: the bank has paid it now
    _post(order, dispute, booking.income_of(parts) | {REFUNDS_DUE: rest})
    wanted = "refunded" if whole else "partly_refunded"
    if order.status in ("paid", "partly_refunded") and order.status != wanted:
        placing.move(order, wanted, "dispute lost")
    receipts.uncontest(order)
    _settle(order, parts, -1)


def win_after_all(order: Order, dispute: Dispute) -> None:
    """The bank changed its mind: the money counts again, and the tickets are valid again where their places are free.

    Where others have the places by now, the tickets stay void, with an alert: a person decides, and can give it back.
    """
    changed(update(Payment).where(Payment.id == dispute.payment_id).values(lost=Payment.lost - dispute.taken))
    lines = db.session.scalars(select(DisputeLine).filter_by(dispute_id=dispute.id)).all()
    parts = [Part(line.order_line_id, line.benefit, line.gift, line.fee) for line in lines]
    returning.put_back(parts)
    rest = dispute.taken - sum(part.amount for part in parts)
    owed_on = UNSERVED.get(dispute.payment.outcome, REFUNDS_DUE)
    amounts = {account: -amount for account, amount in (booking.income_of(parts) | {owed_on: rest}).items()}
    entry = posting.entry_of("dispute_lost", dispute.stripe_id)
    memo = f"Order {order.code}: dispute won after all"
    balanced = amounts | {DISPUTES_IN_TRANSIT: -sum(amounts.values())}
    posting.post(order, "disputes", "dispute_regained", dispute.stripe_id, memo, balanced, reverses=entry)
    if dispute.payment.outcome == "fulfilled":
        db.session.refresh(dispute.payment)
        _stands_again(order, dispute.payment)
        _restore_tickets(order, dispute, [line.ticket_id for line in lines if line.ticket_id])
    _settle(order, parts, 1)


def _stands_again(order: Order, payment: Payment) -> None:
    whole = not payment.refunded and not payment.lost
    wanted = "paid" if whole else "partly_refunded"
    if order.status in ("refunded", "partly_refunded") and order.status != wanted and payment.left:
        placing.move(order, wanted, "dispute won after all")


def _restore_tickets(order: Order, dispute: Dispute, ticket_ids: Sequence[int]) -> None:
    try:
        with db.session.begin_nested():
            holding.sell_again(order.party_id, [ticket.ticket_type for ticket in voiding.get_all(ticket_ids)])
            answering.tell_valid(voiding.restore(ticket_ids), _occasion(dispute))
    except holding.SoldOut:
        trail.note("service", "dispute.no_seats", order.code, order.organisation_id, dispute=dispute.id)


def _keep(order: Order, payment: Payment, dispute: Dispute) -> int:
    """Write the loss down on the payment; returns how much of it the payment still had."""
    waiting = select(Refund.id).where(Refund.payment_id == payment.id, Refund.status.in_(("requested", "submitted")))
    if payment.left < dispute.amount and db.session.scalar(waiting.limit(1)) is not None:
        raise TryLater(clock.now() + SOON)
    amount = min(dispute.amount, payment.left)
    if amount < dispute.amount:
        details = {"dispute": dispute.id, "amount": dispute.amount, "left": amount}
        trail.note("service", "dispute.does_not_fit", order.code, order.organisation_id, **details)
    changed(update(Payment).where(Payment.id == payment.id).values(lost=Payment.lost + amount))
    changed(update(Dispute).where(Dispute.id == dispute.id).values(taken=amount))
    db.session.refresh(payment)
    db.session.refresh(dispute)
    return amount


def _write_lines(order: Order, dispute: Dispute, parts: Sequence[Part]) -> None:
    void = voiding.void([part.ticket_id for part in parts if part.ticket_id])
    answering.tell_void(void, _occasion(dispute))
    for part in parts:
        pieces = {"benefit": part.benefit, "gift": part.gift, "fee": part.fee}
        ticket_id = part.ticket_id if part.ticket_id in void else None
        db.session.add(DisputeLine(dispute_id=dispute.id, order_line_id=part.line_id, ticket_id=ticket_id, **pieces))
    db.session.flush()
    holding.give_back(order.party_id, [ticket.ticket_type for ticket in voiding.get_all(void)])


def _occasion(dispute: Dispute) -> str:
    return f"dispute:{dispute.id}"


def _post(order: Order, dispute: Dispute, income: dict[str, int]) -> None:
    amounts = income | {DISPUTES_IN_TRANSIT: -sum(income.values())}
    memo = f"Order {order.code}: dispute lost"
    posting.post(order, "disputes", "dispute_lost", dispute.stripe_id, memo, amounts, dispute.currency)


def _settle(order: Order, parts: Sequence[Part], sign: int) -> None:
    if parts:
        booking.settle_sums(order, parts, sign)
