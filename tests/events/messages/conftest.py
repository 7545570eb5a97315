"""A charity with its staff, guests in three languages, a running mail server, and hands that write and send."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.guests.models import Guest, Party
from events.mail import catcher
from events.mail.catcher import RunningCatcher
from events.mail.models import Letter
from events.messages.models import GuestMessage
from events.tickets.models import Ticket
from tests.support.staff import Staff, make_app, sell, set_the_table

SUBJECT = {"fr": "Un mot", "en": "A word", "th": "ข่าว"}
TEXT = {"fr": "Bonjour **{name}**, table {table}.", "en": "Hello {name}: {link}", "th": "สวัสดี {name}"}
Turn = Callable[[timedelta], None]


@pytest.fixture
def mailbox() -> Iterator[RunningCatcher]:
    """A mail server that keeps what it gets."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def app(database_url: str, tmp_path: Path, mailbox: RunningCatcher) -> Iterator[Flask]:
    """The whole application, sending to `mailbox`."""
    app = make_app(database_url, MAIL_PORT=str(mailbox.smtp_port), BONSOIR_VAR=str(tmp_path / "var"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def staff(app: Flask) -> Staff:
    """The charity, and three orders of a dinner to come: in French, English and Thai."""
    staff = set_the_table(app)
    with app.app_context(), transaction():
        begins = clock.now() + timedelta(days=20)
        times = {"starts_at": begins, "ends_at": begins + timedelta(hours=4)}
        db.session.execute(update(Event).values(**times))
        for code, name, language in (("FRFRF", "Claire", "fr"), ("ENENE", "Siobhan", "en"), ("THTHT", "Malee", "th")):
            order = sell("dinner", code, name, [(name, ""), (None, "")])
            order.party.language = language
    return staff


def write(browser: FlaskClient, slug: str = "dinner", **differences: Any) -> int:
    """A draft, written through the form; its id."""
    subject, text = differences.pop("subject", SUBJECT), differences.pop("text", TEXT)
    fields: dict[str, Any] = {"segment": "guests", "purpose": "news", **differences}
    fields |= {f"subject-{code}": words for code, words in subject.items()}
    fields |= {f"text-{code}": words for code, words in text.items()}
    answer = browser.post(f"/manage/{slug}/messages/new", data=fields)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])


def do(browser: FlaskClient, message_id: int, act: str, slug: str = "dinner", **fields: Any) -> TestResponse:
    """Press a button of a message's page, as it stands now."""
    with browser.application.app_context():
        version = db.session.scalar(select(GuestMessage.version).where(GuestMessage.id == message_id))
    data = {"do": act, "version": version, **fields}
    return browser.post(f"/manage/{slug}/messages/{message_id}", data=data)


def work(app: Flask) -> None:
    """Let the worker do what is due."""
    with app.app_context():
        known = {kind: jobs.handlers()[kind] for kind in ("send_letter", "send_message")}
        while jobs.run_due(known):
            pass
        db.session.remove()


def addressed(app: Flask, message_id: int) -> dict[str, Letter]:
    """The letters of a message, by address."""
    with app.app_context():
        query = select(Letter).where(Letter.key.startswith(f"message:{message_id}:"))
        return {letter.recipient_email: letter for letter in db.session.scalars(query)}


def guest_of(code: str, position: int) -> tuple[Ticket, Guest]:
    """Ticket and guest of an order, in the caller's context."""
    query = select(Ticket, Guest).join(Guest).join(Party, Party.id == Guest.party_id).order_by(Ticket.number)
    rows = db.session.execute(query.where(Party.email == f"{code.lower()}@example.org")).all()
    return rows[position][0], rows[position][1]
