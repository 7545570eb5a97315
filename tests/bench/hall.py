"""A database as it looks after a long season: an evening with places for everybody, and so many orders behind it."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Select, String, cast, func, insert, literal, select, type_coerce

from app import create_app
from events.catalogue.models import Event, Quota, TicketType
from events.core import clock
from events.core.db import Base, Json, UtcDateTime, db, table_of, transaction
from events.core.engines import renumber
from events.guests.models import Guest, Party
from events.tickets.models import Ticket
from payments.demo.catalogue import add_house
from payments.orders.models import Order, OrderLine, OrderStatus
from tests.bench import bare
from tests.support import world

TYPES = 4
"""Ticket types with places of their own, so that buyers need not all want the same row; few, as on any carte."""
PLACES = 10_000_000
SEATED = (Party, Order, OrderLine, OrderStatus, Ticket, Guest)


def settings(database_url: str, port: int, var: str) -> dict[str, str]:
    """What the web server is told."""
    address = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "BONSOIR_VAR": var}
    return {**world.SETTINGS, **address, "DATABASE_URL": database_url}


def furnish(values: dict[str, str], *, sells: bool = False) -> str:
    """The demonstration's house and its next dinner, whose slug is returned, and the references' tables.

    `sells`: with free and dear seats in plenty.
    """
    app = create_app(values)
    with app.app_context():
        with transaction():
            event = add_house()[1]
            for number in range(TYPES if sells else 0):
                _sell(event, f"free-{number}", 0, 0)
            if sells:
                _sell(event, "dear", 250_000, 120_000)
            slug = event.slug
        bare.lay_out(db.engine)
        _leave()
    return slug


def _sell(event: Event, name: str, price: int, benefit: int) -> None:
    places = Quota(name=name, size=PLACES)
    event.quotas.append(places)
    event.ticket_types.append(
        TicketType(
            public_id=name, name={"en": name, "fr": name, "th": name}, description={}, position=20, hidden=False,
            price=price, benefit=benefit, max_per_order=8, quotas=[places], sales_start_at=None, sales_end_at=None,
        )
    )  # fmt: skip


def fill(values: dict[str, str], slug: str, count: int) -> None:
    """Paid orders of one seat with party, history, ticket and guest, until there are `count`; the engine writes."""
    app: Flask = create_app(values)
    with app.app_context():
        with transaction() as session:
            event = session.query(Event).filter_by(slug=slug).one()
            there = session.scalar(select(func.count()).select_from(Order)) or 0
            used = max(session.scalar(select(func.max(table_of(model).c.id))) or 0 for model in SEATED)
            numbers = select(literal(used + 1).label("n")).cte("numbers", recursive=True)
            numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < used + count - there))
            for model in SEATED:
                _pour(model, _rows(event, clock.now() - timedelta(days=30))[model], select(numbers.c.n))
        if db.engine.dialect.name == "postgresql":  # as its own housekeeping would have done by now
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")
        _leave()


def _rows(event: Event, moment: datetime) -> dict[type[Base], dict[str, Any]]:
    """Columns of each row; `None` stands for the row's number, a text ending in `#` for that text and the number."""
    kind = event.ticket_types[0]
    name = {"en": "A seat", "fr": "Une place", "th": "ที่นั่ง"}
    who = {"name": "Donor #", "email": "d@example.org#", "phone": "", "language": "en", "title": "", "source": ""}
    money = {"currency": event.currency, "total": 250_000, "status": "paid", "way": "stripe"}
    split = {"amount": 250_000, "benefit": 120_000, "gift": 130_000}
    # Codes begin with an O, which no code that is drawn does: none of these may stand in a buyer's way.
    nothing = dict.fromkeys(("comped", "back_benefit", "back_gift", "back_fee", "turned"), 0)
    code = {"code": "C#", "code_hash": "H#", "token": "T#", "status": "valid", "number": None}
    return {
        Party: {"id": None, "event_id": event.id, "booking": "O#", "invitation": "i#", "created_at": moment, **who},
        Order: {"id": None, "organisation_id": event.organisation_id, "event_id": event.id, "party_id": None, **money,
                "code": "O#", "token": "o#", "created_at": moment, "held_until": moment, "paid_at": moment},
        Ticket: {"id": None, "event_id": event.id, "party_id": None, "ticket_type_id": kind.id, "amount": 250_000,
                 "benefit": 120_000, "issued_at": moment, "guest_name": "Donor #", **code},
        OrderLine: {"id": None, "order_id": None, "kind": "ticket", "name": name, "ticket_type_id": kind.id,
                    **split, **nothing},
        OrderStatus: {"id": None, "order_id": None, "to_status": "held", "at": moment, "trigger": "placed",
                      "actor": "buyer"},
        Guest: {"id": None, "party_id": None, "ticket_id": None, "allergies": [],
                **dict.fromkeys(("note", "diet", "alias", "mark", "staff_note", "email"), "")},
    }  # fmt: skip


def _pour(model: type[Base], columns: dict[str, Any], numbers: Select[Any]) -> None:
    n = numbers.selected_columns[0]

    def value(given: Any) -> Any:  # noqa: ANN401 - of any column
        if given is None:
            return n
        if isinstance(given, str) and given.endswith("#"):
            return literal(given[:-1]) + cast(n, String)
        if isinstance(given, datetime):
            return literal(given, UtcDateTime())
        return literal(given, Json) if isinstance(given, (dict, list)) else literal(given)

    table = table_of(model)
    made = numbers.with_only_columns(*(type_coerce(value(one), table.c[name].type) for name, one in columns.items()))
    session = db.session()
    session.execute(insert(table).from_select(list(columns), made, include_defaults=False))
    renumber(session.connection(), table)


def _leave() -> None:
    db.session.remove()
    db.engine.dispose()
