"""What a decision to give back means for the rest of the house: tickets, seats, books, the sum raised, receipts.

A decision turns income into a debt to the buyer (`liabilities:refunds_due`); the debt ends when Stripe has taken the
refund on. A refund that fails after that leaves the debt standing, until another one pays it.
"""

from collections.abc import Sequence

from sqlalchemy import select, update

from events.catalogue.finding import record_raised
from events.core.db import changed, db
from events.guests import answering
from events.tickets import holding, voiding
from payments.ledger import posting
from payments.ledger.models import BENEFITS, FEE_COVER, GIFTS, REFUNDS_DUE
from payments.orders import returning
from payments.orders.models import Order, Payment
from payments.orders.returning import Part
from payments.receipts.following import follow
from payments.refunds.models import Refund, RefundLine

DECIDED, UNDONE = "refund_decided", "refund_undone"


def reserve(payment: Payment, amount: int) -> bool:
    """Keep `amount` of the payment for one refund; False when less than that is left. The first writer wins."""
    enough = Payment.refunded + Payment.lost + amount <= Payment.amount
    statement = update(Payment).where(Payment.id == payment.id, enough)
    won = changed(statement.values(refunded=Payment.refunded + amount)) == 1
    db.session.refresh(payment)
    return won


def unreserve(refund: Refund) -> None:
    """The refund came to nothing: its sum may be given back by another."""
    statement = update(Payment).where(Payment.id == refund.payment_id)
    changed(statement.values(refunded=Payment.refunded - refund.amount))
    db.session.refresh(refund.payment)


def decide(order: Order, refund: Refund, parts: Sequence[Part]) -> bool:
    """Lines, tickets and debt of a new refund; False when a line has less left. `settle_sums` must follow."""
    if not returning.take(parts):
        return False
    void = set(voiding.void([part.ticket_id for part in parts if part.ticket_id]))
    answering.tell_void(void, _occasion(refund))
    for part in parts:
        pieces = {"benefit": part.benefit, "gift": part.gift, "fee": part.fee}
        ticket_id = part.ticket_id if part.ticket_id in void else None
        db.session.add(RefundLine(refund_id=refund.id, order_line_id=part.line_id, ticket_id=ticket_id, **pieces))
    db.session.flush()
    amounts = _turned(parts, REFUNDS_DUE)
    if any(amounts.values()):
        posting.post(
            order, "refunds", DECIDED, refund.idempotency_key, f"Order {order.code}: to be given back", amounts
        )
    return True


def undo(order: Order, refund: Refund) -> None:
    """Stripe never took it on: the lines are bought again, the tickets valid again, the receipt is issued anew."""
    lines = _lines(refund)
    parts = [Part(line.order_line_id, line.benefit, line.gift, line.fee) for line in lines]
    returning.put_back(parts)
    answering.tell_valid(voiding.restore([line.ticket_id for line in lines if line.ticket_id]), _occasion(refund))
    amounts = {account: -amount for account, amount in _turned(parts, REFUNDS_DUE).items()}
    if any(amounts.values()):
        entry = posting.entry_of(DECIDED, refund.idempotency_key)
        memo = f"Order {order.code}: not given back after all"
        posting.post(order, "refunds", UNDONE, refund.idempotency_key, memo, amounts, reverses=entry)
    settle_sums(order, parts, sign=1)


def release_seats(order: Order, refund: Refund) -> None:
    """The places of the tickets that it made void return to whoever comes next."""
    void = voiding.get_all(line.ticket_id for line in _lines(refund) if line.ticket_id)
    holding.give_back(order.party_id, [ticket.ticket_type for ticket in void])


def settle_sums(order: Order, parts: Sequence[Part], sign: int = -1) -> None:
    """The sum raised and the receipt follow. Last in the transaction: both are shared by many orders."""
    if parts:
        gifts, benefits = sum(part.gift for part in parts), sum(part.benefit for part in parts)
        record_raised(order.event_id, sign * gifts, sign * benefits)
        returning.reread(order)
        follow(order)


def income_of(parts: Sequence[Part]) -> dict[str, int]:
    """What goes back as it stands in the books, by account of income."""
    return {
        BENEFITS: sum(part.benefit for part in parts),
        GIFTS: sum(part.gift for part in parts),
        FEE_COVER: sum(part.fee for part in parts),
    }


def _turned(parts: Sequence[Part], account: str) -> dict[str, int]:
    income = income_of(parts)
    return income | {account: -sum(income.values())}


def _occasion(refund: Refund) -> str:
    return f"refund:{refund.id}"


def _lines(refund: Refund) -> Sequence[RefundLine]:
    return db.session.scalars(select(RefundLine).filter_by(refund_id=refund.id).order_by(RefundLine.id)).all()
