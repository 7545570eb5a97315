"""What is known of a ticket that is shown at the door, in as few questions to the database as will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Select, and_, bindparam, case, func, or_, select

from events.catalogue.models import TicketType
from events.core import tokens
from events.core.db import db, plainly, table_of
from events.core.direct import Run
from events.door import devices
from events.door.codes import Presented
from events.door.devices import Badge
from events.door.models import Admission, Device, Presence, Scan
from events.guests import naming
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

Figures = dict[str, int]


@dataclass(frozen=True)
class Found:
    """A ticket, its guest, and the scan by which he is in on the list that was asked for (None: he is not)."""

    check_list: str
    id: int
    event_id: int
    party_id: int
    status: str
    code: str
    number: int
    name: str | None
    kind: dict[str, str]
    booked_by: str
    note: str
    table: str | None
    scan_id: str | None
    party_arrived: int
    party_expected: int
    table_arrived: int
    table_expected: int


def see(token: str, presented: Presented, run: Run) -> tuple[Badge, Found | None]:
    """Who asks, and the ticket that is shown, which may change behind our back. Raises as `devices.get_badge`."""
    found = run(_at_the_door(), {"digest": tokens.digest(token), "hash": presented.code_hash})
    row = found[0] if found else ()
    badge = devices.badge_of(row[:-_WIDTH])
    return badge, _claimed(presented, _made(badge.check_list, row[-_WIDTH:]))


def find_ticket(presented: Presented, check_list: str) -> Found | None:
    """The ticket, kept from being voided until we are done."""
    row = plainly(_HELD, {"hash": presented.code_hash, "list": check_list}).one_or_none()
    return _claimed(presented, _made(check_list, row or ()))


def _claimed(presented: Presented, found: Found | None) -> Found | None:
    """Forged codes cost as much as good ones."""
    return found if presented.agrees_with(found.code if found else None) else None


def find_again(ticket_id: int | None, check_list: str) -> Found | None:
    """The ticket of an earlier scan."""
    return _made(check_list, plainly(_BY_ID, {"id": ticket_id, "list": check_list}).one_or_none() or ())


def _made(check_list: str, columns: Sequence[Any]) -> Found | None:
    """From `_columns`, which are empty where no ticket was found."""
    if not columns or columns[0] is None:
        return None
    *known, party, table = columns
    return Found(check_list, *known, *divmod(party, _MANY), *divmod(table, _MANY))


def waiting_of_party(ticket: Found, check_list: str, repeats: bool) -> Sequence[int]:
    """Ids of the party's valid tickets that are not in yet, or of all of them where guests may pass again."""
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    query = select(Ticket.id).outerjoin(Presence, here).where(Ticket.party_id == ticket.party_id)
    valid = query.where(Ticket.event_id == ticket.event_id, Ticket.status == "valid")
    wanted = valid if repeats else valid.where(Presence.scan_id.is_(None))
    return db.session.scalars(wanted.order_by(Ticket.id).with_for_update(read=True, of=Ticket)).all()


def came_at(entry: type[Scan | Admission] = Scan) -> ColumnElement[datetime | None]:
    """When the guest of a joined Scan or Admission came in, for people to read.

    The server's time, but the hour that was ticked on paper, and without a network the phone's: the server only heard
    of it later. A phone whose clock is ahead is not believed.
    """
    heard_later = and_(entry.offline, entry.device_at < entry.at)
    return case((or_(entry.entered_by.is_not(None), heard_later), entry.device_at), else_=entry.at)


def guest(ticket: Found | None, reason: str | None) -> dict[str, Any] | None:
    """Who stands there, as far as the door may know: nobody of another evening, only the number of a dead ticket."""
    if ticket is None or reason == "other_event":
        return None
    if reason in {"void", "replaced"}:
        return {"ticket": f"{ticket.number:04}"}
    return {
        "ticket": f"{ticket.number:04}",
        "name": naming.told(ticket.name) or None,
        "booked_by": naming.told(ticket.booked_by),
        "type": ticket.kind,
        "table": ticket.table,
        "note": ticket.note,
    }


def previous(ticket: Found) -> dict[str, str] | None:
    """When and where the guest on this ticket was let in; by the clock on the paper where it was ticked there."""
    mine = {"id": ticket.id, "event": ticket.event_id, "list": ticket.check_list}
    came = plainly(_ENTRY, mine).one_or_none()  # asked now: somebody may have been quicker than our first look
    if came is None or came.at is None:  # somebody was quicker still and let the guest out; or a tick without an hour
        return None
    return {"at": came.at.isoformat(), "gate": came.gate, "scan_id": came.scan_id}


def party(ticket: Found, whole_party: bool, admitted: Sequence[int]) -> Figures:
    """Arrived and expected of the people who come on one order, now that these were admitted."""
    if whole_party:
        return _read(_PARTY, {"event": ticket.event_id, "party": ticket.party_id, "list": ticket.check_list})
    return {"arrived": ticket.party_arrived + _more(ticket, admitted), "expected": ticket.party_expected}


def table(ticket: Found, whole_party: bool, admitted: Sequence[int]) -> Figures:
    """Arrived and expected at the guest's table, now that these were admitted."""
    if whole_party:
        return _read(_TABLE, {"event": ticket.event_id, "table": ticket.table, "list": ticket.check_list})
    return {"arrived": ticket.table_arrived + _more(ticket, admitted), "expected": ticket.table_expected}


