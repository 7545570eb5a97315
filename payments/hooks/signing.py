"""Signatures after Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from flask import current_app

PREFIX = "whsec_"


def secret_of(nonce: str) -> str:
    """An endpoint's secret as its receiver is told it: made of the service's key, so that no copy of it is kept.

    Whoever changes SECRET_KEY changes every one of them.
    """
    key = str(current_app.config["SECRET_KEY"]).encode()
    return PREFIX + base64.b64encode(hmac.digest(key, b"bonsoir-webhook:" + nonce.encode(), hashlib.sha256)).decode()


def headers(secret: str, message_id: str, moment: datetime, body: bytes) -> Mapping[str, str]:
    """The three headers of a message that is sent at `moment`."""
    stamp = str(int(moment.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    signature = f"v1,{base64.b64encode(signed).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}
