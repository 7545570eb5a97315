"""A ticket is shown at the door: decide, let the first scan win, write down what was answered.

The same `scan_id` gets its first answer for ever. A scan is first taken for a new one: whoever finds its id taken
raises `AnsweredMeanwhile`, the whole transaction is undone, and `first_answer` tells what was said before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from events.core import clock, facts
from events.core.db import plainly, table_of
from events.core.direct import Run
from events.door import asking, conflicts, looking, stepping_in
from events.door.codes import Presented
from events.door.deciding import Facts, reason_to_refuse
from events.door.devices import Badge
from events.door.models import Scan
from events.door.stepping_in import AnsweredMeanwhile
from events.guests.questions import Open

__all__ = ["AnsweredMeanwhile", "Answer", "Shown", "Step", "check_in", "first_answer", "prepare", "take"]

Answer = dict[str, Any]

_ANSWERED = table_of(Scan).select().where(Scan.event_id == bindparam("event"), Scan.scan_id == bindparam("scan"))


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


@dataclass(frozen=True)
class Step:
    """A scan that is decided and not yet written down."""

    scan: stepping_in.Row
    ticket: looking.Found | None
    repeats: bool


def prepare(token: str, shown: Shown, run: Run) -> Step | None:
    """Decide the scan of a guest who comes alone, before anything is held: writers stand in line, readers do not.

    None where more is to be done than one write. Raises Refusal 401 as `devices.get_badge`.
    """
    if shown.whole_party or shown.offline:
        return None
    badge, ticket = looking.see(token, shown.presented, run)
    if badge.asks or badge.heard:
        return None
    now = clock.now()
    waiting = _waiting(badge, ticket, whole_party=False)
    reason, _unanswered = _decide(badge, shown, ticket, waiting, now)
    kept = _figures(badge, ticket, reason, [] if reason else waiting, whole_party=False)
    return Step(_row(badge, shown, ticket, reason, now, kept), ticket, badge.repeats)


def take(step: Step, run: Run) -> Answer | None:
    """Write a prepared scan down, in one statement where the engine can.

    What was seen is good for a refusal; to come in, the ticket must still be valid and its guest outside: else nothing
    is written, and the answer is None. Raises AnsweredMeanwhile.
    """
    if step.scan["reason"]:
        stepping_in.write_down(step.scan, [], run)
    elif not stepping_in.step_in(step.scan, step.repeats, run):
        return None
    return _told(step.scan, step.ticket)


def check_in(badge: Badge, shown: Shown) -> Answer:
    """Answer a new scan and, where it may, let the guest (or the whole party) in.

    Returns {"scan_id", "verdict", "reason", "at", "admitted", "previous", "guest", "party", "table", "questions"};
    times in ISO 8601, UTC. Raises AnsweredMeanwhile: the transaction must be given up for `first_answer`.
    """
    ticket = looking.find_ticket(shown.presented, badge.check_list)
    now = clock.now()
    waiting = _waiting(badge, ticket, shown.whole_party)
    reason, unanswered = _decide(badge, shown, ticket, waiting, now)
    admitted = [] if reason else stepping_in.each(waiting, badge.check_list, shown.scan_id, badge.repeats)
    if reason is None and not admitted:
        reason = "already_admitted"  # between our look and our step somebody else was let in on this ticket
    kept = _figures(badge, ticket, reason, admitted, shown.whole_party)
    if reason == "answer_needed":
        kept["questions"] = [{"id": one.question_id, "ticket": one.ticket} for one in unanswered]
    scan = _row(badge, shown, ticket, reason, now, kept)
    stepping_in.write_down(scan, admitted)
    _tell(badge, scan, admitted)
    if shown.offline:
        conflicts.record(scan)
    return _told(scan, ticket)


def first_answer(badge: Badge, shown: Shown) -> Answer:
    """What a scan of this id was answered the first time, whatever is shown now."""
    scan = plainly(_ANSWERED, {"event": badge.event_id, "scan": shown.scan_id}).one()._asdict()
    if shown.offline:
        conflicts.record(scan)
    return _told(scan, looking.find_again(scan["ticket_id"], scan["check_list"]))


def _decide(
    badge: Badge, shown: Shown, ticket: looking.Found | None, waiting: Sequence[int], now: datetime
) -> tuple[str | None, list[Open]]:
    """Why nobody may come in, or None; and the questions that are still open."""
    facts = _facts(badge, ticket, waiting, shown.device_at if badge.entered_by and shown.device_at else now)
    reason, unanswered = reason_to_refuse(facts), []
    if facts and ticket and reason is None and badge.asks:
        unanswered = asking.hear(badge, ticket, waiting, shown.answers, shown.scan_id)
        if not shown.offline:  # without a network the guest is in already: a question that came up later stays open
            reason = reason_to_refuse(replace(facts, unanswered=len(unanswered)))
    return reason, unanswered


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


def _row(
    badge: Badge, shown: Shown, ticket: looking.Found | None, reason: str | None, now: datetime, kept: dict[str, Any]
) -> stepping_in.Row:
    """The scan as it is kept."""
    return {
        "event_id": badge.event_id,
        "scan_id": shown.scan_id,
        "device_id": badge.device_id,
        "entered_by": badge.entered_by,
        "gate": badge.gate,
        "check_list": badge.check_list,
        "at": now,
        "device_at": shown.device_at,
        "offline": shown.offline,
        "ticket_id": ticket.id if ticket else None,
        "verdict": "needs" if reason == "answer_needed" else "refused" if reason else "admitted",
        "reason": reason,
        "answer": kept,
    }


def _tell(badge: Badge, scan: stepping_in.Row, admitted: Sequence[int]) -> None:
    if badge.heard:
        told = {"scan_id": scan["scan_id"], "check_list": badge.check_list, "at": scan["at"].isoformat()}
        facts.tell("admission.recorded", badge.event_id, [{"ticket": one, **told, "undone": False} for one in admitted])


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
        **(_hours(badge) if reason == "outside_hours" else {}),
    }


def _hours(badge: Badge) -> dict[str, Any]:
    hours = {"opens_at": badge.opens_at, "closes_at": badge.closes_at}
    return {"hours": {name: at.isoformat() if at else None for name, at in hours.items()}}


def _told(scan: stepping_in.Row, ticket: looking.Found | None) -> Answer:
    return {
        "scan_id": scan["scan_id"],
        "verdict": scan["verdict"],
        "reason": scan["reason"],
        "at": scan["at"].isoformat(),
        "guest": looking.guest(ticket, scan["reason"]),
        **scan["answer"],
        "questions": asking.told(scan["event_id"], scan["answer"].get("questions", ())),
    }
