"""An evening with every kind of block in three languages, its prices and its places."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.catalogue.models import Block, Event, Organisation, Quota, TicketType
from events.core import clock
from events.core.db import db, transaction
from tests.support.staff import make_app


def words(text: str) -> dict[str, str]:
    """The same text in three languages, each marked, so that a test sees which one was taken."""
    return {code: f"{text} [{code}]" for code in ("fr", "en", "th")}


BLOCKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("programme", {"title": words("Programme"), "rows": [{"time": words("7 pm"), "what": words("A glass")}]}),
    ("figures", {
        "title": words("Figures"),
        "intro": words("Each with its source"),
        "figures": [{"value": words("113"), "sentence": words("people"), "source": words("Court"), "url": ""}],
    }),
    ("cause", {
        "title": words("Cause"),
        "intro": words("Two purposes"),
        "articles": [
            {"drawing": "jasmine", "title": words("First"), "text": words("A *purpose* <script>alert(1)</script>")},
            {"drawing": "letter", "title": words("Second"), "text": words("Another")},
        ],
    }),
    ("story", {"title": words("Story"), "text": words("# Loud\n\nIt began")}),
    ("partners", {"title": words("With"), "partners": [{"name": words("A house"), "role": words("cooks"), "url": ""}]}),
    ("press", {
        "title": words("Reading"),
        "links": [{"title": words("An article"), "url": "https://example.org/a", "source": words("A paper")}],
    }),
    ("questions", {"title": words("Questions"), "questions": [{"question": words("Why?"), "answer": words("So")}]}),
    ("help", {
        "title": words("Help"),
        "intro": words("For you"),
        "contacts": [{
            "name": words("A service"),
            "address": words("Road 1"),
            "phone": "+32 4 232 40 30",
            "email": "help@example.org",
            "url": "https://www.example.org/",
        }],
    }),
    ("gallery", {"title": words("Pictures")}),
)  # fmt: skip


def evening(slug: str = "dinner", *, starts_at: datetime | None = None, status: str = "published") -> Event:
    """An evening in ninety days unless told otherwise: a seat, an early seat, a table of eight; 96 places, 24 early."""
    begins = starts_at or clock.now().replace(microsecond=0) + timedelta(days=90)
    event = Event(
        organisation=house(),
        slug=slug,
        status=status,
        currency="THB",
        time_zone="Asia/Bangkok",
        starts_at=begins,
        ends_at=begins + timedelta(hours=4),
        sales_end_at=begins - timedelta(hours=24),
        language="fr",
        languages=["fr", "en", "th"],
        title=words("An evening"),
        kind=words("A dinner"),
        hosts=words("Two houses"),
        notice={},
        cause_link=words("What for"),
        venue="Bonjour Bonsoir",
        venue_address=words("Bangkok"),
        map_url="https://example.org/map",
        info_url="https://example.org/info",
        phone="(+66) 088 626 0825",
        goal=35_000_000,
        gift_amounts=[50_000, 100_000],
        absent_gift=100_000,
        benefit_description=words("a dinner"),
        blocks=[Block(position=place, kind=kind, content=content) for place, (kind, content) in enumerate(BLOCKS)],
    )
    _price(event)
    db.session.add(event)
    db.session.flush()
    return event


def house() -> Organisation:
    """The one organisation of these tests."""
    found = db.session.query(Organisation).first()
    return found or Organisation(
        slug="house",
        name="House",
        legal_name="House",
        address="",
        tax_id=None,
        email="house@example.org",
        phone="",
        language="fr",
        time_zone="Asia/Bangkok",
        accent_hue=178,
        accent_chroma=75,
        card_fee_bp=365,
        card_fee_fixed=1000,
        created_at=clock.now(),
    )


def _price(event: Event) -> None:
    seats, early = Quota(name="seats", size=96), Quota(name="early", size=24)
    event.quotas = [seats, early]
    for place, (name, price, benefit, size, quotas) in enumerate(
        (
            ("A seat", 250_000, 120_000, 1, [seats]),
            ("An early seat", 220_000, 120_000, 1, [seats, early]),
            ("A table of eight", 2_000_000, 960_000, 8, [seats]),
        )
    ):
        event.ticket_types.append(
            TicketType(
                public_id=f"{event.slug}-{place}",
                position=place,
                name=words(name),
                description=words(f"{name}, described"),
                price=price,
                benefit=benefit,
                bundle_size=size,
                max_per_order=8,
                quotas=quotas,
            )
        )


@contextmanager
def changes(app: Flask) -> Iterator[None]:
    """A transaction in a context of its own: one that stayed open would be shared with the requests."""
    with app.app_context(), transaction():
        yield


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The whole application with one evening to come, `dinner`."""
    app = make_app(database_url)
    with app.app_context():
        engine = db.engine
    with changes(app):
        evening()
    yield app
    engine.dispose()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def other(database_url: str, app: Flask) -> Iterator[Flask]:
    """A second process on the same database, as far as memory goes."""
    second = make_app(database_url)
    yield second
    with second.app_context():
        db.engine.dispose()
