"""The plan as its organisers use it: with forms alone, and refused to everybody else."""

import re

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from sqlalchemy import func, select, update

from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.guests.models import Guest
from events.seating import plan, wishes
from events.seating.models import Catering, KitchenSheet, Seat
from events.tickets.models import Ticket
from tests.events.seating.conftest import guest, table
from tests.support.staff import Staff

PLAN = "/manage/dinner/seating"


def seated(staff: Staff) -> dict[int, int]:
    """Table numbers by ticket number."""
    with staff.app.app_context():
        return {int(one.number): found.number for found in plan.tables(1) for one in found.seated}


def ids(staff: Staff, *numbers: int) -> list[int]:
    with staff.app.app_context():
        return [guest(number) for number in numbers]


def tables_of(staff: Staff) -> dict[int, int]:
    with staff.app.app_context():
        return {number: table(number) for number in (1, 2)}


def post(browser: FlaskClient, address: str, **values: object) -> tuple[int, str]:
    answer = browser.post(f"/manage/dinner/{address}", data=values)
    return answer.status_code, answer.text


def text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
        return " ".join(" ".join(pages).split())
    finally:
        document.close()


def test_guests_are_seated_swapped_and_sent_away_by_forms_alone(staff: Staff) -> None:
    (first, fourth), at = ids(staff, 1, 4), tables_of(staff)
    with staff.signed_in("organiser") as browser:
        assert f'data-table="{at[1]}"' in browser.get(f"{PLAN}?table={at[1]}&guest={first}").text
        assert post(browser, "seating/moves", guest=first, seen="", table=at[1], party="1")[0] == 303
        assert seated(staff) == {1: 1, 2: 1, 3: 1}
        assert post(browser, "seating/swaps", guest=first, seen=at[1], number="0004")[0] == 303
        assert seated(staff) == {4: 1, 2: 1, 3: 1}
        assert post(browser, "seating/moves", guest=fourth, seen=at[1], table="")[0] == 303
    assert seated(staff) == {2: 1, 3: 1}


def test_the_slower_organiser_sees_the_room_as_it_stands(staff: Staff) -> None:
    (first,), at = ids(staff, 1), tables_of(staff)
    with staff.signed_in("organiser") as one:
        assert post(one, "seating/moves", guest=first, seen="", table=at[1])[0] == 303
    with staff.signed_in("owner") as other:
        status, page = post(other, "seating/moves", guest=first, seen="", table=at[2])
    assert (status, "Somebody else has just changed this" in page) == (409, True)
    assert seated(staff) == {1: 1}


