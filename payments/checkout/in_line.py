"""Orders whose pay page must wait: in line before Stripe, or because it is away. Their seats are kept meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from events.core import clock, jobs
from events.core.db import at_commit, changed, db, end_reading
from payments.checkout.models import Attempt
from payments.gateway.parameters import SESSION_LIFE
from payments.orders import pacing, placing
from payments.orders.models import Order

WAITS_AT_MOST = timedelta(hours=6)
"""Seats are kept while Stripe is away, each try anew for as long as a pay page lives; but not for ever."""
IN_TURN = "so many are paying that Stripe is asked in turn"


def join(attempt: Attempt) -> None:
    """Take the attempt's turn at the end of the caller's transaction: everybody wants that row, so it is last."""
    at_commit(_take_turns, attempt)


def _take_turns(attempts: Sequence[Attempt]) -> None:
    for attempt in attempts:
        seconds = pacing.take(attempt.order_id)
        if seconds is not None:
            _line_up(attempt, clock.now() + timedelta(seconds=seconds))


def _line_up(attempt: Attempt, turn: datetime) -> None:
    """The pay page will live from its turn on, and so will the promise; a job of the worker's waits for that moment."""
    until = turn + SESSION_LIFE
    params = attempt.params | {"expires_at": int(until.timestamp())}
    changed(update(Attempt).where(Attempt.id == attempt.id).values(params=params, expires_at=until))
    placing.move(attempt.order, "waiting", IN_TURN, held_until=until)
    jobs.hasten(attempt.watcher, turn)


def may_ask_in(attempt_id: int) -> float | None:
    """Seconds after which a request of the web server's may ask Stripe; None for an order that stands in line.

    Nothing is being read afterwards.
    """
    query = select(Order.id, Order.status).join(Attempt).where(Attempt.id == attempt_id)
    order = db.session.execute(query).one()
    place = pacing.place_of(order.id)
    end_reading()
    if place is None or place.seconds < -pacing.OVERDUE:
        return 0.0
    return None if order.status == "waiting" else max(place.seconds, 0.0)


def wait(attempt_id: int) -> float:
    """Seconds until the attempt's order may ask Stripe, 0 or less: now. Nothing is being read afterwards."""
    order_id = db.session.scalars(select(Attempt.order_id).where(Attempt.id == attempt_id)).one()
    seconds = pacing.wait(order_id)
    end_reading()
    return seconds


def leave_to_worker(attempt_id: int) -> None:
    """It is its turn, but so many are paying that nobody here can ask: the worker does. In the caller's transaction."""
    order = wait_until(attempt_id, IN_TURN, clock.now())
    pacing.stand_here(order.id)


def was_too_much(attempt_id: int) -> None:
    """Stripe said 429: the line waits a moment, and then it is this one's turn. In the caller's transaction."""
    order = wait_until(attempt_id, IN_TURN, clock.now() + timedelta(milliseconds=pacing.STANDS_STILL))
    pacing.stand_here(order.id)
    pacing.stand_still()


def wait_until(attempt_id: int, why: str, again_at: datetime) -> Order:
    """The order waits, its seats kept while nobody can pay for them, and the attempt's watcher comes soon."""
    attempt = db.session.get_one(Attempt, attempt_id)
    order = placing.lock(attempt.order_id)
    db.session.refresh(attempt)
    if attempt.status == "open":  # somebody else had an answer meanwhile
        return order
    if order.status == "held":
        placing.move(order, "waiting", why)
    if order.status == "waiting":
        placing.keep_until(order, min(clock.now() + SESSION_LIFE, order.created_at + WAITS_AT_MOST))
    jobs.hasten(attempt.watcher, again_at)
    return order
