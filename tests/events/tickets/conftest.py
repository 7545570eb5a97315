"""A guest's browser before an application with whatever settings a test needs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.tickets.models import Ticket
from tests.support.staff import make_app, sell, set_the_table

ADDRESS = "/t/the-secret"
Seat = Callable[..., FlaskClient]


@pytest.fixture
def seat(sqlite_url: str) -> Iterator[Seat]:
    """`seat(guest_name, **settings)`: the browser of a guest whose ticket stands at ADDRESS."""
    with ExitStack() as stack:
        yield lambda name="A guest", **settings: stack.enter_context(_seated(sqlite_url, name, settings))


@contextmanager
def _seated(url: str, name: str | None, settings: dict[str, str]) -> Iterator[FlaskClient]:
    app = make_app(url, **settings)
    set_the_table(app)
    with app.app_context():
        engine = db.engine
        with transaction():
            sold = sell("dinner", "A7K2Q", "A guest", [(name, "")])
            assert sold.lines[0].ticket
            sold.lines[0].ticket.token = "the-secret"
    yield app.test_client()
    engine.dispose()


def ticket_of(guest: FlaskClient) -> tuple[int, str]:
    """The id of the guest's ticket, and what its symbol holds."""
    with guest.application.app_context():
        found = db.session.execute(select(Ticket.id, Ticket.code).where(Ticket.token == "the-secret")).one()
        return found.id, found.code


def becomes(guest: FlaskClient, status: str) -> None:
    """The ticket after something happened to its order."""
    with guest.application.app_context(), transaction():
        db.session.execute(update(Ticket).where(Ticket.token == "the-secret").values(status=status))


def is_called(guest: FlaskClient, name: str) -> None:
    """The name on the guest's ticket from now on."""
    with guest.application.app_context(), transaction():
        db.session.execute(update(Ticket).where(Ticket.token == "the-secret").values(guest_name=name))


def change_event(guest: FlaskClient, **values: Any) -> None:  # noqa: ANN401 - any column's
    """The evening as it stands after somebody changed it."""
    with guest.application.app_context(), transaction():
        db.session.execute(update(Event).where(Event.slug == "dinner").values(**values))
