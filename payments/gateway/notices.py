"""Which events we ask Stripe to send, and the proof that one really comes from it."""

import json
import re
from typing import Any

import stripe

from events.core import clock
from payments.gateway import reading
from payments.gateway.answers import EventNotice
from payments.gateway.failures import Unverified

EVENT_TYPES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.payment_failed",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "radar.early_fraud_warning.created",
    "payout.paid",
    "payout.failed",
    "payout.reconciliation_completed",
)

TOLERANCE = 300
"""Seconds a signature's time may lie before or after ours."""


def verify(payload: bytes, signature_header: str | None, secret: str, *, livemode: bool) -> EventNotice:
    """The event in `payload`, if it was signed with `secret` within TOLERANCE and is of our mode; raises Unverified."""
    _check_signature(payload, signature_header, secret)
    notice = _parsed(payload)
    if notice.livemode is not livemode:
        raise Unverified("an event of the other mode, test or live")
    return notice


def _check_signature(payload: bytes, header: str | None, secret: str) -> None:
    if not secret or not secret.strip():
        raise Unverified("no webhook secret is configured")
    signed_at = _signed_at(header)
    try:
        stripe.WebhookSignature.verify_header(payload, header, secret, tolerance=None)
    except (stripe.SignatureVerificationError, TypeError, ValueError) as error:
        # A non-ASCII signature is a TypeError, a body that is not UTF-8 a UnicodeDecodeError (which is a ValueError).
        raise Unverified("the signature does not match") from error
    # The library reads the machine's own clock and lets the future pass: the time is checked here, both ways.
    if abs(clock.now().timestamp() - signed_at) > TOLERANCE:
        raise Unverified("the signature is too old, or from the future")


def _signed_at(header: str | None) -> int:
    """The one time in a Stripe-Signature header. Two times would let an old signature wear a new date."""
    stamps = [part[2:] for part in (header or "").split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not re.fullmatch("[0-9]{1,11}", stamps[0]):
        raise Unverified("the signature header does not hold exactly one time")
    return int(stamps[0])


def _parsed(payload: bytes) -> EventNotice:
    try:
        data: Any = json.loads(payload)
        if data["object"] != "event":
            raise Unverified("not an event")
        return reading.event(data)
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        raise Unverified("signed, but not a well-formed event") from error
