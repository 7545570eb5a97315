"""A dinner with orders, guests and a few tables, and whoever runs it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.guests.models import Guest
from events.seating import tables
from events.tickets.models import Ticket
from tests.support.staff import Staff, sell, set_the_table


@pytest.fixture
def staff(app: Flask) -> Staff:
    """Seven guests of three parties at the dinner, one at the ball; two round tables of four."""
    staff = set_the_table(app)
    with app.app_context(), transaction():
        sell("dinner", "AAAAA", "Hélène Moreau", [("Hélène Moreau", "No peanuts"), ("Luc Moreau", ""), (None, "")])
        sell("dinner", "BBBBB", "ณัฐพงษ์ ศรีสุวรรณ", [("ณัฐพงษ์ ศรีสุวรรณ", ""), ("Ngô Thị Hương", "")])
        sell("dinner", "CCCCC", "Maria Rossi", [("Maria Rossi", ""), ("Paolo Rossi", "")])
        sell("ball", "ZZZZZ", "Elsewhere", [("Elsewhere", "")])
        tables.add_tables(1, 2, 4, "round")
        tables.add_tables(2, 1, 4, "round")
    return staff


@pytest.fixture
def inside(staff: Staff) -> Iterator[Staff]:
    """The same, in the application's context."""
    with staff.app.app_context():
        yield staff
        db.session.remove()


def guest(number: int, event_id: int = 1) -> int:
    """The guest of a ticket number."""
    query = select(Guest.id).join(Ticket, Ticket.id == Guest.ticket_id)
    return db.session.scalars(query.where(Ticket.event_id == event_id, Ticket.number == number)).one()


def table(number: int, event_id: int = 1) -> int:
    """The table of a number."""
    return tables.get_by_number(event_id, number).id


def dinner() -> Event:
    return db.session.get_one(Event, 1)
