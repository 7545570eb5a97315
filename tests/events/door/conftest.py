"""One evening in a week's time with a party of two and a guest alone; another evening next door; a paired phone."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import create_app
from events.catalogue.models import Event, Organisation, TicketType
from events.core import clock
from events.core.db import Base, db, transaction
from events.door import pairing
from events.guests.models import Guest, Party
from events.team import signing_in
from events.team.models import Account, Membership
from events.tickets.issuing import Place, issue
from events.tickets.models import Ticket

Row = TypeVar("Row", bound=Base)

HOST = "http://localhost"  # where a test client believes to be


def settings(database_url: str) -> dict[str, str]:
    """What an application of these tests is told."""
    return {
        "SECRET_KEY": "only-for-tests-and-long-enough",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": HOST,
        "STRIPE_SECRET_KEY": "sk_test_door",
        "STRIPE_WEBHOOK_SECRET": "whsec_door",
        "MAIL_DEFAULT_SENDER": "letters@bonsoir.example",
    }


@dataclass(frozen=True)
class Evening:
    """Ids and codes of what stands in the database."""

    event_id: int
    slug: str
    helene: str  # codes: two of one party, one alone, one of another evening
    marc: str
    alone: str
    elsewhere: str


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The whole application on one test's database."""
    app = create_app(settings(database_url))
    app.config["TESTING"] = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def evening(app: Flask) -> Evening:
    """The seeded evening."""
    with transaction():
        return seed()


def seed() -> Evening:
    """Write the evening down, in the caller's transaction."""
    house = _add(_organisation())
    event, other = _add(_event(house, "dinner")), _add(_event(house, "concert"))
    helene, marc = seats(event, "Hélène Moreau", 2)
    (alone,) = seats(event, "Somchai Dee", 1)
    (elsewhere,) = seats(other, "Ann Other", 1)
    helene.note, helene.table_name = "No peanuts", "2"
    codes = [guest.ticket.code for guest in (helene, marc, alone, elsewhere)]
    return Evening(event.id, event.slug, *codes)


def _organisation() -> Organisation:
    return Organisation(
        slug="house", name="The House", legal_name="The House", address="1 Lane", tax_id=None,
        email="house@bonsoir.example", phone="", language="en", time_zone="Asia/Bangkok",
        accent_hue=None, accent_chroma=None, card_fee_bp=365, card_fee_fixed=1000, created_at=clock.now(),
    )  # fmt: skip


def _event(house: Organisation, slug: str) -> Event:
    start = clock.now() + timedelta(days=7)
    title = {"en": "An evening for them", "fr": "Un soir, pour elles", "th": "ค่ำคืนเพื่อเธอ"}
    return Event(
        organisation_id=house.id, slug=slug, status="published", currency="THB", time_zone="Asia/Bangkok",
        starts_at=start, ends_at=start + timedelta(hours=4), sales_end_at=start, language="en",
        languages=["en", "fr", "th"], title=title, kind={}, hosts={}, notice={}, cause_link={}, venue="A room",
        venue_address={}, map_url="", info_url="", phone="", goal=0, gift_amounts=[], absent_gift=0,
        benefit_description={},
    )  # fmt: skip


def seats(event: Event, name: str, count: int) -> list[Guest]:
    """A party of so many, with their tickets, in the caller's transaction."""
    party = _add(
        Party(event_id=event.id, name=name, email="buyer@bonsoir.example", phone="", language="en",
              created_at=clock.now())
    )  # fmt: skip
    seat = _add(
        TicketType(public_id=uuid4().hex, event_id=event.id, position=1, description={}, price=100, benefit=50,
                   name={"en": "One seat", "fr": "Une place", "th": "หนึ่งที่นั่ง"},
                   sales_start_at=None, sales_end_at=None)
    )  # fmt: skip
    tickets = issue(event.id, party.id, [Place(seat.id, None)] * count)
    tickets[0].guest_name = name
    return [_add(Guest(party_id=party.id, ticket_id=one.id, ticket=one, note="", table_name=None)) for one in tickets]


def _add(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def set_status(code: str, status: str) -> None:
    """Bring a ticket into another status."""
    with transaction() as session:
        session.execute(update(Ticket).where(Ticket.code == code).values(status=status))


def new_code(event_id: int, gate: str = "Door A") -> str:
    """A pairing code, as the organiser's page makes it."""
    with transaction():
        return pairing.new_code(event_id, gate, created_by=None)


class Phone:
    """A paired phone."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def scan(self, code: str, scan_id: str | None = None, **fields: object) -> dict[str, Any]:
        """The answer to one scan."""
        one = {"scan_id": scan_id or str(uuid4()), "code": code, **fields}
        response = self.post("scans", {"scans": [one]})
        assert response.status_code == 200, response.text
        result: dict[str, Any] = response.json["results"][0]  # type: ignore[index]
        return result

    def post(self, name: str, body: object) -> TestResponse:
        """POST to one of the door's addresses."""
        return self.client.post(f"/door/api/{name}", json=body, headers=self.headers)

    def get(self, name: str, **query: str) -> TestResponse:
        """GET from one of the door's addresses."""
        return self.client.get(f"/door/api/{name}", query_string=query, headers=self.headers)


PairPhone = Callable[..., Phone]


@pytest.fixture
def pair(app: Flask, evening: Evening) -> PairPhone:
    """Pair one more phone with the evening."""

    def make(gate: str = "Door A", event_id: int | None = None) -> Phone:
        client = app.test_client()
        wanted = {"code": new_code(event_id or evening.event_id, gate), "name": "Nok’s phone"}
        response = client.post("/door/api/pair", json=wanted)
        assert response.status_code == 201, response.text
        return Phone(client, response.json["token"])  # type: ignore[index]

    return make


@pytest.fixture
def phone(pair: PairPhone) -> Phone:
    """A phone at Door A."""
    return pair()


@pytest.fixture
def organiser(app: Flask, evening: Evening) -> FlaskClient:
    """A browser in which an organiser is signed in."""
    with transaction() as session:
        account = _add(Account(email="org@bonsoir.example", name="Organiser", language="en", created_at=clock.now()))
        event = session.get_one(Event, evening.event_id)
        _add(Membership(account_id=account.id, organisation_id=event.organisation_id, event_id=None,
                        role="organiser", created_at=clock.now()))  # fmt: skip
        key = signing_in.demo_key(account)
    client = app.test_client()
    (token,) = re.findall('name="csrf_token" value="([^"]+)"', client.get(f"/sign-in/{key}").text)
    assert client.post(f"/sign-in/{key}", data={"csrf_token": token}).status_code == 303
    for name in ("_login_user", "csrf_token"):  # the application's context is the test's own: nothing of before stays
        g.pop(name, None)
    return client
