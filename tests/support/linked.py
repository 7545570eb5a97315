"""The application linked to a stand-in of its own that rings at nobody's door: every webhook is lost.

For tests of what asking alone finds out. No web server and no worker: tests do what those would do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import create_app
from events.catalogue.models import Event
from events.core import jobs
from events.core.db import db, end_reading, transaction
from events.core.trail import TrailEntry
from payments import auditing
from payments.checkout import begin
from payments.gateway.sandbox import balances
from payments.gateway.sandbox.server import RunningSandbox, start
from payments.gateway.stripe_api import current_gateway
from payments.ledger.models import JournalEntry, Posting
from payments.orders.models import Order
from tests.support import world as w


@dataclass
class Linked:
    """The application, the stand-in, an evening, and the hands to move them."""

    app: Flask
    standin: RunningSandbox
    turn: Callable[[timedelta], None]
    world: w.World
    ahead: timedelta = timedelta()

    def buy(self, seats: int = 1) -> tuple[int, str]:
        """An order with its pay page open: its id and the session's."""
        with transaction():
            priced = w.priced(self.world, {"seat": seats})
            order, attempt = begin.begin(db.session.get_one(Event, self.world.event_id), priced, w.BUYER)
        session = begin.open_session(attempt.id)
        assert session is not None
        return order.id, session.id

    def pay(self, session_id: str, outcome: str = "pay") -> str:
        """The buyer pays at the stand-in; the payment intent's id."""
        return str(self.standin.control("pay", session=session_id, outcome=outcome)["payment_intent"])

    def settled(self) -> tuple[int, str]:
        """A paid order that no bell told of: its id and its payment intent."""
        order_id, session_id = self.buy()
        intent = self.pay(session_id)
        self.go_on(timedelta(minutes=5))
        self.work("watch_attempt")
        assert self.status(order_id) == "paid"
        return order_id, intent

    def at_stripe(self, kind: str, amount: int, category: str, source: str = "src_of_stripe") -> None:
        """A movement of the balance, in baht, that Stripe made by itself."""
        with self.standin.books.lock:
            made_by = {"id": source, "currency": "thb"}
            balances.post(self.standin.books, kind, amount, made_by, category=category)

    def alerts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the trail asks a person to look at: acts with their details."""
        end_reading()
        rows = db.session.scalars(select(TrailEntry).where(TrailEntry.action.like("alert.%")).order_by(TrailEntry.id))
        found = [(row.action, row.details) for row in rows]
        end_reading()
        return found

    def go_on(self, time: timedelta) -> None:
        """Let time pass, for the application and the stand-in."""
        self.ahead += time
        self.turn(self.ahead)

    def work(self, *kinds: str) -> None:
        """Do the jobs of some kinds that are due."""
        handlers = {kind: jobs.handlers()[kind] for kind in kinds}
        while jobs.run_due(handlers):
            pass

    def status(self, order_id: int) -> str:
        """The order's."""
        end_reading()
        status = db.session.scalars(select(Order.status).where(Order.id == order_id)).one()
        end_reading()
        return status

    def balances(self) -> dict[tuple[str, str], int]:
        """What stands on each account in each currency; accounts at zero are left out."""
        end_reading()
        query = select(Posting.account, Posting.currency, func.sum(Posting.amount))
        rows = db.session.execute(query.group_by(Posting.account, Posting.currency))
        found = {(account, currency): int(total) for account, currency, total in rows if total}
        end_reading()
        return found

    def kinds(self) -> list[str]:
        """What the entries of the books came from, in their order."""
        end_reading()
        found = list(db.session.scalars(select(JournalEntry.ext_kind).order_by(JournalEntry.id)))
        end_reading()
        return found

    def violations(self) -> list[str]:
        """What the audit says, the stand-in asked as well."""
        end_reading()
        found, _checked = auditing.audit()
        end_reading()
        return [f"{row['rule']}: {row['what']}" for row in (*found, *auditing.audit_against(current_gateway()))]


def link(database_url: str, standin: RunningSandbox, var: Path) -> Flask:
    """The application on a database, asking a stand-in."""
    settings = {"DATABASE_URL": database_url, "BONSOIR_VAR": str(var), "STRIPE_API_BASE": standin.url}
    return create_app({**w.SETTINGS, **settings})


@pytest.fixture
def lonely(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    """A stand-in without any webhook endpoint."""
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    running = start()
    yield running
    running.stop()


@pytest.fixture
def linked(
    database_url: str, tmp_path: Path, turn_clock: Callable[[timedelta], None], lonely: RunningSandbox
) -> Iterator[Linked]:
    """Application and stand-in at the same moment, with an evening on sale."""
    turn_clock(timedelta())
    app = link(database_url, lonely, tmp_path / "var")
    with app.app_context():
        yield Linked(app, lonely, turn_clock, w.furnish())
        db.session.remove()
        db.engine.dispose()