def test_what_is_no_number_is_refused_in_words(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert post(browser, "seating/moves", guest="１", seen="", table="x")[0] == 422
        status, page = post(browser, "seating/tables", count="500", places="8", shape="round")
        assert (status, "Please give a whole number from 1 to 100" in page) == (422, True)


def test_tables_are_added_changed_pushed_and_removed(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert post(browser, "seating/tables", count="2", places="10", shape="long")[0] == 303
        with staff.app.app_context():
            third = plan.tables(1)[2]
        values = {
            "number": "30",
            "places": "8",
            "shape": "round",
            "name": "Jasmine",
            "host": "A bank",
            "x": "40",
            "y": "50",
        }
        assert post(browser, f"seating/tables/{third.id}", **values)[0] == 303
        seen = {"seen_x": "40", "seen_y": "50"}
        assert post(browser, f"seating/tables/{third.id}/position", x="90", y="95", **seen)[0] == 303
        assert post(browser, f"seating/tables/{third.id}/position", x="1", y="1", **seen)[0] == 409
        with staff.app.app_context():
            changed = next(one for one in plan.tables(1) if one.id == third.id)
            assert (changed.label, len(changed.places), changed.x, changed.y) == ("30 · Jasmine", 8, 90, 95)
        assert post(browser, f"seating/tables/{third.id}/removal")[0] == 303
    with staff.app.app_context():
        assert [one.number for one in plan.tables(1)] == [1, 2, 4]


def test_wishes_and_a_proposal_go_through_the_pages(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert post(browser, "seating/wishes", guest="0004", kind="next_to", other="0006")[0] == 303
        assert post(browser, "seating/wishes", guest="0006", kind="not_with", other="0004")[0] == 409
        assert post(browser, "seating/wishes", guest="0004", kind="next_to", other="0999")[0] == 422
        page = browser.get(f"{PLAN}/proposal").text
        guests = re.findall(r'name="guests" value="([0-9,]+)"', page)
        numbers = re.findall(r'name="table"[^>]*value="([0-9]*)"', page)
        assert (len(guests), "every wish is met" in page) == (3, True)
        assert browser.post(f"{PLAN}/proposal", data={"guests": guests, "table": numbers}).status_code == 303
        assert "met" in browser.get(f"{PLAN}/wishes").text
        with staff.app.app_context():
            (wish,) = wishes.of_event(1)
        assert post(browser, f"seating/wishes/{wish.id}/removal")[0] == 303
    assert len(seated(staff)) == 7


@pytest.mark.parametrize("who", ["treasurer", "door", "stranger", "nobody"])
def test_only_owner_and_organiser_see_or_change_the_room(staff: Staff, who: str) -> None:
    (first,), at = ids(staff, 1), tables_of(staff)
    pages = ("", "/wishes", "/proposal", "/cards.pdf", "/tables.pdf")
    others = ("kitchen", "kitchen/sheet.pdf", "tonight", "tonight.pdf", "settlement.pdf", "guests.csv", "guests/1")
    with staff.signed_in(who) as browser:
        assert {browser.get(PLAN + page).status_code for page in pages} == {404}
        assert {browser.get(f"/manage/dinner/{page}").status_code for page in others} == {404}
        for address in ("moves", "swaps", "tables", f"tables/{at[1]}", f"tables/{at[1]}/removal", "wishes", "proposal"):
            assert post(browser, f"seating/{address}", guest=first, seen="", table=at[1])[0] == 404
        assert post(browser, "kitchen/sheets")[0] == 404
    assert seated(staff) == {}


def test_the_plan_asks_few_questions_however_large_the_room(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        for _turn in range(2):
            assert post(browser, "seating/tables", count="60", places="8", shape="round")[0] == 303
        asked: list[str] = []
        with staff.app.app_context():
            listening.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        assert browser.get(PLAN).text.count('class="rt"') == 122
    assert len([one for one in asked if one.startswith("SELECT")]) <= 12


def test_cards_bear_the_alias_and_lists_do_too(staff: Staff) -> None:
    (first, third), at = ids(staff, 1, 3), tables_of(staff)
    with staff.app.app_context(), transaction():
        db.session.get_one(Guest, first).alias = "Madame H."
    with staff.signed_in("organiser") as browser:
        post(browser, "seating/moves", guest=first, seen="", table=at[1], party="1")
        values = {"number": "1", "places": "4", "shape": "round", "host": "The Bank", "x": "90", "y": "95"}
        assert post(browser, f"seating/tables/{at[1]}", **values)[0] == 303
        cards, lists = (text(browser.get(f"{PLAN}/{name}.pdf").data) for name in ("cards", "tables"))
    for paper in (cards, lists):
        assert "Madame H." in paper
        assert "Hélène Moreau" not in paper.replace("Guest of Hélène Moreau", "")
        assert "Guest of The Bank" in paper
    assert third


@pytest.mark.parametrize(("language", "word"), [("fr", "Samedi"), ("en", "Saturday"), ("th", "พ.ศ.")])
def test_the_kitchen_reads_its_own_language(staff: Staff, language: str, word: str) -> None:
    (first,), at = ids(staff, 1), tables_of(staff)
    with staff.app.app_context(), transaction() as session:
        one = session.get_one(Guest, first)
        one.diet, one.allergies = "vegan", ["peanuts"]
        session.add(Catering(event_id=1, language=language, cut_off_at=None, dishes_id=None))
    with staff.signed_in("organiser") as browser:
        post(browser, "seating/moves", guest=first, seen="", table=at[1])
        page = text(browser.get("/manage/dinner/kitchen/sheet.pdf").data)
    assert "No peanuts" in page
    assert "Hélène" not in page
    assert word in page


def test_after_the_cut_off_the_kitchen_gets_differences_alone(staff: Staff) -> None:
    (first, fourth), at = ids(staff, 1, 4), tables_of(staff)
    agreed = {"language": "en", "cut_off": "2020-01-01T12:00", "dishes": "0", "guaranteed": "20", "price": "900"}
    with staff.signed_in("organiser") as browser:
        post(browser, "seating/moves", guest=first, seen="", table=at[1], party="1")
        assert post(browser, "kitchen", **agreed)[0] == 303
        assert post(browser, "kitchen/sheets")[0] == 303
        assert "Nothing has changed." in text(browser.get("/manage/dinner/kitchen/sheet.pdf").data)
        post(browser, "seating/moves", guest=fourth, seen="", table=at[2])
        changes = text(browser.get("/manage/dinner/kitchen/sheet.pdf").data)
        given = text(browser.get("/manage/dinner/kitchen/sheets/1.pdf").data)
        assert browser.get("/manage/dinner/kitchen/sheets/2.pdf").status_code == 404
        assert "only what differs from sheet 1" in browser.get("/manage/dinner/kitchen").text
    assert "No peanuts" in given
    assert "No peanuts" not in changes
    assert "differs from sheet 1" in changes
    with staff.app.app_context():
        assert db.session.scalar(select(func.count(KitchenSheet.id))) == 1


@pytest.mark.both_engines
def test_what_the_kitchen_was_given_cannot_be_rewritten(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert post(browser, "kitchen/sheets")[0] == 303
    with staff.app.app_context(), pytest.raises(Exception, match="append-only"), transaction() as session:
        session.execute(update(KitchenSheet).values(given_by="nobody"))


def test_everything_for_tonight_is_one_paper(staff: Staff) -> None:
    (first,), at = ids(staff, 1), tables_of(staff)
    with staff.signed_in("organiser") as browser:
        post(browser, "seating/moves", guest=first, seen="", table=at[1], party="1")
        assert "Print everything for tonight" in browser.get("/manage/dinner/tonight").text
        whole = text(browser.get("/manage/dinner/tonight.pdf").data)
        settled = text(browser.get("/manage/dinner/settlement.pdf").data)
    for title in ("Guests by name", "Guests by table", "Tables", "Settlement with the restaurant"):
        assert title in whole
    assert "Maria Rossi" in whole
    assert re.search(r"Covers given to invited guests\s+7", settled)
    with staff.app.app_context():
        assert "guests.printed" in db.session.scalars(select(TrailEntry.action)).all()


def test_a_void_ticket_has_no_card(staff: Staff) -> None:
    (first,), at = ids(staff, 1), tables_of(staff)
    with staff.signed_in("organiser") as browser:
        post(browser, "seating/moves", guest=first, seen="", table=at[1], party="1")
        with staff.app.app_context(), transaction() as session:
            session.get_one(Ticket, session.get_one(Guest, first).ticket_id).status = "void"
        assert "Hélène Moreau" not in text(browser.get(f"{PLAN}/cards.pdf").data).replace("Guest of Hélène Moreau", "")
    with staff.app.app_context():
        assert db.session.scalar(select(func.count(Seat.guest_id))) == 3
