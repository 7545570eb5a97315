"""Watching every attempt until Stripe has said how it ended, whether or not a webhook ever rings."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.jobs import TryLater
from payments.checkout import begin, in_line
from payments.checkout.models import Attempt
from payments.checkout.settle import settle
from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import GatewayError, ProviderBusy, ProviderRefused
from payments.gateway.stripe_api import current_gateway
from payments.ledger import reading
from payments.orders import keeping, placing
from payments.orders.models import Order, Payment

AT_ONCE, SOON, OFTEN = timedelta(seconds=0.3), timedelta(seconds=15), timedelta(minutes=3)
SELDOM = timedelta(minutes=30)
OVERLAP = timedelta(hours=25)
"""A session lives for 24 hours at most."""


def watch_attempt(args: Mapping[str, Any]) -> None:
    """Job: look at one attempt; raises TryLater while it is not finished."""
    attempt_id = int(args["attempt_id"])
    status = _status(attempt_id)
    if status == "creating":
        _open(attempt_id)
        status = _status(attempt_id)
        if status == "open":  # nobody has seen it yet
            raise TryLater(_next_look(attempt_id))
    if status == "creating":
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


def _open(attempt_id: int) -> None:
    """Ask for the pay page; when no answer comes, look whether there is one. Raises TryLater until it is its turn."""
    _demand_turn(attempt_id)
    try:
        if begin.ask_for_session(attempt_id, patient=False) is None:
            look_for_session(attempt_id)
    except ProviderBusy:  # a walk through Stripe's list would make the crowd larger
        _demand_turn(attempt_id)
        raise TryLater(clock.now() + AT_ONCE) from None


def _demand_turn(attempt_id: int) -> None:
    if (seconds := in_line.wait(attempt_id)) > 0:
        raise TryLater(clock.now() + timedelta(seconds=seconds))


def poll(attempt_id: int) -> str:
    """Ask Stripe about one attempt and settle what it says."""
    session_id = db.session.scalars(select(Attempt.session_id).where(Attempt.id == attempt_id)).one()
    end_reading()
    if session_id is None:
        return "unknown"
    session = current_gateway().get_session(session_id)
    with transaction():
        return settle(session)


def look_for_session(attempt_id: int) -> None:
    """No answer again: Stripe is away, or it repeats a failure under its key (even a 500, for a day).

    Its list tells. A session that came of the attempt is adopted; if Stripe lists none, the attempt is closed, and the
    next one has a key of its own. Nobody ever saw an address, so nobody can pay on what is closed here.
    """
    attempt = db.session.get_one(Attempt, attempt_id)
    order_id, created_at, expires_at = attempt.order_id, attempt.created_at, int(attempt.params["expires_at"])
    end_reading()
    try:
        listed = list(current_gateway().list_sessions(created_since=created_at - timedelta(minutes=1)))
    except GatewayError:
        return
    mine = [
        session
        for session in listed
        if session.client_reference_id == str(order_id) and int(session.expires_at.timestamp()) == expires_at
    ]
    with transaction():
        if mine:
            begin.record_open(attempt_id, mine[0])
        else:
            begin.close(attempt_id)


def try_again(attempt_id: int) -> None:
    """Stripe said no: a new attempt while the seats are kept; afterwards the order expires, as no session exists."""
    newer = _next_attempt(attempt_id)
    if newer is not None:
        begin.open_session(newer)


def _next_attempt(attempt_id: int) -> int | None:
    with transaction():
        order = placing.lock(db.session.get_one(Attempt, attempt_id).order_id)
        live = select(Attempt.id).where(Attempt.order_id == order.id, Attempt.status.in_(("creating", "open")))
        if order.status != "waiting" or db.session.scalar(live.limit(1)) is not None:
            return None
        if clock.now() < order.held_until:
            return begin.new_attempt(order).id
        placing.move(order, "expired", "no session can exist any more")
        keeping.release(order)
        return None


def reconcile(unasked_for: timedelta = timedelta()) -> dict[str, int]:
    """Ask Stripe about everything open that was not asked about for a while; how often each outcome occurred.

    What Stripe refuses to answer (it forgot the session, or never knew it) does not keep the others waiting.
    """
    outcomes: Counter[str] = Counter()
    for attempt_id in _open_attempts(unasked_for):
        try:
            outcomes[_look_at(attempt_id)] += 1
        except ProviderRefused:
            outcomes["refused"] += 1
    return dict(outcomes)


def _look_at(attempt_id: int) -> str:
    if _status(attempt_id) == "creating":
        if in_line.wait(attempt_id) > 0:
            return "in_line"
        begin.open_session(attempt_id)
    return poll(attempt_id) if _status(attempt_id) in ("open", "complete") else "nothing_to_ask"


def _open_attempts(unasked_for: timedelta) -> list[int]:
    """Attempts that Stripe may have news about, the longest unasked first."""
    live = Attempt.status.in_(("creating", "open"))
    slow = (Attempt.status == "complete") & (Order.status == "processing")
    unasked = or_(Attempt.polled_at.is_(None), Attempt.polled_at <= clock.now() - unasked_for)
    query = select(Attempt.id).join(Order).where(or_(live, slow), unasked)
    found = list(db.session.scalars(query.order_by(Attempt.polled_at, Attempt.id)))
    end_reading()
    return found


def read_sessions() -> dict[str, int]:
    """Find what no bell told of: sessions that ended, ours or not known to us, since the last reading."""
    begun = clock.now()
    outcomes: Counter[str] = Counter()
    for session in current_gateway().list_sessions(created_since=reading.since("sessions", OVERLAP)):
        if _is_news(session):
            with transaction():
                outcomes[settle(session)] += 1
    reading.reached("sessions", begun)
    return dict(outcomes)


def _is_news(session: CheckoutSession) -> bool:
    """Whether a session ended in a way that our rows do not say yet."""
    paid = select(Payment.id).where(Payment.reference == (session.payment_intent or session.id))
    status = db.session.scalar(select(Attempt.status).where(Attempt.session_id == session.id))
    known_paid = db.session.scalar(paid) is not None
    end_reading()
    if session.is_paid:
        return not known_paid
    return session.status != "open" and status in ("creating", "open", None)


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
