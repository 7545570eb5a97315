"""A small world for tests: one charity, one evening with seats and tables, buyers, and money that comes.

Rows are made by the product's own functions wherever it has one. `house` is the whole application on a database of the
test's own, its context pushed; threads push one of their own (`in_threads` does).
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from events.catalogue.models import Event, Organisation, Quota, TicketType
from events.core import clock
from events.core.db import db, transaction
from payments.checkout import begin, settle
from payments.checkout.models import Attempt
from payments.gateway.answers import CheckoutSession
from payments.orders.models import Order
from payments.orders.pricing import Quote, Wish, quote

T = TypeVar("T")

SETTINGS = {
    "SECRET_KEY": "only for tests, and long enough",
    "PUBLIC_URL": "https://tickets.example.org",
    "STRIPE_SECRET_KEY": "sk_test_nobody",
    "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
    "STRIPE_API_BASE": "http://127.0.0.1:9",  # nobody listens there
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_PORT": "9",
    "MAIL_DEFAULT_SENDER": "Bonsoir <letters@example.org>",
}
DINNER = datetime(2031, 11, 15, 12, 0, tzinfo=UTC)
BUYER = begin.Buyer("Claire Fontaine", "claire@example.org", "+33 1 23 45 67 89", "fr")


@dataclass(frozen=True)
class World:
    """The ids of what stands in the database."""

    organisation_id: int
    event_id: int
    room_id: int
    kitchen_id: int


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on the test's database, its context pushed."""
    app = create_app({**SETTINGS, "DATABASE_URL": database_url, "BONSOIR_VAR": str(tmp_path / "var")})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def turn_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set the clock so far ahead of the machine's (or behind)."""
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(tmp_path / "clock"))

    def turn(ahead: timedelta) -> None:
        (tmp_path / "clock").write_text(str(ahead.total_seconds()), encoding="ascii")

    return turn


@pytest.fixture
def set_clock(turn_clock: Callable[[timedelta], None]) -> Callable[[datetime], None]:
    """Let it be that moment."""

    def become(moment: datetime) -> None:
        turn_clock(timedelta())
        turn_clock(moment - clock.now())

    return become


@pytest.fixture
def midday(set_clock: Callable[[datetime], None]) -> None:
    """It is noon in Bangkok, today: neither day, month nor year turns in the middle of the test, there or in UTC."""
    set_clock(clock.now().replace(hour=5, minute=0, second=0, microsecond=0))


def organisation(**values: Any) -> Organisation:
    """A charity that agreed on 3.65 % + 10 baht with its card company. Not yet a row."""
    given: dict[str, Any] = {
        "slug": "lanterns",
        "name": "The Lanterns",
        "legal_name": "Association The Lanterns",
        "address": "1 quai des Brumes, Paris",
        "email": "office@example.org",
        "phone": "+33 1 00 00 00 00",
        "language": "fr",
        "time_zone": "Asia/Bangkok",
        "receipt_profile": "generic",
        "bank_account": "Bank of the river\nTH00 0000",
        "card_fee_bp": 365,
        "card_fee_fixed": 1000,
        "created_at": clock.now(),
    }
    return Organisation(**{**given, **values})


def evening(owner: Organisation | None = None, *, room: int = 20, kitchen: int = 20, **values: Any) -> Event:
    """A dinner in Bangkok: `seat` for 1,500 baht (900 of it the meal), `table` of eight for 10,000. Not yet a row."""
    words = {"fr": "", "en": "", "th": ""}
    given: dict[str, Any] = {
        "slug": "dinner",
        "status": "published",
        "currency": "THB",
        "time_zone": "Asia/Bangkok",
        "starts_at": DINNER,
        "ends_at": DINNER + timedelta(hours=4),
        "sales_end_at": DINNER - timedelta(hours=2),
        "language": "fr",
        "languages": ["fr", "en", "th"],
        "title": {"fr": "Le dîner", "en": "The dinner", "th": "งานเลี้ยง"},
        **dict.fromkeys(("kind", "hosts", "notice", "cause_link", "venue_address", "benefit_description"), words),
        **dict.fromkeys(("venue", "map_url", "info_url", "phone"), ""),
        "goal": 10_000_000,
        "gift_amounts": [50_000, 100_000],
        "absent_gift": 50_000,
    }
    event = Event(**{**given, **values}, organisation=owner or organisation())
    places = Quota(name="room", size=room, held=0, sold=0)
    plates = Quota(name="kitchen", size=kitchen, held=0, sold=0)
    event.quotas = [places, plates]
    event.ticket_types = [
        ticket_type("seat", 150_000, 90_000, quotas=[places, plates]),
        ticket_type("table", 1_000_000, 700_001, bundle_size=8, max_per_order=2, quotas=[places, plates]),
    ]
    return event


