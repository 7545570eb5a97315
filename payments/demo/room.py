"""The demonstration's room: a few tables, most guests seated, one who waits and wishes, a kitchen that reads Thai."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core.db import changed, db, transaction
from events.guests.models import Guest
from events.seating import kitchen, sitting, tables, wishes
from events.seating.sitting import Move
from events.seating.tables import Wanted
from events.tickets.models import Ticket

GUARANTEED, COVER_PRICE = 40, 90_000
WAITS: Final = "Alice Sample"
SITS_WITH: Final = "Camille Exemple"
KNOWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "Zoé Échantillon": {"allergies": ["peanuts"]},
    "Trần Văn Mẫu": {"diet": "vegetarian"},
    "ทดลอง สาธิต": {"allergies": ["crustaceans"]},
    "Maëlle d’Essai": {"diet": "gluten_free", "allergies": ["gluten"]},
    "Siobhán O’Specimen": {"mark": "press"},
    "Une amie de Mme Exemple": {"alias": "Une amie"},
}
"""Invented, like the guests themselves."""


def set_tables(event_id: int) -> None:
    """Seven tables; whoever the content gives a table sits there, but for one guest."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        _furnish(event_id)
        people = _people(event_id)
        _seat(event_id, people)
        for name, values in KNOWN.items():
            guest = people[name][1]
            for column, value in values.items():
                setattr(guest, column, value)
        wishes.add_wish(event_id, people[WAITS][0].number, people[SITS_WITH][0].number, "next_to")
        cut_off = event.starts_at - timedelta(days=2)
        terms = {"language": "th", "cut_off_at": cut_off, "guaranteed": GUARANTEED, "cover_price": COVER_PRICE}
        kitchen.agree(event, **terms)


def _furnish(event_id: int) -> None:
    for number, table in enumerate(tables.add_tables(event_id, 6, 8, "round"), start=1):
        name = {1: "Jasmin", 2: "Lotus"}.get(number, "")
        tables.change_table(table, Wanted(number, 8, "round", name))
    tables.add_tables(event_id, 1, 12, "long")


def _people(event_id: int) -> dict[str, tuple[Ticket, Guest]]:
    query = select(Ticket, Guest).join(Guest).where(Ticket.event_id == event_id).order_by(Ticket.number)
    return {row[0].guest_name or "": (row[0], row[1]) for row in db.session.execute(query)}


def _seat(event_id: int, people: Mapping[str, tuple[Ticket, Guest]]) -> None:
    named = {table.name: table.id for table in tables.of_event(event_id) if table.name}
    wanted = {guest.id: guest.table_name for name, (_, guest) in people.items() if name != WAITS}
    ids = [guest.id for _, guest in people.values()]
    changed(update(Guest).where(Guest.id.in_(ids)).values(table_name=None))
    sitting.sit(event_id, [Move(guest_id, None, named[name]) for guest_id, name in wanted.items() if name in named])
