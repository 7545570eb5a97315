"""What Stripe writes under its webhooks."""

import stripe

from events.core import clock

WEBHOOK_SECRET = "whsec_of_the_evening"


def sign_event(payload: bytes, secret: str = WEBHOOK_SECRET, ago: float = 0) -> str:
    """The Stripe-Signature of a payload, made some seconds ago."""
    made, moment = stripe.WebhookSignature.generate_signature_header, int(clock.now().timestamp() - ago)
    return str(made(payload.decode(), secret, timestamp=moment))
