"""How many have come, of how many: for the whole evening and for one party."""

from sqlalchemy import Select, and_, func, select

from events.core.db import db
from events.door.models import ENTRANCE, Presence
from events.tickets.models import Ticket

Figures = dict[str, int]
"""{"arrived": ..., "expected": ...}: of the valid tickets, those inside and all."""


def of_event(event_id: int, check_list: str = ENTRANCE) -> Figures:
    """Arrived and expected at one event."""
    return _read(_counting(check_list).where(Ticket.event_id == event_id))


def of_party(event_id: int, party_id: int, check_list: str = ENTRANCE) -> Figures:
    """Arrived and expected of the people who come on one order."""
    return _read(_counting(check_list).where(Ticket.event_id == event_id, Ticket.party_id == party_id))


def _counting(check_list: str) -> Select[int, int]:
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    counts = select(func.count(Presence.scan_id), func.count(Ticket.id))  # a null is not counted: that guest is out
    return counts.select_from(Ticket).outerjoin(Presence, here).where(Ticket.status == "valid")


def _read(query: Select[int, int]) -> Figures:
    arrived, expected = db.session.execute(query).one()
    return {"arrived": arrived, "expected": expected}
