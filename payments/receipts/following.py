"""What becomes of a receipt after it was issued: the old number is cancelled, a new one cites it; never a rewriting."""

from sqlalchemy import select, update

from events.core import trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.orders.models import Order
from payments.receipts import issuing
from payments.receipts.models import Receipt, ReceiptPart


def follow(order: Order) -> None:
    """Make the order's standing receipt say what has not gone back. Late in the transaction: it may take a number.

    The letter about the refund brings the new one.
    """
    receipts = _receipts(order)
    if not receipts:
        return
    last = receipts[-1]
    part = next(part for part in last.parts if part.order_id == order.id)
    standing = last.state != "cancelled"
    if (part.paid, part.benefit) == issuing.remaining(order) and standing:
        return
    state = last.state if standing else "issued"
    if standing:
        _step(last, "cancelled")
    issuing.replace([part.order for part in last.parts], last, state)


def replace_by_hand(receipt: Receipt, actor: str) -> Receipt:
    """A new paper with the donor and the organisation as they are now; the old number is cancelled.

    Raises Refusal: not_standing.
    """
    if receipt.state != "issued":
        raise Refusal("not_standing", _("Only a receipt that stands can be replaced."), status=409)
    _step(receipt, "cancelled", actor)
    new = issuing.replace([part.order for part in receipt.parts], receipt, "issued", by_letter=True)
    if new is None:
        raise Refusal("not_standing", _("The rule allows no new receipt for this payment."), status=409)
    return new


def contest(order: Order) -> None:
    """The payment is disputed: the receipt may not be used until that is decided."""
    for receipt in _receipts(order, "issued"):
        _step(receipt, "contested")


def uncontest(order: Order) -> None:
    """The dispute is over, and the money is here: the receipt is live again, unless another order on it is disputed."""
    for receipt in _receipts(order, "contested"):
        others = [part.order for part in receipt.parts if part.order_id != order.id]
        if not any(dispute.closed_at is None for other in others for dispute in other.disputes):
            _step(receipt, "issued")


def _receipts(order: Order, state: str | None = None) -> list[Receipt]:
    """The order's receipts, oldest first, a combined one of several orders included."""
    query = select(Receipt).join(ReceiptPart).where(ReceiptPart.order_id == order.id).order_by(Receipt.id)
    return list(db.session.scalars(query.where(Receipt.state == state) if state else query))


def _step(receipt: Receipt, state: str, actor: str = "service") -> None:
    before = receipt.state
    if changed(update(Receipt).where(Receipt.id == receipt.id, Receipt.state == before).values(state=state)):
        db.session.refresh(receipt)
        organisation_id = receipt.order.organisation_id
        trail.note(actor, f"receipt.{state}", receipt.number, organisation_id, was=before)
