"""A running mail server, an evening in three days, and hands that buy, move the evening, and read letters."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.guests import reminding
from events.guests.models import Party
from events.mail import catcher
from events.mail.catcher import RunningCatcher
from events.mail.mailbox import Caught
from events.mail.models import Letter
from payments.orders import thanking
from payments.orders.models import Order
from tests.support.world import SETTINGS, World, buy, furnish, pay

VENUE = {"venue": "Under the tree", "map_url": "https://maps.example.org/tree", "phone": "+66 2 000 00 00"}


@pytest.fixture
def mailbox() -> Iterator[RunningCatcher]:
    """A mail server that keeps what it gets."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def app(database_url: str, tmp_path: Path, mailbox: RunningCatcher) -> Iterator[Flask]:
    """The whole application, sending to `mailbox`, its context pushed."""
    port = {"MAIL_PORT": str(mailbox.smtp_port), "BONSOIR_VAR": str(tmp_path / "var")}
    app = create_app({**SETTINGS, **port, "DATABASE_URL": database_url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """An evening in three days."""
    return furnish(**VENUE, **times(timedelta(days=3)))


def times(ahead: timedelta) -> dict[str, datetime]:
    begins = clock.now() + ahead
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=4), "sales_end_at": begins}


def begin_in(world: World, ahead: timedelta, **values: Any) -> None:
    """The evening begins then, and everybody booked long ago."""
    if values.get("status") == "cancelled":
        values["cancelled_at"] = clock.now()
    with transaction() as session:
        session.execute(update(Event).where(Event.id == world.event_id).values(**times(ahead), **values))
        session.execute(update(Party).values(created_at=clock.now() - timedelta(days=30)))
        session.execute(update(Order).values(paid_at=clock.now() - timedelta(days=30)))


def bought(world: World, tickets: Mapping[str, int], **wish: Any) -> int:
    """A paid order; its id."""
    order_id = buy(world, tickets, **wish)
    assert pay(order_id) == "paid"
    return order_id


def run(job: Callable[[Mapping[str, Any]], None], kind: str) -> list[Letter]:
    """One look of the job; the letters of this kind there are afterwards."""
    with pytest.raises(TryLater):
        job({})
    return list(db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def reminded() -> list[Letter]:
    return run(reminding.remind, reminding.LETTER)


def thanked() -> list[Letter]:
    return run(thanking.thank, thanking.LETTER)


def sent(mailbox: RunningCatcher, kind: str) -> list[Caught]:
    """Letters of one kind as the mail server got them, after the worker's turns."""
    db.session.rollback()
    while jobs.run_due({"send_letter": jobs.handlers()["send_letter"]}):
        pass
    query = select(Letter.message_id).where(Letter.kind == kind)
    known = set(db.session.scalars(query))
    return [caught for caught in mailbox.messages if caught.parsed["Message-ID"] in known]


def leave_address(order_id: int, position: int, name: str, email: str) -> None:
    """The guest on the n-th ticket of an order left an address."""
    with transaction():
        guests = db.session.get_one(Order, order_id).party.guests
        guests[position].ticket.guest_name, guests[position].email = name, email


def flat(text: str) -> str:
    """As one reads it: without entities, line ends and no-break spaces."""
    return re.sub(r"\s+", " ", html.unescape(text))
