"""A worker that is in a hurry: it asks Stripe as often as the product does, and waits less between two attempts."""

from collections.abc import Mapping

import stripe
from flask import Flask

from events.core.db import assert_idle
from payments.gateway.stripe_api import Gateway

# Seconds after a first attempt without an answer, doubled after each further one; the library begins with 0.5.
stripe.HTTPClient.INITIAL_DELAY = 0.02

PAUSES = (0.02, 0.05)
"""Seconds after a 429."""


def hurried(app: Flask, settings: Mapping[str, str]) -> Flask:
    """The application in the tests' own process, of which they use the worker; the web server is as it always is."""
    named = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
    Gateway(*map(settings.__getitem__, named), assert_idle=assert_idle, rate_limit_pauses=PAUSES).init_app(app)
    return app
