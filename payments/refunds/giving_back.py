"""Giving back money that bought nothing: late money without seats, and a second payment of the same order."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from events.core import clock, jobs, trail
from events.core.db import changed, db, end_reading, transaction
from events.mail import outbox
from payments.gateway.answers import RefundResult
from payments.gateway.parameters import refund_params
from payments.gateway.stripe_api import current_gateway
from payments.ledger import posting
from payments.ledger.models import REFUNDS_DUE
from payments.orders import placing
from payments.orders.models import Order, Payment
from payments.refunds.models import TRANSITIONS, Refund

_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}
_PREFIX = {"late": "late", "duplicate": "dup"}


def request(order: Order, payment: Payment, why: str) -> Refund:
    """The whole payment goes back; `why` is `late` or `duplicate`. The job calls Stripe, the letter tells the buyer."""
    key = f"{_PREFIX[why]}:{payment.reference}"
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        why=why,
        status="requested",
        idempotency_key=key,
        params=refund_params(
            payment_intent=payment.reference,
            amount=payment.amount,
            currency=payment.currency,
            refund_id=key,
            instructions_email=order.party.email,  # PromptPay has no way back: Stripe asks the buyer for an account
        ),
        created_at=clock.now(),
    )
    db.session.add(refund)
    db.session.flush()
    jobs.put("submit_refund", f"submit-refund:{refund.id}", refund_id=refund.id)
    party = order.party
    outbox.put(
        f"{why}_refund", f"refund:{key}", name=party.name, email=party.email, language=party.language,
        payment_id=payment.id,
    )  # fmt: skip
    trail.note("service", "refund.requested", order.code, order.organisation_id, why=why, amount=payment.amount)
    return refund


def submit(args: Mapping[str, Any]) -> None:
    """Job: ask Stripe. Repeated with the same key and parameters until there is an answer."""
    refund_id = int(args["refund_id"])
    refund = db.session.get_one(Refund, refund_id)
    params, key = dict(refund.params), refund.idempotency_key
    end_reading()
    with transaction():
        _step(refund_id, "requested", "submitted")
    result = current_gateway().create_refund(params, key)
    with transaction():
        record(refund_id, result)


def refresh(stripe_id: str) -> str:
    """Read a refund of ours again at Stripe and write down what it became; `not_ours` when we have no such row."""
    result = current_gateway().get_refund(stripe_id)
    with transaction():
        refund_id = db.session.scalar(select(Refund.id).where(Refund.stripe_id == stripe_id))
        if refund_id is None:
            return "not_ours"
        record(refund_id, result)
    return result.status


def record(refund_id: int, result: RefundResult) -> None:
    """Stripe's answer as rows: status, books, and the order's end. Saying it twice changes nothing."""
    refund = db.session.get_one(Refund, refund_id)
    order = placing.lock(refund.order_id)
    changed(update(Refund).where(Refund.id == refund_id, Refund.stripe_id.is_(None)).values(stripe_id=result.id))
    db.session.refresh(refund)
    before = refund.status
    if (before, result.status) not in _ALLOWED or not _step(refund_id, before, result.status):
        return
    if result.status == "succeeded":
        _succeeded(order, refund, result.id)
    if result.status in ("failed", "canceled"):
        _failed(order, refund, before, result.id)


def _succeeded(order: Order, refund: Refund, stripe_id: str) -> None:
    posting.refunded(order, stripe_id, REFUNDS_DUE, refund.amount, refund.currency)
    if refund.why == "late" and order.status == "refund_due":
        placing.move(order, "refunded", "refund succeeded")


def _failed(order: Order, refund: Refund, before: str, stripe_id: str) -> None:
    """The money is still owed. Had it left already, it came back: the books say so, and the order is open again."""
    trail.note("service", "refund.failed", order.code, order.organisation_id, was=before)
    if before != "succeeded":
        return
    posting.refund_failed(order, stripe_id, REFUNDS_DUE, refund.amount, refund.currency)
    if refund.why == "late" and order.status == "refunded":
        placing.move(order, "refund_due", "refund failed")


def _step(refund_id: int, before: str, after: str) -> bool:
    statement = update(Refund).where(Refund.id == refund_id, Refund.status == before)
    return changed(statement.values(status=after, settled_at=clock.now())) == 1