def _more(ticket: Found, admitted: Sequence[int]) -> int:
    """Who comes back was counted already."""
    return len(admitted) if ticket.scan_id is None else 0


def _read(query: Select[int, int], values: dict[str, Any]) -> Figures:
    counts = dict(plainly(query, values).mappings().one())
    return {"arrived": counts["arrived"], "expected": counts["expected"]}


# ---- the questions, made once: each costs the database less than SQLAlchemy would take to write it anew ----

_ticket, _guest, _presence, _scan = map(table_of, (Ticket, Guest, Presence, Scan))
_kind, _party = table_of(TicketType), table_of(Party)
_FOUND: Final = (_ticket, _guest, table_of(Device))
_MANY: Final = 1_000_000  # more people than come to one evening


def _counting(*whose: ColumnElement[bool]) -> Select[int, int]:
    here = and_(_presence.c.ticket_id == _ticket.c.id, _presence.c.check_list == bindparam("list"))
    arrived = func.count(_presence.c.scan_id).label("arrived")  # a null is not counted: he is out
    counts = select(arrived, func.count(_ticket.c.id).label("expected"))
    valid = (_ticket.c.event_id == bindparam("event"), _ticket.c.status == "valid")
    tickets = _ticket.outerjoin(_guest, _guest.c.ticket_id == _ticket.c.id).outerjoin(_presence, here)
    return counts.select_from(tickets).where(*valid, *whose)


def _beside(its_list: ColumnElement[str]) -> list[ScalarSelect[int]]:
    """Arrived and expected of the found ticket's party, then of its table; two counts in a number, to count once."""
    other, guest, there = _ticket.alias(), _guest.alias(), _presence.alias()
    # Asked guest by guest, not joined: a plan made while few were in would read all who are, one scan after the other.
    here = select(there.c.scan_id).where(there.c.ticket_id == other.c.id, there.c.check_list == its_list)
    scan_id = here.correlate(other, *_FOUND, _presence).scalar_subquery()
    at_table = guest.join(other, other.c.id == guest.c.ticket_id)
    # The sum keeps the engine from reading all tickets of the evening: those at tables of this name are few.
    its_table = and_(guest.c.table_name == _guest.c.table_name, other.c.event_id + 0 == _ticket.c.event_id)
    counted = select(func.count(scan_id) * _MANY + func.count()).where(other.c.status == "valid")
    return [
        counted.select_from(people).where(whose).correlate(*_FOUND).scalar_subquery()
        for people, whose in ((other, other.c.party_id == _ticket.c.party_id), (at_table, its_table))
    ]


def _columns(its_list: ColumnElement[str]) -> list[ColumnElement[Any]]:
    """What `Found` is made of, but for the list."""
    return [
        *(_ticket.c.id, _ticket.c.event_id, _ticket.c.party_id, _ticket.c.status, _ticket.c.code, _ticket.c.number),
        *(naming.shown(_guest.c.alias, _ticket.c.guest_name), _kind.c.name),
        *(naming.host(_party.c.id, _party.c.name), func.coalesce(_guest.c.note, "")),
        *(_guest.c.table_name, _presence.c.scan_id, *_beside(its_list)),
    ]


def _known() -> FromClause:
    known = _ticket.join(_kind, _kind.c.id == _ticket.c.ticket_type_id).join(_party, _party.c.id == _ticket.c.party_id)
    return known.outerjoin(_guest, _guest.c.ticket_id == _ticket.c.id)


def _is_in(its_list: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(_presence.c.ticket_id == _ticket.c.id, _presence.c.check_list == its_list)


@cache
def _at_the_door() -> Select[*tuple[Any, ...]]:
    """Device and ticket in one question: it stands before every scan, and each trip to the database costs."""
    its_list = table_of(Device).c.check_list
    both = devices.standing().outerjoin(_known(), _ticket.c.code_hash == bindparam("hash"))
    asked = select(*devices.columns(), *_columns(its_list)).select_from(both.outerjoin(_presence, _is_in(its_list)))
    return asked.where(devices.bears_token())


def _entry() -> Select[datetime, str, str]:
    its = (_presence.c.ticket_id == bindparam("id"), _presence.c.check_list == bindparam("list"))
    scan = (_scan.c.event_id == bindparam("event"), _scan.c.scan_id == _presence.c.scan_id)
    return select(came_at().label("at"), _scan.c.gate, _scan.c.scan_id).where(*its, *scan)


_LIST: Final[ColumnElement[str]] = bindparam("list")
_LOOKING: Final = select(*_columns(_LIST)).select_from(_known().outerjoin(_presence, _is_in(_LIST)))
_WIDTH: Final = len(_columns(_LIST))
_HELD: Final = _LOOKING.where(_ticket.c.code_hash == bindparam("hash")).with_for_update(read=True, of=_ticket)
_BY_ID: Final = _LOOKING.where(_ticket.c.id == bindparam("id"))
_ENTRY: Final = _entry()
_PARTY: Final = _counting(_ticket.c.party_id == bindparam("party"))
_TABLE: Final = _counting(_guest.c.table_name == bindparam("table"))
