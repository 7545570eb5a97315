"""Finding a guest by name at the door: online only, noted in the trail, twenty at most."""

import unicodedata
from typing import Any, Final

from sqlalchemy import and_, select

from events.core import trail
from events.core.db import db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import looking
from events.door.devices import Badge
from events.door.models import Presence, Scan
from events.guests import naming
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

MOST: Final = 20
_SHORTEST: Final = 2


def find_guests(badge: Badge, asked: str) -> list[dict[str, Any]]:
    """Guests of the device's event whose name, alias, party's name or ticket number holds every word asked for.

    At most MOST rows {"ticket", "name", "booked_by", "table", "note", "status", "arrived_at", "gate", "scan_id"}, by
    name. Raises Refusal 422 `query_too_short`. The trail keeps that somebody looked and how many were shown, not whom.
    """
    words = _plain(asked).split()
    if sum(map(len, words)) < _SHORTEST:
        raise Refusal("query_too_short", gettext("Type at least two letters of the name."), field="q")
    rows = [row for row in _everybody(badge.event_id, badge.check_list) if _matches(row, words)]
    shown = sorted(rows, key=lambda row: _plain(row["name"] or row["booked_by"]))[:MOST]
    trail.note(badge.actor, "door.search", f"event:{badge.event_id}", badge.organisation_id, shown=len(shown))
    return [{key: value for key, value in row.items() if key != "own_name"} for row in shown]


def _everybody(event_id: int, check_list: str) -> list[dict[str, Any]]:
    """All guests: a dinner has hundreds, and only here are accents and case the same on every database."""
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    entry = and_(Scan.scan_id == Presence.scan_id, Scan.event_id == Ticket.event_id)
    rows = db.session.execute(
        select(Ticket, Guest.alias, naming.host(), Guest.note, Guest.table_name)
        .add_columns(looking.came_at(), Scan.gate, Scan.scan_id)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, here)
        .outerjoin(Scan, entry)
        .where(Ticket.event_id == event_id, Ticket.status.in_(("valid", "unpaid")))
    )
    return [
        {
            "ticket": ticket.short_number,
            "name": naming.told(alias or ticket.guest_name) or None,
            "own_name": ticket.guest_name,
            "booked_by": naming.told(booked_by),
            "table": table,
            "note": note or "",
            "status": ticket.status,
            "arrived_at": at.isoformat() if at else None,
            "gate": gate,
            "scan_id": scan_id,
        }
        for ticket, alias, booked_by, note, table, at, gate, scan_id in rows
    ]


def _matches(row: dict[str, Any], words: list[str]) -> bool:
    names = _plain(f"{row['name'] or ''} {row['own_name'] or ''} {row['booked_by']} {row['ticket']}")
    return all(word in names for word in words)


def _plain(text: str) -> str:
    """Without case and accents: "helene" finds Hélène."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
