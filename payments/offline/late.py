"""A transfer that came after its seats had gone: it is written down as owed, and goes back by hand."""

from sqlalchemy import select

from events.core import trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.checkout.fulfilling import Money, record
from payments.ledger import posting
from payments.ledger.models import BANK, REFUNDS_DUE
from payments.orders import placing
from payments.orders.models import Order, Payment
from payments.refunds import booking, giving_back
from payments.refunds.models import Refund


def owe(order: Order, money: Money, actor: str) -> Payment:
    """The money is on the account and buys nothing: a payment, a debt in the books, an alert."""
    placing.move(order, "refund_due", "late money, no seats", actor)
    payment = record(order, money, "refund_due", "late")
    amounts = {BANK: money.amount, REFUNDS_DUE: -money.amount}
    memo = f"Order {order.code}: late transfer, no seats"
    posting.post(order, "sales", "payment", money.reference, memo, amounts, money.currency)
    trail.note(actor, "payment.late_no_seats", order.code, order.organisation_id, payment=payment.id)
    return payment


def hand_back(order_id: int, actor: str, how: str, note: str) -> Refund:
    """Somebody has sent it back, by `how` (cash, transfer): it is written down with who, when and why.

    In the caller's transaction. Raises Refusal nothing_due.
    """
    order = placing.lock(order_id)
    payment = find_owed(order)
    if payment is None or not booking.reserve(payment, payment.amount):
        raise Refusal("nothing_due", _("Nothing is owed for this order any more."), status=409)
    key = f"late:{payment.reference}"
    refund = giving_back.new(order, payment, payment.amount, "late", key, actor, note, how=how)
    giving_back.ask(order, refund)
    return refund


def find_owed(order: Order) -> Payment | None:
    """The late money that nobody has sent back yet."""
    query = select(Payment).where(
        Payment.order_id == order.id,
        Payment.outcome == "refund_due",
        Payment.provider != "stripe",
        Payment.refunded == 0,
    )
    return db.session.scalars(query, execution_options={"populate_existing": True}).first()
