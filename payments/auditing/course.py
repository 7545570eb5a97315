"""Questions about the course of things: nothing is left lying, and every step was allowed."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import String, cast, literal, or_, select

from events.core import clock, migrating
from events.core.db import db
from events.core.jobs import Job
from events.guests.models import Party
from events.mail.models import Letter
from payments.auditing.seats import KEEPS_TICKETS
from payments.checkout.models import Attempt
from payments.orders.models import TRANSITIONS, Order, OrderStatus


def attempts() -> Iterator[str]:
    """7. No open attempt is left unasked 15 minutes past its expiry."""
    late = clock.now() - timedelta(minutes=15)
    unpolled = or_(Attempt.polled_at.is_(None), Attempt.polled_at < Attempt.expires_at)
    query = select(Attempt.id).where(Attempt.status.in_(("creating", "open")), Attempt.expires_at < late, unpolled)
    for attempt_id in db.session.scalars(query):
        yield f"attempt {attempt_id} ran out more than 15 minutes ago and nobody asked Stripe"


def held_orders() -> Iterator[str]:
    """8. A held order has a live attempt; one that no card pays has a time limit, and does not outlive it."""
    live = select(Attempt.id).where(Attempt.order_id == Order.id, Attempt.status.in_(("creating", "open"))).exists()
    held = select(Order.code).where(Order.status == "held")
    for code in db.session.scalars(held.where(Order.way == "stripe", ~live)):
        yield f"order {code} is held, but no attempt to pay it is alive"
    late = clock.now() - timedelta(minutes=15)
    for code in db.session.scalars(held.where(Order.way != "stripe", Order.held_until < late)):
        yield f"order {code} keeps its seats past its time: is the worker alive?"


def histories() -> Iterator[str]:
    """12. Each status history is a path in the table and ends where the order stands."""
    allowed = {(before, after) for before, after, _trigger in TRANSITIONS} | {(None, "held")}
    last: dict[int, str] = {}
    steps = select(OrderStatus.order_id, OrderStatus.from_status, OrderStatus.to_status)
    for order_id, before, after in db.session.execute(steps.order_by(OrderStatus.order_id, OrderStatus.id)):
        if (before, after) not in allowed or before != last.get(order_id):
            yield f"order {order_id} went from {before} to {after}"
        last[order_id] = after
    for order_id, code, status in db.session.execute(select(Order.id, Order.code, Order.status)):
        if last.get(order_id) != status:
            yield f"order {code} is {status}, its history ends with {last.get(order_id)}"


def letters() -> Iterator[str]:
    """9. Each paid order whose buyer left an address has its letter, once."""
    key = literal("order-paid:") + cast(Order.id, String)
    query = (
        select(Order.code)
        .join(Party, (Party.id == Order.party_id) & (Party.email != ""))
        .outerjoin(Letter, Letter.key == key)
    )
    for code in db.session.scalars(query.where(Order.status.in_(KEEPS_TICKETS), Letter.id.is_(None))):
        yield f"order {code} is paid and has no letter"


def leases() -> Iterator[str]:
    """14. No job is leased long past its lease; dead ones are named."""
    late = clock.now() - timedelta(minutes=5)
    for key in db.session.scalars(select(Job.key).where(Job.status == "leased", Job.leased_until < late)):
        yield f"job {key} is leased past its lease: is the worker alive?"
    for key in db.session.scalars(select(Job.key).where(Job.status == "dead")):
        yield f"job {key} was given up: look at it and send it again"


def triggers() -> Iterator[str]:
    """13. The triggers that keep the books append-only stand in the database."""
    for table in migrating.unprotected(db.session.connection()):
        yield f"table {table} can be changed: its triggers are gone; run `bonsoir migrate`"
