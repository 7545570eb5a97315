"""Two charities with orders, guests and money, and programs that ask."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event, Quota
from events.core import clock
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from payments.api import keys
from payments.api.scopes import SCOPES
from tests.support.staff import Staff, give_receipt, make_app, sell, set_the_table

Asking = Callable[..., "Program"]


@dataclass
class Program:
    """A program with a token."""

    app: Flask
    token: str
    token_id: int

    def ask(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - an answer whose json is whatever it is
        """One request below /api/v1."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """What is there; it must be."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json

    def order(self, key: str, **body: Any) -> Any:  # noqa: ANN401 - the same
        """Enter an order of one seat as an invitation, or something else."""
        usual = {"event": "dinner", "way": "comp", "name": "Ann Example", "email": "ann@example.org"}
        seats = {"tickets": [{"type": "seat-dinner", "count": 1}]}
        return self.ask("POST", "/orders", json={**usual, **seats, **body}, headers={"Idempotency-Key": key})


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    app = make_app(database_url)
    app.config["API_REQUESTS_A_MINUTE"] = 100_000
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def staff(app: Flask) -> Staff:
    staff = set_the_table(app)
    with app.app_context(), transaction():
        paid = sell("dinner", "DINE1", "Dora Diner", [("Dora Diner", ""), ("Paul Guest", "no nuts")], gift=50_000)
        give_receipt(paid, 1)
        sell("dinner", "DINE2", "Hugo Held", [(None, "")], paid_at=None, status="held")
        sell("ball", "BALL1", "Stella Stranger", [("Stella Stranger", "")])
    return staff


@pytest.fixture
def program(staff: Staff) -> Asking:
    """Make a program: `program("orders:read", of="treasurer", event="dinner")`."""

    def make(*scopes: str, of: str = "owner", event: str | None = None, days: int = 30) -> Program:
        with staff.app.app_context(), transaction():
            own = "ball" if of == "stranger" else "dinner"
            row = db.session.scalars(select(Event).where(Event.slug == own)).one()
            draft = keys.Draft(
                row.organisation_id,
                row.id if event else None,
                "A program",
                scopes or list(SCOPES),
                clock.now() + timedelta(days=days),
            )
            token, secret = keys.make(draft, staff.accounts[of])
            return Program(staff.app, secret, token.id)

    return make


def trailed(app: Flask, action: str) -> Sequence[Mapping[str, Any]]:
    """What the trail says of an action: actor and details."""
    with app.app_context():
        rows = db.session.scalars(select(TrailEntry).where(TrailEntry.action == action).order_by(TrailEntry.id))
        return [{"actor": row.actor, "subject": row.subject, **row.details} for row in rows]


def more_room(app: Flask) -> None:
    """As many places as anybody wants."""
    with app.app_context(), transaction():
        for quota in db.session.scalars(select(Quota)):
            quota.size = 10_000
