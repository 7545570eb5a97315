"""Watching every attempt until Stripe has said how it ended, whether or not a webhook ever rings."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.jobs import TryLater
from events.tickets import holding
from payments.checkout import begin
from payments.checkout.models import Attempt
from payments.checkout.settle import settle
from payments.gateway.stripe_api import current_gateway
from payments.orders import placing
from payments.orders.models import Order

SOON, OFTEN, SELDOM = timedelta(seconds=15), timedelta(minutes=3), timedelta(minutes=30)


def watch_attempt(args: Mapping[str, Any]) -> None:
    """Job: look at one attempt; raises TryLater while it is not finished."""
    attempt_id = int(args["attempt_id"])
    status = _status(attempt_id)
    if status == "creating":
        begin.open_session(attempt_id)
        raise TryLater(clock.now() + SOON)
    if status == "open":
        poll(attempt_id)
        status = _status(attempt_id)
    if status == "closed":
        try_again(attempt_id)
    elif status == "open":
        raise TryLater(_next_look(attempt_id))
    elif status == "complete" and _order_status(attempt_id) == "processing":
        poll(attempt_id)
        raise TryLater(clock.now() + SELDOM)


def poll(attempt_id: int) -> str:
    """Ask Stripe about one attempt and settle what it says."""
    session_id = db.session.scalars(select(Attempt.session_id).where(Attempt.id == attempt_id)).one()
    end_reading()
    if session_id is None:
        return "unknown"
    session = current_gateway().get_session(session_id)
    with transaction():
        return settle(session)


def try_again(attempt_id: int) -> None:
    """Stripe said no: a new attempt while the seats are kept; afterwards the order expires, as no session exists."""
    with transaction():
        order = placing.lock(db.session.get_one(Attempt, attempt_id).order_id)
        live = select(Attempt.id).where(Attempt.order_id == order.id, Attempt.status.in_(("creating", "open")))
        if order.status != "waiting" or db.session.scalar(live.limit(1)) is not None:
            return
        if clock.now() < order.held_until:
            begin.new_attempt(order)
            return
        placing.move(order, "expired", "no session can exist any more")
        holding.release(order.party_id)


def open_attempts() -> list[int]:
    """Everything that Stripe may have news about."""
    query = select(Attempt.id).where(Attempt.status.in_(("creating", "open", "complete"))).order_by(Attempt.id)
    found = list(db.session.scalars(query))
    end_reading()
    return found


def reconcile() -> dict[str, int]:
    """Ask Stripe about everything open, once; returns how often each outcome occurred."""
    outcomes: dict[str, int] = {}
    for attempt_id in open_attempts():
        if _status(attempt_id) == "creating":
            begin.open_session(attempt_id)
        if _status(attempt_id) == "open" or _order_status(attempt_id) == "processing":
            outcome = poll(attempt_id)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


def _status(attempt_id: int) -> str:
    status = db.session.scalars(select(Attempt.status).where(Attempt.id == attempt_id)).one()
    end_reading()
    return status


def _order_status(attempt_id: int) -> str:
    status = db.session.scalars(select(Order.status).join(Attempt).where(Attempt.id == attempt_id)).one()
    end_reading()
    return status


def _next_look(attempt_id: int) -> datetime:
    """Every few minutes, and just after the session should have expired."""
    expires_at = db.session.scalars(select(Attempt.expires_at).where(Attempt.id == attempt_id)).one()
    end_reading()
    moment = clock.now()
    just_after = expires_at + timedelta(seconds=5)
    return min(moment + OFTEN, just_after) if just_after > moment else moment + SOON
