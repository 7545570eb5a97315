"""Bringing messages: one try at a time for each endpoint, longer pauses while it fails, and an end to it.

An endpoint that fails rests, and all its messages with it: it cannot hold up the worker, who has letters to send.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, update
from sqlalchemy.orm import joinedload

from events.core import clock, jobs, tokens, trail
from events.core.db import assert_idle, changed, db, end_reading, transaction
from events.core.jobs import TryLater
from payments.hooks import reaching, signing
from payments.hooks.models import Delivery, Endpoint

GIVE_UP_AFTER = timedelta(days=3)
"""So long a message is tried; an endpoint that fails so long without a break is switched off."""
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Parcel:
    """What is sent, as plain values: no row is held while we wait for an answer."""

    delivery_id: int
    endpoint_id: int
    url: str
    message_id: str
    body: bytes
    secret: str


def deliver(args: Mapping[str, Any]) -> None:
    """Job: try one message. Raises TryLater while it may still arrive."""
    parcel = _pack(int(args["delivery_id"]))
    if parcel is None:
        return
    code, error = _send(parcel)
    with transaction():
        again = _note(parcel, code, error)
    if again is not None:
        raise TryLater(again)


def _pack(delivery_id: int) -> Parcel | None:
    """None when there is nothing to send (any more). Raises TryLater while its endpoint rests."""
    found = db.session.get(Delivery, delivery_id, options=[joinedload(Delivery.endpoint)], populate_existing=True)
    parcel = rests_until = None
    if found is not None and found.state == "waiting" and found.endpoint.off_at is None:
        endpoint, rests_until = found.endpoint, found.endpoint.rests_until
        secret = signing.secret_of(endpoint.nonce)
        parcel = Parcel(found.id, endpoint.id, endpoint.url, found.message_id, found.body.encode(), secret)
    end_reading()
    if parcel is not None and rests_until is not None and rests_until > clock.now():
        raise TryLater(rests_until + timedelta(seconds=tokens.jitter(3)))
    return parcel


def _send(parcel: Parcel) -> tuple[int | None, str]:
    """The status of the answer, and what went wrong; nothing did when the status is 2xx."""
    assert_idle()
    headers = signing.headers(parcel.secret, parcel.message_id, clock.now(), parcel.body)
    try:
        code = reaching.post(parcel.url, parcel.body, headers, demo=is_demo())
    except reaching.Unreachable as error:
        return None, str(error)
    return code, "" if 200 <= code < 300 else f"it answered {code}"


def is_demo() -> bool:
    """Whether a stand-in takes Stripe's place: then a program on this machine may be told, too."""
    return bool(current_app.config.get("HOOKS_TO_THIS_MACHINE"))


def _note(parcel: Parcel, code: int | None, error: str) -> datetime | None:
    """Write down how it went; the moment of the next try, if there is one."""
    endpoint = db.session.get(Endpoint, parcel.endpoint_id, with_for_update={"key_share": True}, populate_existing=True)
    delivery = db.session.get(Delivery, parcel.delivery_id, populate_existing=True)
    if endpoint is None or delivery is None:  # taken away meanwhile
        return None
    now = clock.now()
    delivery.tries, delivery.tried_at, delivery.code, delivery.error = delivery.tries + 1, now, code, error
    if not error:
        delivery.state = "delivered"
        endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
        changed(delete(Delivery).where(Delivery.endpoint_id == endpoint.id, Delivery.created_at < now - KEPT))
        return None
    return _failed(endpoint, delivery, now)


def _failed(endpoint: Endpoint, delivery: Delivery, now: datetime) -> datetime | None:
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rests_until = now + jobs.pause_after(endpoint.failures)
    if now - endpoint.failing_since >= GIVE_UP_AFTER:
        switch_off(endpoint, "service")
        return None
    if now - delivery.put_at >= GIVE_UP_AFTER:
        delivery.state = "failed"
        return None
    return now + jobs.pause_after(delivery.tries)


def switch_off(endpoint: Endpoint, actor: str) -> None:
    """Nothing more is sent, and what waited is given up, until somebody asks for it again."""
    endpoint.off_at = clock.now()
    waits = update(Delivery).where(Delivery.endpoint_id == endpoint.id, Delivery.state == "waiting")
    db.session.flush()
    changed(waits.values(state="failed"))
    trail.note(actor, "webhook.off", f"webhook:{endpoint.id}", endpoint.organisation_id, failures=endpoint.failures)
