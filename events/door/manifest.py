"""What a phone keeps for the hours without a network: each code's hash, its status, a box that only the code opens.

Changes are found by looking, not by being told: each request compares what every line says now with the digest of what
phones were last told. Whatever changed a line (a void, a name, a table, an admission), it cannot be forgotten, because
nobody has to remember to mention it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, and_, insert, select, update

from events.catalogue.models import TicketType
from events.core.db import db, insert_once
from events.door import asking, boxes, looking
from events.door.models import ENTRANCE, Device, ManifestCursor, ManifestLine, Presence, Scan
from events.guests import naming, questions
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

_GONE: Final = "gone"
_DEAD: Final = ("void", "replaced")


@dataclass(frozen=True)
class Line:
    """One ticket as phones should know it. `status`: valid, unpaid, void, replaced or admitted."""

    code: str
    status: str
    content: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Changes whenever anything that phones are told changes."""
        said = json.dumps([self.status, self.content], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """Everything that changed after the cursor asked for, and the cursor to ask with next time."""

    cursor: int
    tickets: list[dict[str, str | None]]


def find_manifest(event_id: int, check_list: str, since: int) -> Manifest | None:
    """The manifest, or None when lines have changed that are not yet numbered: `number_changes` must come first."""
    lines, known = lines_now(event_id, check_list), _known(event_id, check_list)
    if _changes(lines, known):
        return None
    cursor = max((change for _, change in known.values()), default=0)
    wanted = [one for one, (_, change) in known.items() if change > since or since > cursor]
    return Manifest(cursor, [_told(code_hash, lines.get(code_hash)) for code_hash in wanted])


def number_changes(event_id: int, check_list: str) -> None:
    """Give all lines that changed the next number. In a transaction; one at a time for each check list."""
    whose = {"event_id": event_id, "check_list": check_list}
    insert_once(ManifestCursor, whose | {"change": 0}, unique=("event_id", "check_list"))
    cursor = db.session.get_one(ManifestCursor, (event_id, check_list), with_for_update=True)
    lines, known = lines_now(event_id, check_list), _known(event_id, check_list)
    changes = _changes(lines, known)
    if not changes:
        return  # another request was faster
    cursor.change += 1
    told = {"check_list": check_list, "change": cursor.change}
    rows = [told | {"code_hash": one, "digest": digest} for one, digest in changes.items()]
    old = [row for row in rows if row["code_hash"] in known]
    new = [row for row in rows if row["code_hash"] not in known]
    if old:
        db.session.execute(update(ManifestLine), old)
    if new:
        db.session.execute(insert(ManifestLine), [row | {"event_id": event_id} for row in new])


def gates(event_id: int) -> list[str]:
    """The gates at which phones are paired, by name."""
    mine = (Device.event_id == event_id, Device.revoked_at.is_(None))
    return list(db.session.scalars(select(Device.gate).where(*mine).distinct().order_by(Device.gate)))


def lines_now(event_id: int, check_list: str = ENTRANCE) -> dict[str, Line]:
    """The line of every ticket of the event by the hash of its code."""
    rows, asked = _rows(event_id, check_list), _questions(event_id, check_list)
    valid = [row for row in rows if row.status == "valid"]
    expected = Counter(row.party_id for row in valid)
    arrived = Counter(row.party_id for row in valid if row.at)
    return {
        row.code_hash: _line(row, arrived[row.party_id], expected[row.party_id], asked.get(row.id, [])) for row in rows
    }


def _questions(event_id: int, check_list: str) -> dict[int, list[dict[str, Any]]]:
    """What must be asked at the entrance, by ticket."""
    found: dict[int, list[dict[str, Any]]] = {}
    for one in questions.open_at_door(event_id) if check_list == ENTRANCE else ():
        found.setdefault(one.ticket_id, []).append(asking.in_box(one))
    return found


def _rows(event_id: int, check_list: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Plain columns: thousands of objects would cost more than locking all the boxes."""
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    entry = and_(Scan.scan_id == Presence.scan_id, Scan.event_id == Ticket.event_id)
    query = (
        select(Ticket.id, Ticket.code, Ticket.code_hash, Ticket.status, Ticket.number)
        .add_columns(naming.shown().label("guest_name"), naming.host().label("booked_by"))
        .add_columns(Ticket.party_id, TicketType.name.label("kind"))
        .add_columns(Guest.note, Guest.table_name, looking.came_at().label("at"), Scan.gate)
        .join(TicketType, TicketType.id == Ticket.ticket_type_id)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, here)
        .outerjoin(Scan, entry)
        .where(Ticket.event_id == event_id)
        .order_by(Ticket.id)
    )
    return db.session.execute(query).all()


def _line(row: Row[*tuple[Any, ...]], arrived: int, expected: int, asked: list[dict[str, Any]]) -> Line:
    number = f"{row.number:04}"
    if row.status in _DEAD:
        return Line(row.code, row.status, {"ticket": number})
    content = {
        "ticket": number,
        "name": row.guest_name,
        "booked_by": row.booked_by,
        "type": row.kind,
        "table": row.table_name,
        "note": row.note or "",
        "party": {"arrived": arrived, "expected": expected},
        "previous": {"at": row.at.isoformat(), "gate": row.gate} if row.at else None,
        "questions": asked,
    }
    return Line(row.code, "admitted" if row.at and row.status == "valid" else row.status, content)


def _known(event_id: int, check_list: str) -> dict[str, tuple[str, int]]:
    """Digest and change of every line that phones were told, by hash of the code."""
    columns = select(ManifestLine.code_hash, ManifestLine.digest, ManifestLine.change)
    mine = (ManifestLine.event_id == event_id, ManifestLine.check_list == check_list)
    rows = db.session.execute(columns.where(*mine))
    return {code_hash: (digest, change) for code_hash, digest, change in rows}


def _changes(lines: Mapping[str, Line], known: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    """The digests that are not yet written down, by hash of the code."""
    now = dict.fromkeys(known, _GONE) | {code_hash: line.digest for code_hash, line in lines.items()}
    return {one: digest for one, digest in now.items() if one not in known or known[one][0] != digest}


def _told(code_hash: str, line: Line | None) -> dict[str, str | None]:
    if line is None:
        return {"hash": code_hash, "status": "void", "box": None}
    return {"hash": code_hash, "status": line.status, "box": boxes.seal(line.code, line.content)}
