"""Questions in forms: what guests and buyers are asked, what they answer, and what they may still answer later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from events.core import clock
from events.core.db import changed, db, glance, insert_once, table_of
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.typed import one_line
from events.guests.models import Answer, PartyAnswer, Question
from events.tickets.models import Ticket

LONGEST = 500
"""Letters of an answer in somebody's own words."""


@dataclass(frozen=True)
class Said:
    """An answer: the place of a choice, or words; neither takes back what was said before."""

    question_id: int
    choice: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Put:
    """A question, as it is put to people now."""

    id: int
    kind: str
    need: str
    text: Mapping[str, str]
    choices: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Asked:
    """A question as a form shows it: what stands in its field, and what is wrong with it."""

    question: Put
    value: str = ""
    mistake: str = ""

    @property
    def field(self) -> str:
        """The field's name and id."""
        return f"question-{self.question.id}"

    @property
    def options(self) -> list[tuple[str, str]]:
        """What can be chosen, in the reader's language."""
        return [(str(place), local(choice)) for place, choice in enumerate(self.question.choices)]

    @property
    def shown(self) -> str:
        """The answer in words; nothing where there is none."""
        return dict(self.options).get(self.value, "") if self.question.choices else self.value


@dataclass
class Reading:
    """What a form held: the questions as they must be shown again, the answers, and the mistakes by field."""

    asked: list[Asked] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    def unjudged(self) -> "Reading":
        """The same while somebody still fills it in: no mistakes yet."""
        return Reading([Asked(one.question, one.value) for one in self.asked])


def of_ticket(ticket: Ticket) -> list[Asked]:
    """What the guest on a ticket is asked, with what was answered."""
    rows = db.session.scalars(select(Answer).where(Answer.ticket_id == ticket.id))
    return _with(questions(ticket.event_id, "ticket"), rows.all())


def of_party(event_id: int, party_id: int | None = None) -> list[Asked]:
    """What whoever orders is asked, with what was answered."""
    rows = db.session.scalars(select(PartyAnswer).where(PartyAnswer.party_id == party_id)) if party_id else None
    return _with(questions(event_id, "order"), rows.all() if rows else ())


def of_guests(event_id: int) -> list[Asked]:
    """What every guest is asked, unanswered."""
    return _with(questions(event_id, "ticket"), ())


def questions(event_id: int, scope: str) -> Sequence[Put]:
    """What is asked now, in order; `scope` is ticket or order."""
    return [Put(*row) for row in glance(_NOW, {"event_id": event_id, "scope": scope})]


_Q = table_of(Question).c
_NOW: Final = (
    select(_Q.id, _Q.kind, _Q.need, _Q.text, _Q.choices)
    .where(_Q.event_id == bindparam("event_id"), _Q.scope == bindparam("scope"), _Q.ended_at.is_(None))
    .order_by(_Q.position)
)


def _with(asked: Sequence[Put], answers: Sequence[Answer | PartyAnswer]) -> list[Asked]:
    known = {one.question_id: one.words if one.choice is None else str(one.choice) for one in answers}
    return [Asked(question, known.get(question.id, "")) for question in asked]


def read(asked: Sequence[Asked], form: Mapping[str, str], *, demanding: bool = True) -> Reading:
    """What was typed. `demanding`: questions that want an answer at once are mistakes without one."""
    reading = Reading()
    for one in asked:
        value = _typed(one.question, form.get(one.field, ""))
        mistake = _mistake(one, value, demanding)
        reading.asked.append(Asked(one.question, value, mistake))
        if mistake:
            reading.mistakes[one.field] = mistake
        else:
            reading.answers.append(_said(one.question, value))
    return reading


def _typed(question: Put, raw: str) -> str:
    return raw.strip() if question.choices else one_line(raw)


def _mistake(one: Asked, value: str, demanding: bool) -> str:
    if not value:
        return _("Please answer this.") if demanding and one.question.need == "now" else ""
    if one.question.choices:
        return "" if value in dict(one.options) else _("Please choose one of these.")
    return _("Please say it in at most %(most)s letters.", most=LONGEST) if len(value) > LONGEST else ""


def _said(question: Put, value: str) -> Said:
    if not value:
        return Said(question.id)
    return Said(question.id, int(value)) if question.choices else Said(question.id, words=value)


def keep_of_ticket(ticket_id: int, answers: Sequence[Said], given_to: str) -> None:
    """Write down what a guest said, over what was said before; in the caller's transaction."""
    _keep(Answer, {"ticket_id": ticket_id}, answers, given_to)


def keep_of_party(party_id: int, answers: Sequence[Said], given_to: str) -> None:
    """The same of whoever ordered."""
    _keep(PartyAnswer, {"party_id": party_id}, answers, given_to)


def _keep(
    model: type[Answer] | type[PartyAnswer], whose: Mapping[str, int], answers: Sequence[Said], given_to: str
) -> None:
    for said in answers:
        key = {**whose, "question_id": said.question_id}
        here = [getattr(model, name) == value for name, value in key.items()]
        values: dict[str, Any] = {"choice": said.choice, "words": said.words}
        if said.choice is None and not said.words:
            changed(delete(model).where(*here))
            continue
        told = values | {"at": clock.now(), "given_to": given_to}
        if not insert_once(model, key | told, unique=tuple(key)):
            changed(update(model).where(*here).values(**told))


def waiting(party_id: int) -> set[int]:
    """Ids of the party's valid tickets whose guest has a needed question still open."""
    asked = (Question.event_id == Ticket.event_id, Question.scope == "ticket", Question.ended_at.is_(None))
    answer = select(Answer.id).where(Answer.ticket_id == Ticket.id, Answer.question_id == Question.id)
    unanswered = ~answer.correlate(Ticket, Question).exists()
    still = select(Question.id).where(*asked, Question.need != "", unanswered).correlate(Ticket).exists()
    query = select(Ticket.id).where(Ticket.party_id == party_id, Ticket.status == "valid", still)
    return set(db.session.scalars(query))
