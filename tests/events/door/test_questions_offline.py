"""A question that must be answered at the door, while there is no network: asked, kept locked, and sent on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from events.core.assets import place
from events.core.db import db, transaction
from events.door.models import Admission, Conflict
from events.guests import questions
from events.guests.models import Answer
from events.tickets.models import Ticket
from tests.events.door.test_questions import CHOICES, TEXT
from tests.support.phones import Cast, enter, full_house

pytestmark = pytest.mark.browser

CARRIES = f"async () => await (await import('{place()}/js/door/store.js')).recall('cursor') !== undefined"
QUEUE = f"async () => await (await import('{place()}/js/door/store.js')).all('queue')"


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        with transaction():
            questions.new_question(cast.event_id, TEXT, CHOICES, at_door=True)
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    """A phone that has its list, and no server any more."""
    with browser.new_page(viewport={"width": 360, "height": 640}, locale="en-GB") as page:
        enter(page, cast, "Door A")
        page.wait_for_function(CARRIES)
        cast.house.close()
        yield page


def show(page: Page, code: str) -> None:
    page.get_by_label("Ticket code").fill(code)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Please ask")).to_be_visible(timeout=15000)


def count(what: type[Admission] | type[Conflict]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(what.id))) or 0


def test_a_question_is_asked_without_a_network_and_its_answer_sent_on(page: Page, cast: Cast) -> None:
    show(page, cast.codes[0])
    expect(page.get_by_text("Main course?")).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("heading", name="Not let in")).to_be_visible()  # nobody must think that the guest is in
    page.get_by_role("button", name="Next ticket").click()
    assert page.evaluate(QUEUE) == []  # nobody is in before there is an answer
    show(page, cast.codes[1])
    page.get_by_role("button", name="Vegetables").click()
    expect(page.get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    expect(page.get_by_text("1 to send")).to_be_visible()
    (kept,) = page.evaluate(QUEUE)
    assert "code" not in kept
    assert isinstance(kept["answers"], str)  # locked: the phone itself cannot read it again
    page.get_by_role("button", name="Next ticket").click()
    cast.house.open()
    expect(page.get_by_text("to send")).to_be_hidden(timeout=30000)
    assert (count(Admission), count(Conflict)) == (1, 0)
    said = select(Ticket.code, Answer.choice).join(Answer, Answer.ticket_id == Ticket.id)
    assert db.session.execute(said).all() == [(cast.codes[1], 1)]
    show(page, cast.codes[0])  # who was not asked before is asked now
    page.get_by_role("button", name="Fish").click()
    expect(page.get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    assert count(Admission) == 2
