"""Asking Stripe to give money back: key and parameters are committed first, the answer is written down after."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from events.core import clock, jobs, trail
from events.core.db import db, end_reading, transaction
from events.mail import outbox
from payments.gateway.answers import RefundResult
from payments.gateway.failures import ProviderRefused
from payments.gateway.parameters import refund_params
from payments.gateway.stripe_api import current_gateway
from payments.orders.models import Order, Payment
from payments.refunds import booking, following, steps
from payments.refunds.models import Refund

_PREFIX = {"late": "late", "duplicate": "dup"}


def request(order: Order, payment: Payment, why: str) -> Refund:
    """A whole payment that bought nothing goes back; `why` is `late` or `duplicate`. The letter tells the buyer."""
    key = f"{_PREFIX[why]}:{payment.reference}"
    booking.reserve(payment, payment.amount)
    refund = new(order, payment, payment.amount, why, key, "service")
    ask(order, refund)
    outbox.put(
        f"{why}_refund", f"refund:{key}", **order.party.letter_to,
        payment_id=payment.id, event_id=order.event_id,
    )  # fmt: skip
    return refund


def new(
    order: Order,
    payment: Payment,
    amount: int,
    why: str,
    key: str,
    actor: str,
    note: str = "",
    again_of: int | None = None,
    how: str = "",
) -> Refund:
    """A refund as a row, `requested`; its sum is reserved already. `amount` in minor units of the payment.

    `how` (cash, transfer) is for money that goes back by hand; as it came unless told.
    """
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        amount=amount,
        currency=payment.currency,
        why=why,
        status="requested",
        idempotency_key=key,
        params=_params(order, payment, amount, key) if payment.provider == "stripe" else {"how": how},
        actor=actor,
        note=note,
        created_at=clock.now(),
        again_of=again_of,
    )
    return steps.begin(refund, why)


def _params(order: Order, payment: Payment, amount: int, key: str) -> dict[str, Any]:
    return refund_params(
        payment_intent=payment.reference,
        amount=amount,
        currency=payment.currency,
        refund_id=key,
        instructions_email=order.party.email,  # PromptPay has no way back: Stripe asks the buyer for an account
    )


def ask(order: Order, refund: Refund) -> None:
    """Let a job ask Stripe; money that came by hand goes back by hand, and is written down at once."""
    trail.note(
        refund.actor, "refund.requested", order.code, order.organisation_id, why=refund.why, amount=refund.amount
    )
    if refund.payment.provider == "stripe":
        jobs.put("submit_refund", f"submit-refund:{refund.id}", refund_id=refund.id)
    else:
        following.given_by_hand(order, refund)


def submit(args: Mapping[str, Any]) -> None:
    """Job: ask Stripe. Repeated with the same parameters, for an hour under the same key, until there is an answer."""
    refund_id = int(args["refund_id"])
    refund = db.session.get_one(Refund, refund_id)
    params, key, status = dict(refund.params), _key_of_the_hour(refund), refund.status
    end_reading()
    if status not in ("requested", "submitted"):
        return
    with transaction():
        steps.step(db.session.get_one(Refund, refund_id), "submitted", "Stripe is asked")
    # Stripe forgets a key after a day or so: what an earlier try has made is looked for before it is made again.
    result = _made_before(params) if status == "submitted" else None
    try:
        result = result or current_gateway().create_refund(params, key)
    except ProviderRefused as refused:
        _refused(refund_id, params, refused)
        return
    with transaction():
        following.record(refund_id, result)


def _key_of_the_hour(refund: Refund) -> str:
    """Stripe repeats even a 500 under its key, for a day or more: each hour of a refund's age has a key of its own.

    Tries are minutes apart by then, so none is still under way, and `_made_before` finds what an earlier one did.
    """
    hours = (clock.now() - refund.created_at) // timedelta(hours=1)
    return f"{refund.idempotency_key}#{hours}" if hours else refund.idempotency_key


def _refused(refund_id: int, params: Mapping[str, Any], refused: ProviderRefused) -> None:
    """A definite no, unless an earlier try had said yes and its answer was lost."""
    result = _made_before(params)
    with transaction():
        if result is None:
            following.refuse(refund_id, _why(refused))
        else:
            following.record(refund_id, result)


def _why(refused: ProviderRefused) -> str:
    """Stripe gives an over-refund no code; it names the amount."""
    return refused.code or ("more_than_left" if refused.param == "amount" else refused.message)


def _made_before(params: Mapping[str, Any]) -> RefundResult | None:
    made = current_gateway().list_refunds(payment_intent=params["payment_intent"])
    return next((one for one in made if one.order_metadata.get("refund") == params["metadata"]["refund"]), None)
