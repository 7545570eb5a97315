"""Questions to guests, and their answers: rows of their own, one for each ticket and question."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from events.core import clock
from events.core.db import changed, db, insert_once
from events.guests import naming
from events.guests.models import Answer, Guest, Question
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Open:
    """A question that the guest on one ticket has not answered yet."""

    question_id: int
    ticket_id: int
    ticket: str  # the printed number
    name: str | None
    text: Mapping[str, str]
    choices: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Given:
    """An answer as it comes in: the place of the chosen one among the question's choices."""

    question_id: int
    ticket_id: int
    choice: int


@dataclass(frozen=True)
class Line:
    """A question in the organiser's list, with the number of guests who chose each answer, and of those who did not."""

    question: Question
    counts: Sequence[int]
    missing: int


def new_question(
    event_id: int,
    text: Mapping[str, str],
    choices: Sequence[Mapping[str, str]],
    *,
    at_door: bool = False,
    kind: str = "choice",
    scope: str = "ticket",
    need: str = "",
) -> Question:
    """Ask every guest of the event (or whoever orders) from now on; in the caller's transaction.

    `choices`: at least two, or none for a text. At the door only guests are asked, and only what has choices.
    """
    if len(choices) < 2 and kind != "text":
        raise ValueError("a question needs two answers to choose from")
    if at_door and (kind == "text" or scope != "ticket"):
        raise ValueError("the door asks guests, and lets them choose")
    last = db.session.scalar(select(func.max(Question.position)).where(Question.event_id == event_id)) or 0
    question = Question(
        event_id=event_id, position=last + 1, text=dict(text), choices=[dict(one) for one in choices], at_door=at_door,
        kind=kind, scope=scope, need=need,
    )  # fmt: skip
    db.session.add(question)
    db.session.flush()
    return question


def end_question(event_id: int, question_id: int) -> bool:
    """Ask it no longer; the answers stay. True for whoever ended it."""
    mine = (Question.id == question_id, Question.event_id == event_id, Question.ended_at.is_(None))
    return changed(update(Question).where(*mine).values(ended_at=clock.now())) == 1


def copy(event_id: int, new_event_id: int) -> None:
    """Ask the same at another evening; in the caller's transaction."""
    for one in all_of(event_id):
        new_question(
            new_event_id, one.text, one.choices, at_door=one.at_door, kind=one.kind, scope=one.scope, need=one.need
        )


def all_of(event_id: int) -> Sequence[Question]:
    """Every question that is asked now, of guests and of whoever orders, in order."""
    return db.session.scalars(select(Question).where(*_asked(event_id)).order_by(Question.position)).all()


def of_event(event_id: int) -> list[Line]:
    """What guests are asked now and can choose, in order, with their answers counted among valid tickets."""
    valid = select(func.count(Ticket.id)).where(Ticket.event_id == event_id, Ticket.status == "valid")
    expected = db.session.scalar(valid) or 0
    chosen = (
        select(Answer.question_id, Answer.choice, func.count())
        .join(Ticket, Ticket.id == Answer.ticket_id)
        .where(Ticket.event_id == event_id, Ticket.status == "valid", Answer.choice.is_not(None))
        .group_by(Answer.question_id, Answer.choice)
    )
    counts = {(question, choice or 0): count for question, choice, count in db.session.execute(chosen)}
    guests = (*_asked(event_id), Question.scope == "ticket", Question.kind != "text")
    asked = select(Question).where(*guests).order_by(Question.position)
    return [_line(question, counts, expected) for question in db.session.scalars(asked)]


def _line(question: Question, counts: Mapping[tuple[int, int], int], expected: int) -> Line:
    mine = [counts.get((question.id, choice), 0) for choice in range(len(question.choices))]
    return Line(question, mine, expected - sum(mine))


def asked_at_door(event_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The condition "the event has a question to ask at the door", for a query about more."""
    return select(Question.id).where(*_asked(event_id), Question.at_door).exists()


def open_at_door(event_id: int, ticket_ids: Collection[int] | None = None) -> list[Open]:
    """What must be asked at the door of these tickets' guests (or of everybody's), by ticket and then in order."""
    answered = and_(Answer.ticket_id == Ticket.id, Answer.question_id == Question.id)
    query = (
        select(Question.id, Ticket.id, Ticket.number, naming.shown(), Question.text, Question.choices)
        .join(Ticket, Ticket.event_id == Question.event_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Answer, answered)
        .where(*_asked(event_id), Question.at_door, Ticket.status == "valid", Answer.id.is_(None))
        .order_by(Ticket.number, Question.position)
    )
    if ticket_ids is not None:
        query = query.where(Ticket.id.in_(ticket_ids))
    rows = db.session.execute(query)
    return [Open(question, ticket, f"{number:04}", *rest) for question, ticket, number, *rest in rows]


def write_down(still_open: Collection[Open], given: Collection[Given], given_to: str) -> None:
    """Keep the answers to questions that are still open; what is none of their choices is left aside.

    In the caller's transaction. The first answer stays, whoever else asks at the same moment.
    """
    choices = {(one.question_id, one.ticket_id): len(one.choices) for one in still_open}
    for one in given:
        if 0 <= one.choice < choices.get((one.question_id, one.ticket_id), 0):
            insert_once(Answer, _row(one, given_to), unique=("ticket_id", "question_id"))


def _row(given: Given, given_to: str) -> dict[str, Any]:
    row = {"ticket_id": given.ticket_id, "question_id": given.question_id, "choice": given.choice}
    return row | {"words": "", "at": clock.now(), "given_to": given_to}


def _asked(event_id: int | ColumnElement[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Question.event_id == event_id, Question.ended_at.is_(None)
