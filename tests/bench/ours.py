"""The product's web server as the benches start it: the product itself, but for two things.

Stripe answers at once, without a network, so that what is measured is ours; and the guard's breaker, which asks for a
pass from 1,500 orders a minute on, asks its question as always and stays in at any answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask

from app import create_app as create_product
from events.core import clock
from events.core.starting import share_memory
from payments.gateway.answers import CheckoutSession
from payments.gateway.stripe_api import current_gateway
from payments.guarding import breaker

_OPEN = CheckoutSession(
    id="", mode="payment", status="open", payment_status="unpaid", amount_total=None, currency=None,
    client_reference_id=None, order_metadata={}, payment_intent=None, url="https://pay.example.org/page",
    expires_at=clock.now(), livemode=False,
)  # fmt: skip


def create_app() -> Flask:
    """The application, for the settings of the environment."""
    app = create_product()
    asked = breaker.is_out
    breaker.is_out = lambda: asked() and False
    with app.app_context():
        current_gateway().create_session = _at_once  # type: ignore[method-assign]
    share_memory()  # as `bonsoir serve` does
    return app


def _at_once(params: Mapping[str, Any], key: str, *, patient: bool = True) -> CheckoutSession:
    return replace(_OPEN, id=f"cs_test_{key}", expires_at=clock.now() + timedelta(minutes=32))
