"""POST /webhooks/stripe."""

from flask import Blueprint, request

from events.core.db import transaction
from events.core.refusal import Refusal
from events.team.access import public
from payments.gateway.failures import Unverified
from payments.gateway.stripe_api import current_gateway
from payments.webhooks import inbox

blueprint = Blueprint("webhooks", __name__)

LARGEST = 512 * 1024
"""Bytes; Stripe's events are a few kilobytes."""


@blueprint.post("/webhooks/stripe")
@public
def stripe() -> tuple[str, int]:
    """200 once stored, 400 unverified. The signature stands in for a session, so there is no CSRF token."""
    if (request.content_length or 0) > LARGEST:
        raise Refusal("too_large", "This is no event of Stripe's.", status=400)
    try:
        notice = current_gateway().verify_event(request.get_data(), request.headers.get("Stripe-Signature"))
    except Unverified as unverified:
        raise Refusal("unverified", "This event could not be verified.", status=400) from unverified
    with transaction():
        inbox.store(notice)
    return "", 200
