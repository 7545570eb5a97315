"""Money as it came and went: gifts, payments, refunds, receipts. Ids and sums, no names."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from events.core.db import db
from payments.api import paging, shapes
from payments.api.operations import BY_EVENT, CODE, SLUG, Answer, Asked, Operation, missing, paged, within
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import STATES, Receipt
from payments.refunds.models import STATUSES, WHYS, Refund

CAME = ("paid", "partly_refunded", "refunded")
"""Orders whose money came."""

_OF = {"order": CODE, "event": SLUG, "currency": shapes.text(3)}
GIFT = shapes.fields(
    id=shapes.whole(description="Of the order's line."),
    kind=shapes.one_of(("ticket", "gift"), description="Part of a ticket's price, or given besides."),
    **_OF,
    amount=shapes.amount(),
    went_back=shapes.amount(),
    received_at=shapes.maybe(shapes.moment()),
)
PAYMENT = shapes.fields(
    id=shapes.whole(),
    **_OF,
    provider={"type": "string"},
    reference={"type": "string", "description": "Stripe's payment intent, or a name of ours."},
    amount=shapes.amount(),
    outcome=shapes.one_of(("fulfilled", "refund_due", "needs_review")),
    refunded=shapes.amount(),
    lost=shapes.amount(),
    received_at=shapes.moment(),
)
REFUND = shapes.fields(
    id=shapes.whole(),
    **_OF,
    payment=shapes.whole(),
    amount=shapes.amount(),
    why=shapes.one_of(WHYS),
    status=shapes.one_of(STATUSES),
    created_at=shapes.moment(),
    settled_at=shapes.maybe(shapes.moment()),
)
RECEIPT = shapes.fields(
    id=shapes.whole(),
    number={"type": "string"},
    **_OF,
    state=shapes.one_of(STATES),
    received_at=shapes.moment(),
    issued_at=shapes.moment(),
    paid=shapes.amount(),
    benefit=shapes.amount(),
    eligible=shapes.amount(),
    replaces=shapes.maybe(shapes.whole()),
)


def list_gifts(asked: Asked) -> Answer:
    """Every line with a gift in it, of orders whose money came."""
    mine = select(OrderLine).join(OrderLine.order).where(within(asked, Order.event_id))
    given = mine.where(Order.status.in_(CAME), OrderLine.gift > 0)
    whole = contains_eager(OrderLine.order).joinedload(Order.event)
    return paging.turn(given.options(whole), OrderLine.id, asked.page).told(_write_gift)


def list_payments(asked: Asked) -> Answer:
    """Money that was captured, in whatever way."""
    return paging.turn(_of(Payment, asked), Payment.id, asked.page).told(_write_payment)


def read_payment(asked: Asked) -> Answer:
    """One."""
    return _write_payment(_get(Payment, asked, "payment"))


def list_refunds(asked: Asked) -> Answer:
    """Money on its way back, and what came of it."""
    return paging.turn(_of(Refund, asked), Refund.id, asked.page).told(_write_refund)


def read_refund(asked: Asked) -> Answer:
    """One."""
    return _write_refund(_get(Refund, asked, "refund"))


def list_receipts(asked: Asked) -> Answer:
    """Numbers that were given out."""
    return paging.turn(_of(Receipt, asked), Receipt.id, asked.page).told(_write_receipt)


def read_receipt(asked: Asked) -> Answer:
    """One."""
    return _write_receipt(_get(Receipt, asked, "receipt"))


def _of(model: Any, asked: Asked) -> Select[Any]:  # noqa: ANN401 - a model with an order
    mine = select(model).join(model.order).where(within(asked, Order.event_id))
    return mine.options(joinedload(model.order).joinedload(Order.event))


def _get(model: Any, asked: Asked, name: str) -> Any:  # noqa: ANN401 - a row of that model
    found = db.session.scalar(_of(model, asked).where(model.id == asked.path[name]))
    if found is None:
        raise missing()
    return found


def _told(order: Order) -> dict[str, Any]:
    return {"order": order.code, "event": order.event.slug, "currency": order.currency}


def _write_gift(line: OrderLine) -> dict[str, Any]:
    order = line.order
    paid_at = order.paid_at.isoformat() if order.paid_at else None
    amounts = {"amount": line.gift, "went_back": line.back_gift}
    return {"id": line.id, "kind": line.kind, **_told(order), **amounts, "received_at": paid_at}


def _write_payment(payment: Payment) -> dict[str, Any]:
    return {
        **_told(payment.order),
        "id": payment.id,
        "provider": payment.provider,
        "reference": payment.reference,
        "amount": payment.amount,
        "currency": payment.currency,
        "outcome": payment.outcome,
        "refunded": payment.refunded,
        "lost": payment.lost,
        "received_at": payment.received_at.isoformat(),
    }


def _write_refund(refund: Refund) -> dict[str, Any]:
    return {
        **_told(refund.order),
        "id": refund.id,
        "payment": refund.payment_id,
        "amount": refund.amount,
        "currency": refund.currency,
        "why": refund.why,
        "status": refund.status,
        "created_at": refund.created_at.isoformat(),
        "settled_at": refund.settled_at.isoformat() if refund.settled_at else None,
    }


def _write_receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        **_told(receipt.order),
        "id": receipt.id,
        "number": receipt.number,
        "state": receipt.state,
        "currency": receipt.currency,
        "received_at": receipt.received_at.isoformat(),
        "issued_at": receipt.issued_at.isoformat(),
        "paid": receipt.paid,
        "benefit": receipt.benefit,
        "eligible": receipt.eligible,
        "replaces": receipt.replaces_id,
    }


def _link(name: str) -> dict[str, str]:
    return {name: "$response.body#/data/0/id"}


_SCOPE = "money:read"
OPERATIONS = (
    paged("/gifts", "listGifts", _SCOPE, "What was given", GIFT, list_gifts, query=BY_EVENT),
    paged(
        *("/payments", "listPayments", _SCOPE, "Money that came", PAYMENT, list_payments),
        query=BY_EVENT,
        links={"readPayment": _link("payment")},
    ),
    Operation("GET", "/payments/{payment}", "readPayment", _SCOPE, "One payment", PAYMENT, read_payment),
    paged(
        *("/refunds", "listRefunds", _SCOPE, "Money that goes back", REFUND, list_refunds),
        query=BY_EVENT,
        links={"readRefund": _link("refund")},
    ),
    Operation("GET", "/refunds/{refund}", "readRefund", _SCOPE, "One refund", REFUND, read_refund),
    paged(
        *("/receipts", "listReceipts", _SCOPE, "Receipts, without names", RECEIPT, list_receipts),
        query=BY_EVENT,
        links={"readReceipt": _link("receipt")},
    ),
    Operation("GET", "/receipts/{receipt}", "readReceipt", _SCOPE, "One receipt", RECEIPT, read_receipt),
)
