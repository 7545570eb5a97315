"""One action for many guests: whom it is for, what it does at once or by the worker, and how it is undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.guests.models import Guest
from events.mail.models import Letter
from events.office import batches
from events.office.models import GuestBatch
from events.seating import plan, tables
from events.tickets.models import Ticket
from tests.support.staff import Staff, sell

LIST = "/manage/dinner/guests"
ACTIONS = f"{LIST}/actions"
HERE = {"whom": "page", "here": "1,2,3,4,5,6,7"}


@pytest.fixture
def evening(staff: Staff) -> Staff:
    """Seven guests of three parties at the dinner, one at the ball; two tables of four at the dinner."""
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Hélène Moreau", [("Hélène Moreau", ""), ("Luc Moreau", ""), (None, "")])
        sell("dinner", "BBBBB", "ณัฐพงษ์ ศรีสุวรรณ", [("ณัฐพงษ์ ศรีสุวรรณ", ""), ("Ngô Thị Hương", "")])
        sell("dinner", "CCCCC", "Maria Rossi", [("Maria Rossi", ""), ("Paolo Rossi", "")])
        sell("ball", "ZZZZZ", "Elsewhere", [("Elsewhere", "")])
        tables.add_tables(1, 2, 4, "round")
        db.session.execute(update(Event).values(ends_at=clock.now() + timedelta(days=30)))
    return staff


def do(browser: FlaskClient, act: str, address: str = LIST, **fields: object) -> TestResponse:
    return browser.post(address, data={"act": act, **fields})


def seated(staff: Staff) -> dict[int, int]:
    """Table numbers by ticket number."""
    with staff.app.app_context():
        return {int(one.number): found.number for found in plan.tables(1) for one in found.seated}


def marks(staff: Staff) -> dict[int, str]:
    """Marks by ticket number, where there are any."""
    query = select(Ticket.number, Guest.mark).join(Guest, Guest.ticket_id == Ticket.id)
    with staff.app.app_context():
        found = db.session.execute(query.where(Ticket.event_id == 1, Guest.mark != ""))
        return {row[0]: row[1] for row in found}


def trail(staff: Staff, action: str) -> list[dict[str, object]]:
    with staff.app.app_context():
        return list(db.session.scalars(select(TrailEntry.details).where(TrailEntry.action == action)))


def count(staff: Staff, model: type) -> int:
    with staff.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def set_mark(staff: Staff, number: int, mark: str) -> None:
    with staff.app.app_context(), transaction():
        mine = select(Ticket.id).where(Ticket.event_id == 1, Ticket.number == number)
        db.session.execute(update(Guest).where(Guest.ticket_id.in_(mine)).values(mark=mark))


def test_ticked_guests_are_seated_at_once_and_put_back_as_they_were(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        do(browser, "table", ticket=["2"], to_table="2")
        said = browser.get(do(browser, "table", ticket=["1", "2", "3"], to_table="1").location).text
        assert "3 guests are seated." in said
        assert seated(evening) == {1: 1, 2: 1, 3: 1}
        assert f"{ACTIONS}/2/undo" in said
    with evening.signed_in("owner") as other:
        page = other.get(other.post(f"{ACTIONS}/2/undo").location).text
        assert "3 guests are as before." in page
        assert "Undone by Owner" in page
        assert other.post(f"{ACTIONS}/2/undo").status_code == 303  # twice is nothing
    assert seated(evening) == {2: 2}
    assert trail(evening, "guests.table") == [{"guests": 1, "batch": 1}, {"guests": 3, "batch": 2}]
    assert trail(evening, "guests.undone") == [{"guests": 3, "batch": 2}]


def test_a_party_that_does_not_fit_is_left_out_whole_and_named(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        db.session.execute(update(Ticket).where(Ticket.event_id == 1, Ticket.number == 3).values(status="void"))
    with evening.signed_in("organiser") as browser:
        said = browser.get(do(browser, "table", **HERE, to_table="1").location).text
        assert "4 guests are seated. 3 were left out." in said
        page = browser.get(f"{ACTIONS}/1").text
        assert seated(evening) == {1: 1, 2: 1, 4: 1, 5: 1}
        assert page.count("Too few free seats at the table for those who come together.") == 2
        assert "Paolo Rossi" in page
        assert page.count("The ticket is no longer valid.") == 1
        assert "Hélène Moreau" not in page
        again = browser.get(do(browser, "table", ticket=["1", "4"], to_table="").location).text
        assert "2 guests have left their tables." in again
    assert seated(evening) == {2: 1, 5: 1}


def test_all_that_were_found_are_those_of_the_filter_now(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        changed = do(browser, "mark", f"{LIST}?q=rossi", whom="found", found="9", mark="choir")
        assert "The list has changed meanwhile: 2 guests are found now." in changed.text
        assert 'name="found" value="2"' in changed.text
        assert marks(evening) == {}
        done = do(browser, "mark", f"{LIST}?q=rossi&mark=", whom="found", found="2", mark="choir")
        assert "2 guests are marked." in browser.get(done.location).text
    assert marks(evening) == {6: "choir", 7: "choir"}


def test_letters_to_several_go_out_only_when_their_number_was_read(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        asked = do(browser, "send", **HERE)
        assert "3 letters go out now, one to each party" in asked.text
        assert count(evening, Letter) == 0
        assert do(browser, "send", **HERE, sure="2").status_code == 200  # another number
        page = browser.get(do(browser, "send", **HERE, sure="3").location).text
        assert "The tickets of 7 guests are on their way." in page
        assert "Undo<" not in page
        assert count(evening, Letter) == 3
        refused = browser.post(f"{ACTIONS}/1/undo")
        assert (refused.status_code, "Letters cannot be called back." in refused.text) == (409, True)
        do(browser, "send", ticket=["1"])  # one letter needs no question; within the minute it is the same one
    assert count(evening, Letter) == 3


def test_undo_leaves_whom_somebody_has_changed_since(evening: Staff) -> None:
    set_mark(evening, 1, "board")
    with evening.signed_in("organiser") as browser:
        do(browser, "mark", **HERE, mark="press")
        set_mark(evening, 4, "speaker")
        page = browser.get(browser.post(f"{ACTIONS}/1/undo").location).text
    assert "6 guests are as before." in page
    assert "1 left as they are" in page
    assert "Somebody has changed this since." in page
    assert "ณัฐพงษ์ ศรีสุวรรณ" in page
    assert marks(evening) == {1: "board", 4: "speaker"}


def test_undo_takes_no_place_that_is_taken_and_no_table_that_is_gone(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        do(browser, "table", ticket=["1", "2", "3", "4"], to_table="1")
        do(browser, "table", ticket=["5"], to_table="2")
        with evening.app.app_context(), transaction():
            extra = tables.add_tables(1, 1, 4, "round")[0].id
        do(browser, "table", ticket=["1", "2", "3", "4", "5"], to_table="3")  # too few places together: four stay
        do(browser, "table", ticket=["4", "5"], to_table="3")
        assert seated(evening) == {1: 3, 2: 3, 3: 3, 4: 1, 5: 2}
        do(browser, "table", ticket=["6", "7"], to_table="1")
        with evening.app.app_context(), transaction():
            assert extra == tables.get_by_number(1, 3).id
            tables.change_table(tables.get_by_number(1, 1), tables.Wanted(1, 4, "round"))
        page = browser.get(browser.post(f"{ACTIONS}/3/undo").location).text
    assert "1 guest is as before." in page
    assert page.count("Their seat at the table before is taken.") == 2
    assert seated(evening) == {1: 1, 2: 3, 3: 3, 4: 1, 5: 2, 6: 1, 7: 1}


def test_what_one_may_undo_ends_after_a_day_and_with_the_evening(
    evening: Staff, turn_clock: Callable[[timedelta], None]
) -> None:
    with evening.signed_in("organiser") as browser:
        do(browser, "mark", **HERE, mark="press")
        turn_clock(timedelta(hours=25))
    with evening.signed_in("organiser") as browser:
        assert "Undo</button>" not in browser.get(f"{ACTIONS}/1").text
        assert browser.post(f"{ACTIONS}/1/undo").status_code == 409
        with evening.app.app_context(), transaction():
            db.session.execute(update(Event).values(ends_at=clock.now() + timedelta(hours=1)))
        do(browser, "mark", **HERE, mark="choir")
        turn_clock(timedelta(hours=27))
        assert browser.post(f"{ACTIONS}/2/undo").status_code == 409
    assert marks(evening) == dict.fromkeys(range(1, 8), "choir")


def test_a_form_sent_twice_is_one_action(evening: Staff) -> None:
    fields = {**HERE, "mark": "press", "key": "the-key-of-one-page"}
    with evening.signed_in("organiser") as browser:
        assert do(browser, "mark", **fields).location == do(browser, "mark", **fields).location
    assert count(evening, GuestBatch) == 1


def test_a_long_action_is_the_workers_and_its_page_tells_how_far_it_is(
    evening: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    monkeypatch.setattr(batches, "PORTIONS", 1)
    with evening.signed_in("organiser") as browser:
        page = do(browser, "mark", **HERE, mark="press").location
        shown = browser.get(page).text
        assert page == f"{ACTIONS}/1"
        assert ("0 of 7 dealt with" in shown, 'http-equiv="refresh"' in shown) == (True, True)
        run(evening, 1)
        assert "3 of 7 dealt with" in browser.get(page).text  # a whole party in one portion
        assert "Stop and undo" in browser.get(page).text
        browser.post(f"{page}/undo")
        assert "Being undone: 0 of 3 dealt with" in browser.get(page).text
        run(evening, 9)
        shown = browser.get(page).text
    assert "3 guests are as before." in shown
    assert "refresh" not in shown
    assert marks(evening) == {}


def run(staff: Staff, times: int) -> None:
    """The worker, so many looks at the job."""
    with staff.app.app_context():
        jobs.run_due(jobs.handlers(), times)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "mark"}, "Tick the guests first."),
        ({"act": "mark", "ticket": "99"}, "Tick the guests first."),
        ({"act": "", "ticket": "1"}, "Choose what is to be done."),
        ({"act": "table", "ticket": "1", "to_table": "12"}, "There is no table 12."),
        ({"act": "table", "ticket": "1", "to_table": "VIP"}, "Please give the number of a table."),
    ],
)
def test_what_cannot_be_meant_is_said_above_the_list(evening: Staff, fields: dict[str, str], sentence: str) -> None:
    with evening.signed_in("organiser") as browser:
        answer = browser.post(LIST, data=fields)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert count(evening, GuestBatch) == 0


def test_actions_of_another_evening_are_not_found(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        do(browser, "mark", **HERE, mark="press")
        assert "Set the mark “press”" in browser.get(ACTIONS).text
    with evening.signed_in("stranger") as other:
        assert "press" not in other.get("/manage/ball/guests/actions").text
        assert other.get("/manage/ball/guests/actions/1").status_code == 404
        assert other.post("/manage/ball/guests/actions/1/undo").status_code == 404
        assert other.get("/manage/ball/guests?batch=1").status_code == 404
        assert do(other, "mark", "/manage/ball/guests", ticket=["2"], mark="x").status_code == 422
    assert set(marks(evening).values()) == {"press"}
