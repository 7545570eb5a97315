"""A ticket is shown at the door: decide, let the first scan win, write down what was answered.

The same `scan_id` gets its first answer for ever. A scan is first taken for a new one: whoever finds its id taken
raises `AnsweredMeanwhile`, the whole transaction is undone, and `first_answer` tells what was said before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError

from events.core import clock, facts
from events.core.db import changed, insert_once, plainly, table_of
from events.door import asking, conflicts, looking
from events.door.codes import Presented
from events.door.deciding import Facts, reason_to_refuse
from events.door.devices import Badge
from events.door.models import Admission, Presence, Scan

Answer = dict[str, Any]
Row = Mapping[str, Any]  # of the table `scan`, as it was written or is read: an object would cost more than the rest

_SCAN, _ADMISSION = table_of(Scan).insert(), table_of(Admission).insert()
_ANSWERED = table_of(Scan).select().where(Scan.event_id == bindparam("event"), Scan.scan_id == bindparam("scan"))


class AnsweredMeanwhile(Exception):  # noqa: N818 - nothing is wrong: it was asked before
    """A request with the same `scan_id` was answered before."""


@dataclass(frozen=True)
class Shown:
    """One scan as a device sends it. `device_at` is its own clock, for display only.

    `answers` as they came: [{"question", "choice", "ticket"}], or text that was sealed under the ticket's code.
    """

    scan_id: str
    presented: Presented
    device_at: datetime | None = None
    offline: bool = False
    whole_party: bool = False
    answers: asking.Sent = ()


def check_in(badge: Badge, shown: Shown) -> Answer:
    """Answer a new scan and, where it may, let the guest (or the whole party) in.

    Returns {"scan_id", "verdict", "reason", "at", "admitted", "previous", "guest", "party", "table", "questions"};
    times in ISO 8601, UTC. Raises AnsweredMeanwhile: the transaction must be given up for `first_answer`.
    """
    ticket = looking.find_ticket(shown.presented, badge.check_list)
    now = clock.now()
    waiting = _waiting(badge, ticket, shown.whole_party)
    facts = _facts(badge, ticket, waiting, shown.device_at if badge.entered_by and shown.device_at else now)
    reason, unanswered = reason_to_refuse(facts), []
    if facts and ticket and reason is None and badge.asks:
        unanswered = asking.hear(badge, ticket, waiting, shown.answers, shown.scan_id)
        if not shown.offline:  # without a network the guest is in already: a question that came up later stays open
            reason = reason_to_refuse(replace(facts, unanswered=len(unanswered)))
    admitted = [] if reason else [one for one in waiting if _let_in(badge, one, shown.scan_id)]
    if reason is None and not admitted:
        reason = "already_admitted"  # between our look and our step somebody else was let in on this ticket
    kept = _figures(badge, ticket, reason, admitted, shown.whole_party)
    if reason == "answer_needed":
        kept["questions"] = [{"id": one.question_id, "ticket": one.ticket} for one in unanswered]
    scan = _write_down(badge, shown, ticket, reason, admitted, kept, now)
    if shown.offline:
        conflicts.record(scan)
    return _told(scan, ticket)


def first_answer(badge: Badge, shown: Shown) -> Answer:
    """What a scan of this id was answered the first time, whatever is shown now."""
    scan = plainly(_ANSWERED, {"event": badge.event_id, "scan": shown.scan_id}).one()._asdict()
    if shown.offline:
        conflicts.record(scan)
    return _told(scan, looking.find_again(scan["ticket_id"], scan["check_list"]))


def _waiting(badge: Badge, ticket: looking.Found | None, whole_party: bool) -> Sequence[int]:
    """Ids of the valid tickets that this scan would let in and that are not in yet (or may come again)."""
    if ticket is None:
        return []
    if whole_party:
        return looking.waiting_of_party(ticket, badge.check_list, badge.repeats)
    return [ticket.id] if badge.repeats or ticket.scan_id is None else []


def _facts(badge: Badge, ticket: looking.Found | None, waiting: Sequence[int], moment: datetime) -> Facts | None:
    if ticket is None:
        return None
    return Facts(
        door_event_id=badge.event_id,
        event_id=ticket.event_id,
        status=ticket.status,
        moment=moment,
        opens_at=badge.opens_at,
        closes_at=badge.closes_at,
        inside=not waiting,
    )


def _let_in(badge: Badge, ticket_id: int, scan_id: str) -> bool:
    """True for the one scan that finds the guest outside; where guests may pass again, for every one."""
    row = {"ticket_id": ticket_id, "check_list": badge.check_list, "scan_id": scan_id}
    if insert_once(Presence, row, unique=("ticket_id", "check_list")):
        return True
    here = update(Presence).where(Presence.ticket_id == ticket_id, Presence.check_list == badge.check_list)
    outside = here if badge.repeats else here.where(Presence.scan_id.is_(None))
    return changed(outside.values(scan_id=scan_id)) == 1


def _write_down(
    badge: Badge,
    shown: Shown,
    ticket: looking.Found | None,
    reason: str | None,
    admitted: Sequence[int],
    kept: dict[str, Any],
    now: datetime,
) -> Row:
    common = {
        "event_id": badge.event_id,
        "scan_id": shown.scan_id,
        "device_id": badge.device_id,
        "entered_by": badge.entered_by,
        "gate": badge.gate,
        "check_list": badge.check_list,
        "at": now,
        "device_at": shown.device_at,
        "offline": shown.offline,
    }
    verdict = "needs" if reason == "answer_needed" else "refused" if reason else "admitted"
    own = {"ticket_id": ticket.id if ticket else None, "verdict": verdict, "reason": reason, "answer": kept}
    try:
        plainly(_SCAN, common | own)
    except IntegrityError as taken:  # the scan id: nothing else here is unique
        raise AnsweredMeanwhile(shown.scan_id) from taken
    if admitted:
        plainly(_ADMISSION, [common | {"ticket_id": one} for one in admitted])
        told = {"scan_id": shown.scan_id, "check_list": badge.check_list, "at": now.isoformat(), "undone": False}
        facts.tell("admission.recorded", badge.event_id, [{"ticket": one, **told} for one in admitted])
    return common | own


def _figures(
    badge: Badge, ticket: looking.Found | None, reason: str | None, admitted: Sequence[int], whole_party: bool
) -> dict[str, Any]:
    """What is kept of the answer: numbers, and who came first; nothing about a person."""
    here = ticket if ticket and ticket.event_id == badge.event_id else None
    return {
        "admitted": len(admitted),
        "previous": looking.previous(ticket) if ticket and reason == "already_admitted" else None,
        "party": looking.party(here, whole_party, admitted) if here else None,
        "table": looking.table(here, whole_party, admitted) if here and admitted and here.table else None,
    }


def _told(scan: Row, ticket: looking.Found | None) -> Answer:
    return {
        "scan_id": scan["scan_id"],
        "verdict": scan["verdict"],
        "reason": scan["reason"],
        "at": scan["at"].isoformat(),
        "guest": looking.guest(ticket, scan["reason"]),
        **scan["answer"],
        "questions": asking.told(scan["event_id"], scan["answer"].get("questions", ())),
    }
