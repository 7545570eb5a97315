"""Questions that must be answered at the door: which are open, what was answered, and how it is told to a phone."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from events.core.db import db
from events.door import boxes
from events.door.devices import Badge
from events.door.looking import Found
from events.guests import naming, questions
from events.guests.models import Guest, Question
from events.guests.questions import Given, Open
from events.tickets.models import Ticket

Sent = str | Sequence[Mapping[str, Any]]
"""Answers as a device sends them: [{"question", "choice", "ticket"}], or the same sealed under the ticket's code."""

MOST = 200


def hear(badge: Badge, ticket: Found, waiting: Collection[int], sent: Sent, scan_id: str) -> list[Open]:
    """Write down what was answered; returns the questions that are still open for those who wait."""
    still_open = questions.open_at_door(badge.event_id, waiting)
    if not (still_open and sent):
        return still_open
    questions.write_down(still_open, _given(ticket, still_open, sent, scan_id), badge.actor)
    return questions.open_at_door(badge.event_id, waiting)


def _given(ticket: Found, still_open: Collection[Open], sent: Sent, scan_id: str) -> list[Given]:
    """The answers; without a ticket's number they are those of the guest whose ticket was shown."""
    numbers = {one.ticket: one.ticket_id for one in still_open}
    opened = boxes.unseal_answers(ticket.code, sent, scan_id) if isinstance(sent, str) else sent
    said = [one for one in opened[:MOST] if is_answer(one)] if isinstance(opened, list | tuple) else []
    found = [(one, numbers.get(one["ticket"]) if "ticket" in one else ticket.id) for one in said]
    return [Given(one["question"], whose, one["choice"]) for one, whose in found if whose is not None]


def is_answer(one: object) -> bool:
    """Whether it has the form {"question": 5, "choice": 0, "ticket": "0047"}; the ticket may be left out."""
    if not isinstance(one, dict) or not isinstance(one.get("ticket", ""), str):
        return False
    return all(type(one.get(name)) is int and 0 <= one[name] < 2**31 for name in ("question", "choice"))


def told(event_id: int, kept: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The questions of an answer as a phone shows them, whose they are included; from ids and ticket numbers."""
    if not kept:
        return []
    asked = db.session.scalars(select(Question).where(Question.id.in_({one["id"] for one in kept})))
    texts = {question.id: {"text": question.text, "choices": question.choices} for question in asked}
    mine = (Ticket.event_id == event_id, Ticket.number.in_({int(one["ticket"]) for one in kept}))
    named = select(Ticket.number, naming.shown()).outerjoin(Guest, Guest.ticket_id == Ticket.id)
    rows = db.session.execute(named.where(*mine))
    names = {f"{number:04}": name for number, name in rows}
    return [{**one, "name": names.get(one["ticket"]), **texts[one["id"]]} for one in kept]


def in_box(one: Open) -> dict[str, Any]:
    """A question as it stands in a ticket's box."""
    return {"id": one.question_id, "text": one.text, "choices": one.choices}
