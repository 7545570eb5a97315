"""Green lights given without a network that the server would not have given: kept, shown, and resolved by a person.

Two phones that are both offline can admit one ticket twice. Nobody can prevent that; so it is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from events.core import clock
from events.core.db import db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.door.models import Admission, Conflict, Device, Resolution, Scan
from events.guests import naming
from events.guests.models import Guest, Party
from events.team.models import Account
from events.tickets.models import Ticket


def record(scan: Mapping[str, Any]) -> None:
    """A phone let somebody in on this row of `scan` while it was offline. Once for each, and only if it was refused."""
    if scan["verdict"] != "admitted":
        row = {name: scan[name] for name in ("event_id", "scan_id", "ticket_id", "reason")}
        insert_once(Conflict, row | {"at": clock.now()}, unique=("event_id", "scan_id"))


@dataclass(frozen=True)
class GreenLight:
    """One time somebody was let in on the ticket: by the device's clock where it was offline."""

    at: datetime
    gate: str
    device: str
    offline: bool


@dataclass(frozen=True)
class Case:
    """A conflict as a person looks at it. `lights` are in the order of time as people lived it."""

    conflict: Conflict
    ticket: Ticket | None
    guest: str
    table: str
    lights: Sequence[GreenLight]
    resolution: Resolution | None
    resolved_by: str


def of_event(event_id: int) -> list[Case]:
    """All conflicts of an event, open ones first, newest first."""
    query = (
        select(
            Conflict,
            Scan,
            Device.name,
            Ticket,
            naming.shown(),
            naming.host(),
            Guest.table_name,
            Resolution,
            Account.name,
        )
        .join(Scan, and_(Scan.event_id == Conflict.event_id, Scan.scan_id == Conflict.scan_id))
        .outerjoin(Device, Device.id == Scan.device_id)
        .outerjoin(Ticket, and_(Ticket.id == Conflict.ticket_id, Ticket.event_id == event_id))
        .outerjoin(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Resolution, Resolution.conflict_id == Conflict.id)
        .outerjoin(Account, Account.id == Resolution.account_id)
        .where(Conflict.event_id == event_id)
        .order_by(Resolution.id.is_not(None), Conflict.id.desc())
    )
    rows = db.session.execute(query).all()
    admitted = _admitted([row[0].ticket_id for row in rows])
    return [
        Case(
            conflict,
            ticket,
            naming.told(name or party) if ticket else "",
            table or "",
            _in_order([_light(scan, device), *admitted.get((conflict.ticket_id, scan.check_list), [])]),
            resolution,
            account or "",
        )
        for conflict, scan, device, ticket, name, party, table, resolution, account in rows
    ]


def count_open(event_id: int) -> int:
    """How many conflicts nobody has resolved yet."""
    query = select(func.count(Conflict.id)).outerjoin(Resolution, Resolution.conflict_id == Conflict.id)
    return db.session.scalar(query.where(Conflict.event_id == event_id, Resolution.id.is_(None))) or 0


def resolve(event_id: int, conflict_id: int, account_id: int, finding: str) -> bool:
    """Say what it was; True for the first who says so. Raises NotFound for a conflict of another event."""
    if not db.session.scalar(select(Conflict.id).where(Conflict.id == conflict_id, Conflict.event_id == event_id)):
        raise NotFound(_("This page does not exist, or it is not for you."))
    row = {"conflict_id": conflict_id, "account_id": account_id, "at": clock.now(), "finding": finding}
    return insert_once(Resolution, row, unique=("conflict_id",))


def _admitted(ticket_ids: Sequence[int | None]) -> dict[tuple[int | None, str], list[GreenLight]]:
    """When each ticket was let in on each list, without what was taken back."""
    undone = select(Admission.undoes).where(Admission.undoes.is_not(None))
    query = select(Admission, Device.name).outerjoin(Device, Device.id == Admission.device_id)
    standing = query.where(Admission.undoes.is_(None), Admission.id.not_in(undone))
    found: dict[tuple[int | None, str], list[GreenLight]] = {}
    for admission, device in db.session.execute(standing.where(Admission.ticket_id.in_(set(ticket_ids) - {None}))):
        found.setdefault((admission.ticket_id, admission.check_list), []).append(_light(admission, device))
    return found


def _in_order(lights: list[GreenLight]) -> list[GreenLight]:
    return sorted(lights, key=lambda light: light.at)


def _light(entry: Scan | Admission, device: str | None) -> GreenLight:
    lived = entry.device_at if entry.offline and entry.device_at else entry.at
    return GreenLight(lived, entry.gate, device or _("paper"), entry.offline and device is not None)
