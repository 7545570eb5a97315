"""The line before Stripe, which all tests of one system share."""

from flask import Flask
from sqlalchemy import update

from events.core.db import changed, transaction
from payments.orders.pacing import Pace, Turn


def leave(app: Flask) -> None:
    """Whoever still stands there is another test's: for a minute it would keep everybody else waiting."""
    with app.app_context(), transaction():
        changed(update(Turn).values(at=0))
        changed(update(Pace).values(next=0))
