"""What becomes of a receipt after it was issued: the old number is cancelled, a new one cites it; never a rewriting."""

from sqlalchemy import select, update

from events.core import trail
from events.core.db import changed, db
from payments.orders.models import Order
from payments.receipts import issuing
from payments.receipts.models import Receipt


def follow(order: Order) -> None:
    """Make the order's standing receipt say what has not gone back. Late in the transaction: it may take a number."""
    receipts = db.session.scalars(select(Receipt).filter_by(order_id=order.id).order_by(Receipt.id)).all()
    if not receipts:
        return
    last = receipts[-1]
    paid, benefit = issuing.remaining(order)
    standing = last.state != "cancelled"
    if (last.paid, last.benefit) == (paid, benefit) and standing:
        return
    state = last.state if standing else "issued"
    if standing:
        _step(last, "cancelled")
    if paid:
        issuing.replace(order, last, state)


def contest(order: Order) -> None:
    """The payment is disputed: the receipt may not be used until that is decided."""
    for receipt in _in_state(order, "issued"):
        _step(receipt, "contested")


def uncontest(order: Order) -> None:
    """The dispute is over, and the money is here: the receipt is live again."""
    for receipt in _in_state(order, "contested"):
        _step(receipt, "issued")


def _in_state(order: Order, state: str) -> list[Receipt]:
    return list(db.session.scalars(select(Receipt).filter_by(order_id=order.id, state=state)))


def _step(receipt: Receipt, state: str) -> None:
    before = receipt.state
    if changed(update(Receipt).where(Receipt.id == receipt.id, Receipt.state == before).values(state=state)):
        db.session.refresh(receipt)
        organisation_id = receipt.order.organisation_id
        trail.note("service", f"receipt.{state}", receipt.number, organisation_id, was=before)
