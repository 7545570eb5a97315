"""Questions that must be answered at the door."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events.core import tokens
from events.core.db import db, transaction
from events.door import boxes, codes
from events.door.models import Admission, Conflict, Scan
from events.guests import questions
from events.guests.models import Answer, Question
from events.tickets.models import Ticket
from tests.events.door.conftest import Evening, Phone, set_status
from tests.events.door.test_manage import submit
from tests.events.door.test_manifest import fetch, line

TEXT = {"en": "Main course?", "fr": "Quel plat ?"}
CHOICES = [{"en": "Fish", "fr": "Poisson"}, {"en": "Vegetables", "fr": "Légumes"}]

Asked = dict[str, Any]


@pytest.fixture
def question(evening: Evening) -> int:
    """The id of the one question that is asked at the door."""
    with transaction():
        return questions.new_question(evening.event_id, TEXT, CHOICES, at_door=True).id


def answered() -> list[tuple[int, int]]:
    """(number of the ticket, place of the answer) of every answer there is."""
    db.session.rollback()
    rows = db.session.execute(select(Ticket.number, Answer.choice).join(Answer, Answer.ticket_id == Ticket.id))
    return sorted((number, choice) for number, choice in rows if choice is not None)


def count(what: type[Admission] | type[Conflict] | type[Scan]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(what.id))) or 0


def test_guest_is_asked_and_comes_in_with_the_answer(phone: Phone, evening: Evening, question: int) -> None:
    answer = phone.scan(evening.helene)
    assert (answer["verdict"], answer["reason"], answer["admitted"]) == ("needs", "answer_needed", 0)
    assert answer["questions"] == [
        {"id": question, "ticket": "0001", "name": "Hélène Moreau", "text": TEXT, "choices": CHOICES}
    ]
    assert count(Admission) == 0
    again = phone.scan(evening.helene, answers=[{"question": question, "choice": 1}])
    assert (again["verdict"], again["questions"]) == ("admitted", [])
    assert answered() == [(1, 1)]
    given_to = db.session.scalars(select(Answer.given_to)).one()
    assert given_to.startswith("device:")


def test_same_scan_is_asked_the_same_again(phone: Phone, evening: Evening, question: int) -> None:
    scan_id = str(uuid4())
    first = phone.scan(evening.helene, scan_id)
    assert phone.scan(evening.helene, scan_id, answers=[{"question": question, "choice": 0}]) == first
    assert answered() == []


def test_who_has_answered_is_not_asked(phone: Phone, evening: Evening, question: int) -> None:
    with transaction():
        still_open = questions.open_at_door(evening.event_id)
        given = [questions.Given(one.question_id, one.ticket_id, 0) for one in still_open if one.ticket == "0003"]
        questions.write_down(still_open, given, "guest")
    assert phone.scan(evening.alone)["verdict"] == "admitted"
    assert phone.scan(evening.helene)["verdict"] == "needs"


def test_question_comes_last(phone: Phone, evening: Evening, question: int) -> None:
    set_status(evening.helene, "unpaid")
    assert phone.scan(evening.helene)["reason"] == "unpaid"
    phone.scan(evening.alone, answers=[{"question": question, "choice": 0}])
    assert phone.scan(evening.alone)["reason"] == "already_admitted"


def test_refused_guest_leaves_no_answer(phone: Phone, evening: Evening, question: int) -> None:
    set_status(evening.helene, "void")
    phone.scan(evening.helene, answers=[{"question": question, "choice": 0}])
    assert answered() == []


def test_whole_party_is_asked_guest_by_guest(phone: Phone, evening: Evening, question: int) -> None:
    asked = phone.scan(evening.helene, party=True)["questions"]
    assert [one["ticket"] for one in asked] == ["0001", "0002"]
    first = phone.scan(evening.helene, party=True, answers=[{"question": question, "ticket": "0002", "choice": 1}])
    assert [one["ticket"] for one in first["questions"]] == ["0001"]  # what was said is kept
    both = phone.scan(evening.helene, party=True, answers=[{"question": question, "choice": 0}])
    assert (both["verdict"], both["admitted"]) == ("admitted", 2)
    assert answered() == [(1, 0), (2, 1)]


def test_answer_for_somebody_elses_ticket_counts_nothing(phone: Phone, evening: Evening, question: int) -> None:
    phone.scan(evening.helene, answers=[{"question": question, "ticket": "0003", "choice": 0}])
    assert answered() == []


@pytest.mark.parametrize("choice", [2, 99])
def test_answer_that_is_no_choice_leaves_the_question_open(
    phone: Phone, evening: Evening, question: int, choice: int
) -> None:
    assert phone.scan(evening.helene, answers=[{"question": question, "choice": choice}])["verdict"] == "needs"


ILL_MADE = [
    {"question": 1},
    {"question": 1, "choice": -1},
    {"question": "1", "choice": 0},
    {"question": 1, "choice": True},
]


@pytest.mark.parametrize("answers", [7, {"1": 0}, ["fish"], "x" * 20000, *([one] for one in ILL_MADE)])
def test_malformed_answers_are_refused(phone: Phone, evening: Evening, answers: object) -> None:
    one = {"scan_id": str(uuid4()), "code": evening.helene, "answers": answers}
    assert phone.post("scans", {"scans": [one]}).status_code == 422
    assert count(Scan) == 0


# ---- without a network ----


def queued(code: str, answers: object, scan_id: str) -> Asked:
    return {
        "scan_id": scan_id,
        "hash": tokens.digest(code),
        "proof": codes.proof(code),
        "offline": True,
        "answers": answers,
    }


def test_box_carries_the_open_questions_and_loses_them_when_answered(
    phone: Phone, evening: Evening, question: int
) -> None:
    told = fetch(phone)
    box = boxes.unseal(evening.helene, line(told, evening.helene)["box"])
    assert box["questions"] == [{"id": question, "text": TEXT, "choices": CHOICES}]
    assert "Main course" not in str(told)
    phone.scan(evening.helene, answers=[{"question": question, "choice": 0}])
    later = fetch(phone, told["cursor"])
    assert boxes.unseal(evening.helene, line(later, evening.helene)["box"])["questions"] == []


def test_queued_scan_brings_its_sealed_answers(phone: Phone, evening: Evening, question: int) -> None:
    scan_id = str(uuid4())
    sealed = boxes.seal_answers(evening.helene, [{"question": question, "choice": 1}], scan_id)
    (result,) = phone.post("scans", {"scans": [queued(evening.helene, sealed, scan_id)]}).json["results"]  # type: ignore[index]
    assert result["verdict"] == "admitted"
    assert answered() == [(1, 1)]


@pytest.mark.parametrize("wrong", ["another ticket", "another scan", "rubbish"])
def test_answers_sealed_for_something_else_are_left_aside(
    phone: Phone, evening: Evening, question: int, wrong: str
) -> None:
    scan_id, said = str(uuid4()), [{"question": question, "choice": 1}]
    sealed = {
        "another ticket": boxes.seal_answers(evening.marc, said, scan_id),
        "another scan": boxes.seal_answers(evening.helene, said, str(uuid4())),
        "rubbish": "no base64",
    }[wrong]
    phone.post("scans", {"scans": [queued(evening.helene, sealed, scan_id)]})
    assert (answered(), count(Admission)) == ([], 1)


def test_guest_let_in_without_a_network_is_in_though_a_question_came_up(
    phone: Phone, evening: Evening, question: int
) -> None:
    phone.post("scans", {"scans": [queued(evening.helene, [], str(uuid4()))]})
    assert (count(Admission), count(Conflict)) == (1, 0)
    (found,) = questions.of_event(evening.event_id)
    assert (list(found.counts), found.missing) == ([0, 0], 3)


@pytest.mark.both_engines
def test_first_answer_stays(evening: Evening, question: int) -> None:
    with transaction():
        still_open = questions.open_at_door(evening.event_id)
        for choice in (1, 0):
            questions.write_down(still_open, [questions.Given(question, still_open[0].ticket_id, choice)], "guest")
    assert answered() == [(1, 1)]


# ---- the organiser's page ----

FORM = {"text_en": "May we photograph you?", "choices_en": "Yes\nNo", "text_fr": "", "choices_fr": "Oui\nNon"}


def test_organiser_asks_and_ends(organiser: FlaskClient, phone: Phone, evening: Evening) -> None:
    assert submit(organiser, evening, "questions", **FORM)[0] == 303
    kept = db.session.scalars(select(Question)).one()
    assert kept.choices == [{"en": "Yes", "fr": "Oui"}, {"en": "No", "fr": "Non"}]
    page = organiser.get(f"/manage/{evening.slug}/door/questions?lang=en").text
    assert "May we photograph you?" in page
    assert phone.scan(evening.alone)["verdict"] == "needs"
    assert submit(organiser, evening, f"questions/{kept.id}/end")[0] == 303
    assert phone.scan(evening.alone)["verdict"] == "admitted"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text_en": ""}, "Write the question."),
        ({"choices_en": "Yes"}, "two to eight answers"),
        ({"choices_fr": "Oui"}, "as many answers here"),
        ({"choices_en": "Yes\n" + "No" * 40}, "too long for a button"),
    ],
)
def test_mistakes_are_said_and_nothing_is_asked(
    organiser: FlaskClient, evening: Evening, wrong: dict[str, str], said: str
) -> None:
    status, page = submit(organiser, evening, "questions?lang=en", **(FORM | wrong))
    assert (status, said in page) == (422, True)
    assert db.session.scalars(select(Question)).all() == []
