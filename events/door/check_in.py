"""A ticket is shown at the door: decide, let the first scan win, write down what was answered.

The same `scan_id` gets its first answer for ever. Two requests with one new `scan_id` may race: the slower one finds
the row taken, raises `AnsweredMeanwhile`, and its whole transaction is undone; asked once more, it finds that answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from events.catalogue.models import TicketType
from events.core import clock
from events.core.db import changed, db, insert_once
from events.door import conflicts, figures
from events.door.codes import Presented
from events.door.deciding import Facts, reason_to_refuse
from events.door.devices import Badge
from events.door.models import ENTRANCE, Admission, DoorHours, Presence, Scan
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

Answer = dict[str, Any]


class AnsweredMeanwhile(Exception):  # noqa: N818 - a race lost, not a fault
    """Another request with the same `scan_id` was answered first."""


@dataclass(frozen=True)
class Shown:
    """One scan as a device sends it. `device_at` is its own clock, for display only."""

    scan_id: str
    presented: Presented
    device_at: datetime | None = None
    offline: bool = False
    whole_party: bool = False


def check_in(badge: Badge, shown: Shown) -> Answer:
    """Answer one scan and, where it may, let the guest (or the whole party) in.

    Returns {"scan_id", "verdict", "reason", "at", "admitted", "previous", "guest", "party"}; times in ISO 8601, UTC.
    Raises AnsweredMeanwhile when the transaction must be given up in favour of a first answer.
    """
    scan = _find_scan(badge.event_id, shown.scan_id) or _decide(badge, shown)
    if shown.offline:
        conflicts.record(scan)
    return _told(scan)


def _find_scan(event_id: int, scan_id: str) -> Scan | None:
    return db.session.scalar(select(Scan).where(Scan.event_id == event_id, Scan.scan_id == scan_id))


def _decide(badge: Badge, shown: Shown) -> Scan:
    now = clock.now()
    ticket = _find_ticket(shown.presented)
    waiting = _waiting(ticket, shown.whole_party) if ticket else []
    reason = reason_to_refuse(_facts(badge, ticket, waiting, now))
    admitted = [] if reason else [one for one in waiting if _let_in(one, shown.scan_id)]
    if reason is None and not admitted:
        reason = "already_admitted"  # between our look and our step somebody else was let in on this ticket
    return _write_down(badge, shown, ticket, reason, admitted, now)


def _find_ticket(presented: Presented) -> Ticket | None:
    """The ticket, kept from being voided until we are done. Forged codes cost as much as good ones."""
    query = select(Ticket).where(Ticket.code_hash == presented.code_hash)
    ticket = db.session.scalar(query.with_for_update(read=True, of=Ticket))
    return ticket if presented.agrees_with(ticket.code if ticket else None) else None


def _waiting(ticket: Ticket, whole_party: bool) -> Sequence[int]:
    """Ids of the valid tickets that this scan would let in and that are not in yet."""
    mine = Ticket.party_id == ticket.party_id if whole_party else Ticket.id == ticket.id
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE)
    query = select(Ticket.id).outerjoin(Presence, here).where(mine, Presence.scan_id.is_(None))
    valid = query.where(Ticket.event_id == ticket.event_id, Ticket.status == "valid")
    return db.session.scalars(valid.order_by(Ticket.id).with_for_update(read=True, of=Ticket)).all()


def _facts(badge: Badge, ticket: Ticket | None, waiting: Sequence[int], now: datetime) -> Facts | None:
    hours = db.session.get(DoorHours, (badge.event_id, ENTRANCE))
    if ticket is None:
        return None
    return Facts(
        door_event_id=badge.event_id,
        event_id=ticket.event_id,
        status=ticket.status,
        moment=now,
        opens_at=hours.opens_at if hours else None,
        closes_at=hours.closes_at if hours else None,
        inside=not waiting,
    )


def _let_in(ticket_id: int, scan_id: str) -> bool:
    """True for the one scan that finds the guest outside."""
    row = {"ticket_id": ticket_id, "check_list": ENTRANCE, "scan_id": scan_id}
    if insert_once(Presence, row, unique=("ticket_id", "check_list")):
        return True
    outside = (Presence.ticket_id == ticket_id, Presence.check_list == ENTRANCE, Presence.scan_id.is_(None))
    return changed(update(Presence).where(*outside).values(scan_id=scan_id)) == 1


def _write_down(
    badge: Badge, shown: Shown, ticket: Ticket | None, reason: str | None, admitted: Sequence[int], now: datetime
) -> Scan:
    common = _common(badge, shown, now)
    scan = Scan(
        **common,
        ticket_id=ticket.id if ticket else None,
        verdict="refused" if reason else "admitted",
        reason=reason,
        answer=_figures(badge, ticket, reason, len(admitted)),
    )
    db.session.add(scan)
    try:
        db.session.flush()
    except IntegrityError as taken:  # the scan id: nothing else here is unique
        raise AnsweredMeanwhile(shown.scan_id) from taken
    db.session.add_all(Admission(**common, ticket_id=one) for one in admitted)
    return scan


def _common(badge: Badge, shown: Shown, now: datetime) -> dict[str, Any]:
    return {
        "event_id": badge.event_id,
        "scan_id": shown.scan_id,
        "device_id": badge.device_id,
        "gate": badge.gate,
        "check_list": ENTRANCE,
        "at": now,
        "device_at": shown.device_at,
        "offline": shown.offline,
    }


def _figures(badge: Badge, ticket: Ticket | None, reason: str | None, admitted: int) -> dict[str, Any]:
    """What is kept of the answer: numbers, and who came first; nothing about a person."""
    known_here = ticket is not None and ticket.event_id == badge.event_id
    return {
        "admitted": admitted,
        "previous": _previous(ticket) if ticket and reason == "already_admitted" else None,
        "party": figures.of_party(ticket.event_id, ticket.party_id) if ticket and known_here else None,
    }


def _previous(ticket: Ticket) -> dict[str, str] | None:
    """When and where the guest on this ticket was let in."""
    scan = db.session.scalar(
        select(Scan)
        .join(Presence, and_(Presence.scan_id == Scan.scan_id, Presence.check_list == Scan.check_list))
        .where(Presence.ticket_id == ticket.id, Scan.event_id == ticket.event_id, Scan.check_list == ENTRANCE)
    )
    return {"at": scan.at.isoformat(), "gate": scan.gate} if scan else None


def _told(scan: Scan) -> Answer:
    return {
        "scan_id": scan.scan_id,
        "verdict": scan.verdict,
        "reason": scan.reason,
        "at": scan.at.isoformat(),
        "guest": _guest(scan),
        **scan.answer,
    }


def _guest(scan: Scan) -> dict[str, Any] | None:
    """Who stands there, as far as the door may know: nobody of another evening, only the number of a dead ticket."""
    if scan.ticket_id is None or scan.reason == "other_event":
        return None
    query = select(Ticket, TicketType.name, Party.name, Guest.note, Guest.table_name).where(Ticket.id == scan.ticket_id)
    query = query.join(TicketType, TicketType.id == Ticket.ticket_type_id).join(Party, Party.id == Ticket.party_id)
    query = query.outerjoin(Guest, Guest.ticket_id == Ticket.id)
    ticket, kind, booked_by, note, table = db.session.execute(query).one()
    if scan.reason in {"void", "replaced"}:
        return {"ticket": ticket.short_number}
    return {
        "ticket": ticket.short_number,
        "name": ticket.guest_name,
        "booked_by": booked_by,
        "type": kind,
        "table": table,
        "note": note or "",
    }
