"""The parameters we send. They are stored before a call and sent again exactly as they were, `expires_at` included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from events.core import logs
from payments.gateway.currencies import check_amount, to_stripe

SESSION_LIFE = timedelta(minutes=32)
"""Stripe wants at least 30 minutes: two more, so that clocks that differ cannot make a session invalid."""

SLOW_METHODS = ("customer_balance", "konbini", "boleto", "oxxo", "multibanco", "sepa_debit", "us_bank_account")
"""Ways to pay that take days; an event may allow them."""

_LOCALES = {"en": "en", "fr": "fr", "th": "th"}


@dataclass(frozen=True)
class PayLine:
    """What the buyer reads on the pay page: a name, the price of one in ISO minor units, and how many of them."""

    name: str
    amount: int
    count: int = 1


def session_params(
    *,
    order_id: str,
    order_code: str,
    lines: Sequence[PayLine | tuple[str, int]],
    currency: str,
    email: str,
    locale: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    excluded_methods: Sequence[str] = (),
) -> dict[str, Any]:
    """Parameters of a hosted pay page for one attempt of one order.

    `order_id` is what comes back to us, `order_code` what people say; neither tells who the buyer is. Amounts are ISO
    minor units and must add up to something Stripe takes (AmountRefused otherwise). `expires_at` is aware.
    `{CHECKOUT_SESSION_ID}` in `success_url` is filled in by Stripe.
    """
    priced = [line if isinstance(line, PayLine) else PayLine(*line) for line in lines]
    check_amount(sum(line.amount * line.count for line in priced), currency)
    reference = {"order": order_id, "code": order_code, **_traced()}
    params: dict[str, Any] = {
        "mode": "payment",
        "adaptive_pricing": {"enabled": False},  # the default is the dashboard's: amounts must stay ours
        "client_reference_id": order_id,
        "metadata": reference,
        # The session's metadata does not reach the payment and its charge.
        "payment_intent_data": {"metadata": dict(reference), "description": f"Order {order_code}"},
        "line_items": [_line(line, currency) for line in priced],
        "locale": _LOCALES.get(locale[:2], "auto"),
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(expires_at.timestamp()),
    }
    if email:  # who buys at the door may have left none: the pay page then asks for it
        params["customer_email"] = email
    if excluded_methods:
        params["excluded_payment_method_types"] = list(excluded_methods)
    return params


def refund_params(
    *,
    payment_intent: str,
    amount: int,
    currency: str,
    refund_id: str,
    reason: str = "requested_by_customer",
    instructions_email: str | None = None,
) -> dict[str, Any]:
    """Parameters of a refund of `amount` ISO minor units.

    PromptPay and others without a way back need `instructions_email`: Stripe asks the customer for an account there.
    """
    params: dict[str, Any] = {
        "payment_intent": payment_intent,
        "amount": to_stripe(amount, currency),
        "reason": reason,
        "metadata": {"refund": refund_id, **_traced()},
    }
    if instructions_email:
        params["instructions_email"] = instructions_email
    return params


def _traced() -> dict[str, str]:
    """The id of the request that asked first. It is stored with the rest, so a repetition sends the same."""
    identifier = logs.request_id.get()
    return {"request": identifier} if identifier else {}


def _line(line: PayLine, currency: str) -> dict[str, Any]:
    price = {
        "currency": currency.lower(),
        "unit_amount": to_stripe(line.amount, currency),
        "product_data": {"name": line.name},
    }
    return {"price_data": price, "quantity": line.count}