def ticket_type(name: str, price: int, benefit: int, **values: Any) -> TicketType:
    """A ticket type whose public id is its name. Not yet a row."""
    given: dict[str, Any] = {"position": 1, "bundle_size": 1, "min_per_order": 1, "max_per_order": 8}
    words = {"fr": name, "en": name, "th": name}
    return TicketType(public_id=name, name=words, description={}, price=price, benefit=benefit, **{**given, **values})


def furnish(**values: Any) -> World:
    """The evening as rows, committed."""
    event = evening(**values)
    with transaction() as session:
        session.add(event)
    room, kitchen = event.quotas
    return World(event.organisation_id, event.id, room.id, kitchen.id)


def priced(world: World, tickets: Mapping[str, int] | None = None, gift: int = 0, cover_fees: bool = False) -> Quote:
    """What one seat costs, or something else."""
    wish = Wish({"seat": 1} if tickets is None else tickets, gift, cover_fees)
    return quote(db.session.get_one(Event, world.event_id), wish, clock.now())


def buy(world: World, tickets: Mapping[str, int] | None = None, gift: int = 0, cover_fees: bool = False) -> int:
    """An order with its seats held and its pay page open; its id. Raises SoldOut."""
    with transaction():
        quoted = priced(world, tickets, gift, cover_fees)
        order, attempt = begin.begin(db.session.get_one(Event, world.event_id), quoted, BUYER)
    with transaction():
        begin.record_open(attempt.id, session_of(order.id, status="open", payment_status="unpaid"))
    return order.id


def pay(order_id: int, **differences: Any) -> str:
    """The money comes: what `settle` made of it."""
    with transaction():
        return settle.settle(session_of(order_id, **differences))


def lose(order_id: int) -> str:
    """The pay page runs out unpaid."""
    return pay(order_id, status="expired", payment_status="unpaid")


def session_of(order_id: int, **differences: Any) -> CheckoutSession:
    """Stripe's view of an order's newest attempt, paid unless told."""
    attempt = Attempt.newest_of(order_id)
    if attempt is None:
        raise LookupError(f"order {order_id} has no attempt")
    session = CheckoutSession(
        id=attempt.session_id or f"cs_test_{attempt.id}",
        mode="payment",
        status="complete",
        payment_status="paid",
        amount_total=attempt.amount,
        currency=attempt.currency,
        client_reference_id=str(order_id),
        order_metadata={},
        payment_intent=f"pi_{attempt.id}",
        url="https://pay.example.org/page#fragment",
        expires_at=attempt.expires_at,
        livemode=False,
    )
    return replace(session, **differences)


def order(order_id: int) -> Order:
    """The order as it stands now."""
    db.session.rollback()
    return db.session.get_one(Order, order_id, populate_existing=True)


def counters(quota_id: int) -> tuple[int, int]:
    """Held and sold seats of a quota as they stand now."""
    db.session.rollback()
    quota = db.session.get_one(Quota, quota_id, populate_existing=True)
    return quota.held, quota.sold


class Browser(FlaskClient):
    """Asks at the public address, where alone the application answers."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """As any client, from there."""
        return super().open(*args, **({"base_url": SETTINGS["PUBLIC_URL"]} | kwargs))


def browser_of(app: Flask) -> FlaskClient:
    """A browser without a script in this process; tokens of forms are left to other tests."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


def in_threads(app: Flask, count: int, work: Callable[[int], T]) -> list[T]:
    """The answers of `work(0)` ... `work(count - 1)`, all begun at the same moment, each in a context of its own."""
    barrier = Barrier(count)

    def one(number: int) -> T:
        with app.app_context():
            barrier.wait(30)
            return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
