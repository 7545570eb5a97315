"""After a promise was withdrawn its pay page is closed at Stripe. And the course of a promise, for later readers."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select

from events.core.db import db, end_reading
from events.core.refusal import Refusal
from payments.checkout import cancelling
from payments.orders.models import Order
from payments.pledges.models import Pledge, PledgeStatus


def close_page(pledge_id: int, actor: str) -> None:
    """Ask Stripe, outside any transaction. Who was faster has paid, and the promise is paid after all.

    If Stripe is away the page runs out by itself within half an hour, and its watcher says so.
    """
    query = select(Order.id, Order.status).join(Pledge, Pledge.order_id == Order.id)
    found = db.session.execute(query.where(Pledge.id == pledge_id, Pledge.status == "withdrawn")).first()
    end_reading()
    if found is not None and found.status in cancelling.CANCELLABLE:
        with suppress(Refusal):
            cancelling.cancel(found.id, actor)


def steps(pledge_id: int) -> Sequence[PledgeStatus]:
    """What happened to it, the first thing first."""
    query = select(PledgeStatus).where(PledgeStatus.pledge_id == pledge_id).order_by(PledgeStatus.id)
    return db.session.scalars(query).all()
