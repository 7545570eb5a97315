"""A guest without a code: found by name or number, looked at, and let in; noted, and only with a network."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.door.models import Admission, Scan
from events.guests import questions
from events.guests.models import Answer
from tests.events.door.conftest import Evening, PairPhone, Phone, set_status
from tests.events.door.test_questions import CHOICES, TEXT
from tests.support.phones import Cast, enter, full_house

HELENE = {"ticket": "0001", "name": "Hélène Moreau"}


def let_in(phone: Phone, scan_id: str = "", **fields: object) -> tuple[int, dict[str, Any]]:
    """What the door says to number and name."""
    response = phone.post("guests", HELENE | {"scan_id": scan_id or str(uuid4())} | fields)
    assert response.json is not None
    return response.status_code, response.json


def count(what: type[Admission] | type[Scan]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(what.id))) or 0


def test_number_and_name_let_one_guest_in_once(phone: Phone, evening: Evening) -> None:
    status, answer = let_in(phone)
    assert (status, answer["verdict"], answer["admitted"], answer["guest"]["table"]) == (200, "admitted", 1, "2")
    assert let_in(phone)[1]["reason"] == "already_admitted"
    assert phone.scan(evening.helene)["reason"] == "already_admitted"
    assert count(Admission) == 1
    noted = db.session.scalars(select(TrailEntry).filter_by(action="door.admitted_by_name")).all()
    assert [entry.actor.partition(":")[0] for entry in noted] == ["device", "device"]


def test_a_lost_reply_is_asked_for_again_and_admits_once(phone: Phone, evening: Evening) -> None:
    scan_id = str(uuid4())
    first = let_in(phone, scan_id)
    assert let_in(phone, scan_id) == first
    assert (count(Admission), count(Scan)) == (1, 1)


@pytest.mark.parametrize("wrong", [{"name": "Somchai Dee"}, {"name": ""}, {"ticket": "0003"}, {"ticket": "9999"}])
def test_a_number_with_another_name_lets_nobody_in(phone: Phone, evening: Evening, wrong: dict[str, str]) -> None:
    assert let_in(phone, **wrong)[0] == 404
    assert (count(Admission), count(Scan)) == (0, 0)


def test_another_evenings_guest_is_not_found(pair: PairPhone, evening: Evening) -> None:
    assert let_in(pair(event_id=evening.event_id + 1))[0] == 404
    assert count(Admission) == 0


@pytest.mark.parametrize("wrong", [{"ticket": 1}, {"ticket": "one"}, {"name": None}, {"scan_id": "no"}, {"at": 7}])
def test_what_is_malformed_is_refused(phone: Phone, evening: Evening, wrong: dict[str, object]) -> None:
    response = phone.post("guests", HELENE | {"scan_id": str(uuid4())} | wrong)
    assert response.status_code == 422


def test_who_has_not_paid_is_not_let_in_and_a_void_ticket_is_nobodys(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "unpaid")
    assert let_in(phone)[1]["reason"] == "unpaid"
    set_status(evening.helene, "void")
    assert let_in(phone)[0] == 404


def test_a_question_is_asked_first(phone: Phone, evening: Evening) -> None:
    with transaction():
        question = questions.new_question(evening.event_id, TEXT, CHOICES, at_door=True).id
    assert let_in(phone)[1]["verdict"] == "needs"
    assert let_in(phone, answers=[{"question": question, "choice": 1}])[1]["verdict"] == "admitted"
    assert db.session.scalars(select(Answer.choice)).all() == [1]


def test_without_a_token_nobody_is_let_in(phone: Phone, evening: Evening) -> None:
    phone.headers = {}
    assert let_in(phone)[0] == 401


# ---- on the phone ----


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1, names=["Mali Example"]) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    with browser.new_page(viewport={"width": 360, "height": 640}, locale="en-GB") as page:
        enter(page, cast, "Door A")
        yield page


@pytest.mark.browser
def test_a_typed_number_finds_its_guest_who_is_let_in_by_a_press(page: Page, cast: Cast) -> None:
    page.get_by_label("Ticket code").fill("4")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Let in: Mali Example").click()
    expect(page.get_by_role("status").get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Mali Example")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").get_by_role("heading", name="Undone")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    page.get_by_role("button", name="Search by name").click()
    page.get_by_label("Name", exact=True).fill("mali")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Let in: Mali Example").first.click()
    expect(page.get_by_role("status").get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
