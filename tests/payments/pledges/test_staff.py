"""Staff pages of pledges: raised hands, reminders, money, reasons; who may do what; what is exported and forgotten."""

import re
from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, end_reading, transaction
from events.table_codes import coding
from payments.exports import offer
from payments.exports.rows import scope_of
from payments.keeping import erasing, personal, promises, purging
from payments.pledges import course
from payments.pledges.models import Appeal, Pledge
from tests.support import world as w
from tests.support.room import open_room, order_of, pledge
from tests.support.staff import Staff

PAGE = "/manage/dinner/pledges"


def pledges(staff: Staff) -> list[tuple[str, str, int]]:
    """Who promised what, and how it stands."""
    with staff.app.app_context():
        rows = db.session.scalars(select(Pledge).order_by(Pledge.id)).all()
        return [(row.who, row.status, row.amount) for row in rows]


def room_code(staff: Staff) -> int:
    """The id of the whole room's code."""
    with staff.app.app_context():
        code = coding.of_room(db.session.scalars(select(Event.id).where(Event.slug == "dinner")).one())
        assert code is not None
        return code.id


@pytest.mark.parametrize("who", ["owner", "organiser", "treasurer"])
def test_staff_write_down_a_raised_hand(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        page = browser.get(PAGE).text
        assert "A raised hand" in page
        raised = {"code": str(room_code(staff)), "paddle": "27", "gift": "5,000", "language": "en", "key": "one page"}
        assert browser.post(f"{PAGE}/by-hand", data=raised).status_code == 303
        assert browser.post(f"{PAGE}/by-hand", data=raised).status_code == 303
        assert pledges(staff) == [("27", "promised", 500_000)]
        nobody = browser.post(f"{PAGE}/by-hand", data=raised | {"paddle": "", "key": "another"})
        assert (nobody.status_code, "a name" in nobody.text) == (422, True)
        assert "5,000" in browser.get(PAGE).text


def test_only_who_keeps_the_money_may_say_that_it_came(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.get(PAGE)
        raised = {"code": str(room_code(staff)), "paddle": "27", "gift": "5000", "language": "en", "key": "k"}
        browser.post(f"{PAGE}/by-hand", data=raised)
        page = browser.get(f"{PAGE}/1").text
        assert "Withdraw the promise" in page
        assert "In cash" not in page
        assert browser.post(f"{PAGE}/1/money", data={"paid": "cash"}).status_code == 404
        assert browser.post(f"{PAGE}/1/invoice").status_code == 404
    with staff.signed_in("door") as browser:
        assert browser.post(f"{PAGE}/1/withdrawal", data={"why": "x"}).status_code == 404
    with staff.signed_in("stranger") as browser:
        assert browser.get(f"{PAGE}/1").status_code == 404
    assert pledges(staff) == [("27", "promised", 500_000)]
    with staff.signed_in("treasurer") as browser:
        said = browser.post(f"{PAGE}/1/money", data={"paid": "cash"}, follow_redirects=True)
        assert "The money is written down" in said.text
        assert browser.post(f"{PAGE}/1/money", data={"paid": "cash"}).status_code == 409
    assert pledges(staff) == [("27", "paid", 500_000)]


def test_a_promise_is_withdrawn_with_a_reason_alone(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.get(PAGE)
        raised = {"code": str(room_code(staff)), "paddle": "27", "gift": "5000", "language": "en", "key": "k"}
        browser.post(f"{PAGE}/by-hand", data=raised)
        assert browser.post(f"{PAGE}/1/withdrawal", data={"why": " "}).status_code == 422
        assert browser.post(f"{PAGE}/1/reminder").status_code == 409  # nobody to write to
        said = browser.post(f"{PAGE}/1/withdrawal", data={"why": "27 was 72"}, follow_redirects=True)
        assert "27 was 72" in said.text
    assert pledges(staff) == [("27", "withdrawn", 500_000)]


def test_another_address_shuts_the_old_screen(staff: Staff) -> None:
    def address() -> str:
        with staff.app.app_context():
            appeal = db.session.scalars(select(Appeal)).one()
            return f"/e/dinner/screen/{appeal.token}"

    with staff.signed_in("organiser") as browser:
        browser.get(PAGE)
        old = address()
        assert browser.get(old).status_code == 200
        assert browser.post(f"{PAGE}/screen").status_code == 303
        assert (browser.get(old).status_code, browser.get(address()).status_code) == (404, 200)
        wrong = {"counts": "gifts", "remind_days": "0", "remind_times": "9", "lapse_days": "1"}
        assert browser.post(f"{PAGE}/terms", data=wrong).status_code == 422


def test_all_papers_of_the_evening_bring_the_cards_along_where_somebody_wants_them(staff: Staff) -> None:
    def words(query: str) -> str:
        with staff.signed_in("organiser") as browser:
            pdf = pypdfium2.PdfDocument(browser.get(f"/manage/dinner/tonight.pdf{query}").data)
        return " ".join("".join(page.get_textpage().get_text_bounded() for page in pdf).split())

    assert "Give for the cause" not in words("")
    assert "Give for the cause" in words("?table_cards=1")


def test_the_file_of_pledges_keeps_promised_and_paid_apart(house: Flask) -> None:
    room = open_room(house)
    room.promise()
    paid, withdrawn = room.promise(amount=70_000), room.promise(amount=90_000)
    room.pay(paid)
    w.pay(order_of(paid))
    with transaction():
        course.withdraw(course.get(room.world.event_id, withdrawn), "a mistake", "account:1")
    export = offer.get_export("pledges")
    assert export.source is not None
    source = export.source(scope_of([room.world.organisation_id], None, None, None), "en")
    with db.engine.connect() as connection:
        rows = [row.cells for row in source.rows(connection, connection.execute(source.query))]
    assert [(row[1], row[4], *row[5:8]) for row in rows] == [
        ("1", "promised", 50_000, 50_000, 0),
        ("1", "paid", 70_000, 0, 70_000),
        ("1", "withdrawn", 90_000, 0, 0),
    ]


def test_whoever_promised_may_be_forgotten_once_nothing_is_owed(house: Flask) -> None:
    room = open_room(house)
    pledge_id, house_id = room.promise(), room.world.organisation_id
    assert [one["status"] for one in personal.of_address(house_id, "CLAIRE@example.org")["promises"]] == ["promised"]
    with pytest.raises(Exception, match="nothing"), transaction():
        erasing.erase(house_id, "claire@example.org", [], "account:1")
    with transaction():
        course.withdraw(course.get(room.world.event_id, pledge_id), "asked to forget", "account:1")
    with transaction():
        erasing.erase(house_id, "claire@example.org", [], "account:1")
    found = pledge(pledge_id)
    assert (found.name, found.email, found.phone, found.amount) == ("", "", "", 50_000)
    end_reading()
    assert promises.of_address(house_id, "claire@example.org") == []


def test_long_after_the_evening_settled_promises_name_nobody(
    house: Flask, turn_clock: Callable[[timedelta], None]
) -> None:
    room = open_room(house)
    open_one, paid = room.promise(), room.promise(email="paul@example.org", is_shown=True)
    room.pay(paid)
    w.pay(order_of(paid))
    turn_clock(timedelta(days=365 * 8))
    purging.purge()
    assert (pledge(open_one).name, pledge(paid).name, pledge(paid).is_shown) == ("Claire Fontaine", "", False)


def test_a_raised_paddle_has_no_receipt_until_somebody_writes_down_a_name(staff: Staff) -> None:
    register = "/treasury/dinner/receipts"
    with staff.signed_in("treasurer") as browser:
        browser.get(PAGE)
        raised = {"code": str(room_code(staff)), "paddle": "27", "gift": "5000", "language": "en", "key": "k"}
        browser.post(f"{PAGE}/by-hand", data=raised)
        browser.post(f"{PAGE}/1/money", data={"paid": "cash"})
        page = browser.get(register).text
        assert "The receipt needs your details first: last name." in page
        assert "No receipt is issued yet." in page
        (code,) = re.findall(r"/receipts/donors/(\w+)\"", page)
        assert browser.post(register, data={"order": code}).status_code == 409
        form = f"{register}/donors/{code}"
        refused = browser.post(form, data={"first_name": "Nid"})
        assert (refused.status_code, "The receipt needs this." in refused.text) == (422, True)
        assert browser.post(form, data={"first_name": "Nid", "last_name": "Suwan"}).status_code == 303
        assert browser.post(register, data={"order": code}).status_code == 303
        page = browser.get(register).text
        assert ("Nid Suwan" in page, "Not issued, and why" in page) == (True, False)
