"""Giving every table its code, and finding the code behind an address."""

from collections.abc import Sequence

from sqlalchemy import select, update

from events.core import clock, tokens
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.seating import tables
from events.table_codes.models import TableCode

SECRET_BYTES = 16
"""128 bits: 22 letters, which keep the symbol small enough to be read from across a table."""


def give(event_id: int) -> None:
    """A code for each table that has none, and one for the room; in the caller's transaction. Again: nothing new."""
    _put(event_id, f"room:{event_id}", None, "")
    for table in tables.of_event(event_id):
        name = f"table:{table.id}"
        _put(event_id, name, table.id, table.label)
        renamed = (TableCode.name == name, TableCode.label_then != table.label)
        changed(update(TableCode).where(*renamed).values(label_then=table.label))


def of_event(event_id: int) -> Sequence[TableCode]:
    """The evening's codes: the room first, then the tables by number, then those whose table has gone."""
    query = select(TableCode).where(TableCode.event_id == event_id).order_by(TableCode.id)
    return sorted(db.session.scalars(query), key=_place)


def of_room(event_id: int) -> TableCode | None:
    """The code for the whole room; none before any was given."""
    return db.session.scalar(select(TableCode).where(TableCode.name == f"room:{event_id}"))


def get_by_token(token: str) -> TableCode:
    """The code behind a card's address; raises NotFound."""
    code = db.session.scalar(select(TableCode).where(TableCode.token == token))
    if code is None:
        raise NotFound(_("This card does not belong to an evening we know."))
    return code


def get(event_id: int, code_id: int) -> TableCode:
    """The evening's code with this id; raises NotFound."""
    code = db.session.scalar(select(TableCode).where(TableCode.event_id == event_id, TableCode.id == code_id))
    if code is None:
        raise NotFound(_("There is no such table."))
    return code


def _put(event_id: int, name: str, table_id: int | None, label: str) -> None:
    values = {"event_id": event_id, "name": name, "table_id": table_id, "label_then": label, "made_at": clock.now()}
    insert_once(TableCode, values | {"token": tokens.new_token(SECRET_BYTES)}, ["name"])


def _place(code: TableCode) -> tuple[int, int]:
    if code.is_room:
        return 0, 0
    return (1, code.table.number) if code.table else (2, code.id)
