"""A phone that may sell, and the people who count its cash, in the application itself."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from events.core import clock
from events.core.db import db, end_reading, transaction
from events.door import pairing
from events.door.pairing import Selling
from events.mail.models import Letter
from events.team import signing_in
from events.team.models import Account, Membership
from payments import auditing
from payments.ledger.models import Posting
from tests.support import world as w

HOST = w.SETTINGS["PUBLIC_URL"]
SLUG = "dinner"


@dataclass
class Phone:
    """A paired phone, and what it may do beside checking tickets."""

    app: Flask
    event_id: int
    selling: Selling = field(default_factory=lambda: Selling(sell=True))
    name: str = "Door phone"
    client: FlaskClient = field(init=False)
    headers: dict[str, str] = field(init=False)
    device_id: int = field(init=False)

    def __post_init__(self) -> None:
        with transaction():
            code = pairing.new_code(self.event_id, "Door A", None, selling=self.selling)
        with transaction():
            paired = pairing.pair(code, self.name, "a test")
        assert paired is not None
        self.client, self.headers = self.app.test_client(), {"Authorization": f"Bearer {paired.token}"}
        self.device_id = paired.device.id

    def sell(self, way: str = "cash", seats: int = 1, **fields: object) -> TestResponse:
        """One sale of seats, with whatever else is typed."""
        body = {"sale_id": str(uuid4()), "tickets": {"seat": seats}, "way": way, "seller": "Noi"}
        return self.post("sales", body | fields)

    def sold(self, way: str = "cash", seats: int = 1, **fields: object) -> dict[str, Any]:
        """The answer to a sale that succeeds."""
        answer = self.sell(way, seats, **fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def post(self, name: str, body: object) -> TestResponse:
        """Say something to the door."""
        return self.client.post(f"/door/api/{name}", json=body, headers=self.headers, base_url=HOST)

    def get(self, name: str) -> TestResponse:
        """Ask the door something."""
        return self.client.get(f"/door/api/{name}", headers=self.headers, base_url=HOST)


@dataclass
class Person:
    """Somebody of the staff, signed in."""

    app: Flask
    world: w.World
    role: str
    name: str
    client: FlaskClient = field(init=False)
    id: int = field(init=False)

    def __post_init__(self) -> None:
        with transaction() as session:
            email = f"{uuid4().hex}@example.org"
            account = Account(email=email, name=self.name, language="en", created_at=clock.now())
            session.add(account)
            session.flush()
            scope = {"organisation_id": self.world.organisation_id, "event_id": self.world.event_id}
            session.add(Membership(account_id=account.id, role=self.role, created_at=clock.now(), **scope))
            key, self.id = signing_in.demo_key(account), account.id
        self.client = self.app.test_client()
        self.client.set_cookie("lang", "en", domain="tickets.example.org")
        assert self._asks("POST", f"/sign-in/{key}").status_code == 303

    def page(self) -> str:
        """The drawer's page."""
        answer = self.get()
        assert answer.status_code == 200
        return answer.text

    def get(self, what: str = "") -> TestResponse:
        """The drawer's page, or what stands below it."""
        return self._asks("GET", f"/manage/{SLUG}/cash{what}")

    def reads(self, address: str) -> str:
        """Any other page."""
        answer = self._asks("GET", address)
        assert answer.status_code == 200
        return answer.text

    def press(self, what: str, **fields: object) -> TestResponse:
        """A button of that page."""
        return self._asks("POST", f"/manage/{SLUG}/cash/{what}", fields)

    def _asks(self, method: str, address: str, data: dict[str, object] | None = None) -> TestResponse:
        """The application's context is the test's own: what the last request knew of its visitor must go."""
        end_reading()
        for name in ("_login_user", "language"):
            g.pop(name, None)
        return self.client.open(address, method=method, data=data, base_url=HOST)

    def counts(self, **pieces: int) -> TestResponse:
        """So many of each: `b1000=3` is three notes of a thousand baht."""
        typed = {f"piece-{int(name[1:]) * 100}": str(number) for name, number in pieces.items()}
        return self.press("counts", **typed)

    def signs(self, explanation: str = "") -> TestResponse:
        """Sign what the page shows."""
        _before, found, after = self.page().partition('name="statement" value="')
        statement = after.partition('"')[0] if found else ""
        return self.press("signatures", statement=statement, explanation=explanation)


@dataclass
class Door:
    """The evening's door."""

    app: Flask
    world: w.World

    def phone(self, *, comp: bool = False, sell: bool = True, name: str = "Door phone") -> Phone:
        """One more phone."""
        return Phone(self.app, self.world.event_id, Selling(sell, comp), name)

    def person(self, role: str, name: str) -> Person:
        """Somebody of the staff."""
        return Person(self.app, self.world, role, name)

    def on(self, account: str) -> int:
        """What stands on an account of the books."""
        end_reading()
        query = select(func.coalesce(func.sum(Posting.amount), 0)).where(Posting.account == account)
        found = int(db.session.scalars(query).one())
        end_reading()
        return found

    def letters(self) -> list[str]:
        """Whom we wrote to."""
        end_reading()
        return list(db.session.scalars(select(Letter.recipient_email).order_by(Letter.id)))

    def violations(self) -> list[dict[str, str]]:
        """What the audit says."""
        end_reading()
        return auditing.audit()[0]


@pytest.fixture
def door(house: Flask) -> Door:
    """The door of an evening with twenty places; buttons are pressed without their CSRF token."""
    house.config["WTF_CSRF_ENABLED"] = False
    return Door(house, w.furnish())
