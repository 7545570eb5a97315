"""The door on paper: everybody by name, or by table. For an evening on which no phone works at all."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, select

from events.catalogue.models import Event
from events.core import clock, pdf
from events.core.db import db
from events.core.i18n import capitalised, language, local, moment, ngettext, time_of_day
from events.core.i18n import gettext as _
from events.door import looking
from events.door.models import ENTRANCE, Presence, Scan
from events.guests import naming
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

ORDERS: Final = ("name", "table")


class _Row(NamedTuple):
    """One guest as the list shows them; empty words where nothing is known."""

    name: str
    table: str
    number: str
    note: str
    arrived: str


def print_list(event: Event, order: str) -> bytes:
    """The list as a PDF in the reader's language; `order` is one of ORDERS. Only tickets that let somebody in."""
    return pdf.render("door_list.typ", as_data(event, order))


def as_data(event: Event, order: str) -> dict[str, Any]:
    """What the list says, for whoever binds it with other papers."""
    rows = sorted(_rows(event), key=lambda row: (sortable(row.name), row.number))
    parts = [{"title": "", "guests": [row._asdict() for row in rows]}] if order == "name" else _tables(rows)
    return {
        "lang": language(),
        "title": _("Guests by name") if order == "name" else _("Guests by table"),
        "event": local(event.title),
        "when": capitalised(moment(event.starts_at, event.time_zone)),
        "printed": _("Printed %(moment)s", moment=moment(clock.now(), event.time_zone)),
        "heads": [_("In"), _("Name"), _("Table"), _("Ticket"), _("To know")],
        "parts": parts,
    }


def _rows(event: Event) -> Iterator[_Row]:
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE)
    entry = and_(Scan.scan_id == Presence.scan_id, Scan.event_id == Ticket.event_id)
    query = (
        select(naming.shown(), naming.host(), Guest.table_name, Ticket.number, Guest.note, looking.came_at())
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, here)
        .outerjoin(Scan, entry)
        .where(Ticket.event_id == event.id, Ticket.status == "valid")
    )
    for name, booked_by, table, number, note, at in db.session.execute(query):
        yield _Row(
            naming.told(name) or _("%(name)s · guest", name=naming.told(booked_by)),
            table or "",
            f"{number:04}",
            note or "",
            _("Here since %(time)s", time=time_of_day(at, event.time_zone)) if at else "",
        )


def _tables(rows: Sequence[_Row]) -> list[dict[str, Any]]:
    """A part per table, 2 before 10; whoever has no table comes last."""
    seated = sorted(rows, key=lambda row: (not row.table, _counted(row.table)))
    return [_table(name, list(guests)) for name, guests in groupby(seated, key=lambda row: row.table)]


def _table(name: str, guests: list[_Row]) -> dict[str, Any]:
    people = ngettext("%(num)s guest", "%(num)s guests", len(guests))
    title = _("Table %(table)s", table=name) if name else _("Without a table")
    return {"title": f"{title} · {people}", "guests": [row._asdict() for row in guests]}


def _counted(table: str) -> tuple[int, str]:
    digits = "".join(sign for sign in table if sign in "0123456789")
    return (int(digits) if digits else 0, table)


def sortable(name: str) -> str:
    """Without case and accents, so that Élise stands among the E."""
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
