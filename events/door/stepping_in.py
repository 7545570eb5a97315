"""A guest steps in, and it is written down. The step is one conditional statement: the first scan wins."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Insert, Select, Text, bindparam, select
from sqlalchemy.exc import IntegrityError

from events.core.db import engine, rows, table_of
from events.core.direct import Run
from events.core.engines import upserting, writes_together
from events.door.models import Admission, Presence, Scan
from events.tickets.models import Ticket

Row = Mapping[str, Any]  # of the table `scan`, as it was written or is read: an object would cost more than the rest

_TICKET, _PRESENCE, _SCAN, _ADMISSION = map(table_of, (Ticket, Presence, Scan, Admission))
_OF_SCAN = [column for column in _SCAN.c if column.name != "id"]
_WRITE_SCAN, _WRITE_ADMISSION = _SCAN.insert().inline(), _ADMISSION.insert().inline()
_OF_ADMISSION = [column for column in _ADMISSION.c if column.name not in {"id", "undoes"}]


class AnsweredMeanwhile(Exception):  # noqa: N818 - nothing is wrong: it was asked before
    """A request with the same `scan_id` was answered before."""


def step_in(scan: Row, repeats: bool, run: Run) -> bool:
    """Let the guest of this admitting scan in and write it down; False, and nothing written, when he may not any more.

    True for the one scan that finds the guest of a valid ticket outside; where guests may pass again, for every one.
    Raises AnsweredMeanwhile.
    """
    if not writes_together(engine()):
        stepped = each([scan["ticket_id"]], scan["check_list"], scan["scan_id"], repeats, run)
        if stepped:
            write_down(scan, stepped, run)
        return bool(stepped)
    try:
        return bool(run(_all(repeats), scan))
    except IntegrityError as taken:
        raise AnsweredMeanwhile(scan["scan_id"]) from taken


def each(ticket_ids: Sequence[int], check_list: str, scan_id: str, repeats: bool, run: Run = rows) -> list[int]:
    """Let these in; the ids of those who were not in before, or of all where guests may pass again."""
    step, row = _step_in(repeats, engine()), {"check_list": check_list, "scan_id": scan_id}
    return [one for one in ticket_ids if run(step, {"ticket_id": one, **row})]


def write_down(scan: Row, admitted: Sequence[int], run: Run = rows) -> None:
    """Keep a scan and who came in by it. Raises AnsweredMeanwhile."""
    try:
        run(_WRITE_SCAN, scan)
    except IntegrityError as taken:  # the scan id: nothing else here is unique
        raise AnsweredMeanwhile(scan["scan_id"]) from taken
    common = {column.name: scan[column.name] for column in _OF_ADMISSION}
    for one in admitted:
        run(_WRITE_ADMISSION, common | {"ticket_id": one})


# ---- the statements, made once: each costs the database less than SQLAlchemy would take to write it anew ----


@cache
def _step_in(repeats: bool, dialect: str) -> Insert:
    """One statement: between two of them somebody could void the ticket. On PostgreSQL it is held until our end."""
    key = (_TICKET.c.id, bindparam("check_list", type_=Text), bindparam("scan_id", type_=Text))
    valid = select(*key).where(_TICKET.c.id == bindparam("ticket_id"), _TICKET.c.status == "valid")
    step = upserting(_PRESENCE, dialect).from_select(list(_PRESENCE.c.keys()), valid.with_for_update(read=True))
    outside = None if repeats else _PRESENCE.c.scan_id.is_(None)
    moved = {"scan_id": step.excluded.scan_id}
    done = step.on_conflict_do_update(index_elements=list(_PRESENCE.primary_key), set_=moved, where=outside)
    return done.returning(_PRESENCE.c.ticket_id)


@cache
def _all(repeats: bool) -> Executable:
    """The step, the scan and the admission in one trip."""
    stepped = _step_in(repeats, "postgresql").cte("stepped")

    def given(columns: Sequence[Any]) -> Select[*tuple[Any, ...]]:
        return select(*(bindparam(column.name, type_=column.type) for column in columns)).select_from(stepped)

    scan = _SCAN.insert().from_select(_OF_SCAN, given(_OF_SCAN)).returning(_SCAN.c.id).cte("written")
    admission = _ADMISSION.insert().from_select(_OF_ADMISSION, given(_OF_ADMISSION))
    return admission.add_cte(scan).returning(_ADMISSION.c.id)
