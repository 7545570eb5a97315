"""Afterwards: whether all that was promised is in the database, and whether the audit finds nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select

from events.core.db import db
from events.core.jobs import LEASE
from events.door.models import Admission
from events.tickets.models import Ticket
from payments.checkout.models import Attempt
from payments.orders.models import Order
from tests.failover.selling import Diary
from tests.support.evening import System

LONGEST_GAP = 30.0
"""Seconds until selling must go on."""
PAID = ("paid", "refunded", "partly_refunded")


@dataclass
class Verdict:
    """What is to be said, and what is wrong."""

    said: dict[str, object] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def judge(system: System, diary: Diary, killed: float) -> Verdict:
    """Look at everything once all is quiet; `killed` is when the primary died (monotonic seconds)."""
    verdict = Verdict()
    _settle(system)
    with system.looking():
        for what, lost in (("order", _orders), ("payment", _payments), ("scan", _scans)):
            promised = diary.promised(what)
            missing = lost(promised)
            verdict.said[f"{what}s promised, and lost"] = (len(promised), len(missing))
            verdict.faults += [f"{what} {key}: promised, and not there" for key in missing[:5]]
            verdict.faults += [] if promised else [f"no {what} at all: nothing was tried"]
    for what in ("order", "payment", "scan"):
        gap = diary.gap(what, killed)
        verdict.said[f"seconds until the next {what}"] = None if gap is None else round(gap, 1)
        if gap is None or gap > LONGEST_GAP:
            verdict.faults.append(f"{what}s did not go on within {LONGEST_GAP:.0f} s")
    for what in ("order", "return", "scan"):
        verdict.said[f"answers about each {what}, by status (0: none)"] = diary.statuses(what)
    verdict.faults += [f"an answer that is no clean one: {answer.words[:200]}" for answer in diary.rude[:5]]
    violations = system.violations()
    verdict.said["violations that the audit found"] = len(violations)
    verdict.faults += violations[:10]
    return verdict


def _settle(system: System) -> None:
    """Jobs that were in hand when the primary died are taken up when their lease has run out."""
    system.quiet()
    system.go_on(LEASE.total_seconds() + 10)
    system.settle_up()


def _orders(promised: list[str]) -> list[str]:
    """A buyer was sent to the pay page of an order, or to its own page."""
    rows = db.session.execute(select(Order.token, Attempt.session_id).outerjoin(Attempt))
    known = {value for row in rows for value in row if value}
    return [place for place in promised if place not in known]


def _payments(promised: list[str]) -> list[str]:
    """A buyer was told that it is paid: it is, and each seat has its ticket."""
    tickets = select(Ticket.party_id, func.count().label("count")).group_by(Ticket.party_id).subquery()
    query = select(Order.token, tickets.c.count).join(tickets, tickets.c.party_id == Order.party_id)
    paid = {row.token for row in db.session.execute(query.where(Order.status.in_(PAID)))}
    return [token for token in promised if token not in paid]


def _scans(promised: list[str]) -> list[str]:
    """A guest was let in: there is an admission, one."""
    rows = db.session.execute(select(Admission.scan_id, func.count()).group_by(Admission.scan_id))
    once = {str(scan_id) for scan_id, times in rows if times == 1}
    return [scan_id for scan_id in promised if scan_id not in once]


def told(verdict: Verdict) -> Iterator[str]:
    """The lines of the report."""
    for name, value in verdict.said.items():
        yield f"{name:55} {value}"
    yield from (f"FAULT: {fault}" for fault in verdict.faults)
    yield "Something was lost or late." if verdict.faults else "Nothing that was promised is lost, and selling went on."
