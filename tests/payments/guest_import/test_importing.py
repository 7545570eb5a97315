"""A guest list taken over: every row is judged first, then all of it or nothing."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events.core.db import db, transaction
from events.guests.models import Guest, Party
from events.mail.models import Letter
from events.office import writing
from events.seating import plan
from events.tickets.models import Ticket
from payments.auditing import returns, seats
from payments.orders.models import Order
from tests.support.staff import Staff

NO_TABLE = "There is no table 99. Add it on the page Tables first."
IMPORT = "/manage/dinner/guests/import"
KIND = "seat-dinner"


def look(browser: FlaskClient, text: str | bytes, **values: str) -> tuple[int, str]:
    data = text.encode() if isinstance(text, str) else text
    answer = browser.post(IMPORT, data={"file": (io.BytesIO(data), "guests.csv"), "kind": KIND, **values})
    return answer.status_code, unescape(answer.text)


def take_over(browser: FlaskClient, text: str, **values: str) -> tuple[int, str]:
    data = text.encode()
    page = browser.post(IMPORT, data={"file": (io.BytesIO(data), "guests.csv"), "kind": KIND, **values}).text
    found = {
        name: unescape(value) for name, value in re.findall(r'name="(rows|shown|kind|send)" value="([^"]*)"', page)
    }
    answer = browser.post(f"{IMPORT}/confirmation", data=found)
    return answer.status_code, unescape(answer.text)


def sentences(page: str) -> list[str]:
    """What is said to be wrong with the rows."""
    return [
        sentence
        for row in re.findall('<ul class="wrong">(.*?)</ul>', page)
        for sentence in re.findall("<li>([^<]+)", row)
    ]


def count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def test_new_guests_come_as_invited_parties_with_seats_and_letters(staff: Staff) -> None:
    text = (
        "name;email;party;table;diet;allergies;mark\n"
        "Ana Silva;ana@example.org;Silva;1;vegan;peanuts, milk;press\n"
        "Rui Silva;;Silva;1;;;\n"
        "Somchai Dee;somchai@example.org;;2;;;\n"
    )
    with staff.signed_in("organiser") as browser:
        assert take_over(browser, text, send="1")[0] == 303
    with staff.app.app_context():
        order = db.session.scalars(select(Order).where(Order.way == "comp")).one()
        assert (order.total, order.status, len(order.lines)) == (0, "paid", 3)
        parties = db.session.scalars(select(Party).where(Party.booking == order.code).order_by(Party.id)).all()
        assert [(party.name, len(party.guests)) for party in parties if party.guests] == [
            ("Silva", 2),
            ("Somchai Dee", 1),
        ]
        ana = db.session.scalars(select(Guest).join(Ticket).where(Ticket.guest_name == "Ana Silva")).one()
        assert (ana.diet, ana.allergies, ana.mark, ana.table_name) == ("vegan", ["peanuts", "milk"], "press", "1")
        letters = db.session.scalars(select(Letter.recipient_email).where(Letter.kind == "guest_tickets")).all()
        assert sorted(letters) == ["ana@example.org", "somchai@example.org"]
        assert count(Letter, Letter.kind == "order_paid") == 0


def test_rows_with_a_ticket_number_change_what_stands_there_and_nothing_else(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert take_over(browser, "ticket,name,table,note\n0003,Zoé Moreau,2,\n1,,,Wheelchair\n")[0] == 303
    with staff.app.app_context():
        rows = db.session.execute(select(Ticket.guest_name, Guest.note).join(Guest).where(Ticket.event_id == 1)).all()
        assert [tuple(row) for row in rows][:3] == [
            ("Hélène Moreau", "Wheelchair"), ("Luc Moreau", ""), ("Zoé Moreau", ""),
        ]  # fmt: skip
        assert [one.name for one in plan.tables(1)[1].seated] == ["Zoé Moreau"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("0999,Nobody,,,,", "There is no ticket 0999."),
        ("x,Nobody,,,,", "no ticket number"),
        (",,,,,", ""),
        (",,a@example.org,,,", "A new guest needs a name."),
        (",Eve,not an address,,,", "no e-mail address"),
        (",Eve,,,99,", NO_TABLE),
        (",Eve,,,Jasmine,", "no number of a table"),
        (",Eve,,carrots,,", "Nobody knows the diet"),
        (",Eve,,,,xx", "language must be"),
        (",Hélène Moreau,aaaaa@example.org,,,", "on the list already"),
        (f",{'E' * 121},,,,", "too long"),
        (",=1+1,,,,", "formula"),
    ],
)
def test_a_mistake_is_said_at_its_row_and_nothing_is_taken_over(staff: Staff, row: str, sentence: str) -> None:
    text = f"ticket,name,email,diet,table,language\n,Good Guest,,,,\n{row}\n"
    with staff.signed_in("organiser") as browser:
        before = tickets(staff)
        status, page = look(browser, text)
        assert (status, sentence in page) == (200, True)
        offered = "Take over" in page
    assert offered is (sentence == "")
    assert tickets(staff) == before


def tickets(staff: Staff) -> int:
    with staff.app.app_context():
        return count(Ticket)


def test_the_same_guest_twice_is_reported(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = look(browser, "name,email\nEve,eve@example.org\nEVE,Eve@Example.org\n")[1]
        assert "the same guest as in row 2" in page
        assert "the same guest as in row 2" in look(browser, "ticket,name\n1,A\n0001,B\n")[1]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (
            ",,not an address,carrots,kiwi; peanuts; mustard gas,99,xx",
            [
                "A new guest needs a name.",
                "“not an address” is no e-mail address.",
                "The language must be fr, en or th.",
                "Nobody knows the diet “carrots”.",
                "Nobody knows the allergy “kiwi”.",
                "Nobody knows the allergy “mustard gas”.",
                NO_TABLE,
            ],
        ),
        (
            f"0999,{'E' * 121},,,,Jasmine,",
            [
                "There is no ticket 0999.",
                "“Jasmine” is no number of a table.",
                "The column “Name” is too long: at most 120 letters.",
            ],
        ),
        (
            ",Good Guest,=A1&B1,,,99,",
            ["This row has a formula. Replace it by its value.", NO_TABLE],
        ),
        ("=A2,Eve,,,,99,", ["This row has a formula. Replace it by its value.", NO_TABLE]),
        (",=A2,,,,99,", ["This row has a formula. Replace it by its value.", NO_TABLE]),
        (
            ",GOOD guest,,,,,xx",
            ["This is the same guest as in row 2.", "The language must be fr, en or th."],
        ),
    ],
)
def test_everything_that_is_wrong_with_a_row_is_said_at_once(staff: Staff, row: str, wrong: list[str]) -> None:
    text = f"ticket,name,email,diet,allergies,table,language\n,Good Guest,,,,,\n{row}\n"
    with staff.signed_in("organiser") as browser:
        page = look(browser, text)[1]
    assert [one.split(" Known are ")[0] for one in sentences(page)] == wrong
    assert f"There are {len(wrong)} mistakes." in page
    assert "1 new guest, 0 changes, 0 unchanged, 1 row with mistakes" in page


def test_rows_of_whom_nobody_knows_who_they_are_are_not_called_the_same(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = look(browser, "name,note\n,first\n,second\n")[1]
    assert sentences(page) == ["A new guest needs a name."] * 2


def test_what_changed_since_the_preview_is_looked_at_again(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = look(browser, "name\nEve\n")[1]
        values = dict(re.findall(r'name="(shown|kind)" value="([^"]*)"', page))
        values["rows"] = '[[2, {"name": "Mallory"}]]'
        assert browser.post(f"{IMPORT}/confirmation", data=values).status_code == 409
        assert browser.post(f"{IMPORT}/confirmation", data={**values, "rows": "no json"}).status_code == 404
    assert tickets(staff) == 8


def test_more_guests_than_places_are_refused_whole(staff: Staff) -> None:
    text = "name\n" + "".join(f"Guest {number}\n" for number in range(200))
    with staff.signed_in("organiser") as browser:
        assert take_over(browser, text)[0] == 409
        assert take_over(browser, "name,table\n" + "".join(f"Guest {number},1\n" for number in range(5)))[0] == 409
    assert tickets(staff) == 8


def bare(browser: FlaskClient, size: int) -> tuple[int, str]:
    """A file of this size, its body made by hand: the client would leave a temporary file open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="guests.csv"\r\n\r\n'
    body = head + b"x" * size + b"\r\n--x--\r\n"
    answer = browser.post(IMPORT, data=body, content_type="multipart/form-data; boundary=x")
    return answer.status_code, unescape(answer.text)


def test_a_file_of_fifty_megabytes_is_refused_with_a_page(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert bare(browser, 50_000_000)[0] == 413
        status, page = bare(browser, 6_000_000)
        assert (status, "too large" in page) == (422, True)


@pytest.mark.parametrize("who", ["treasurer", "door", "stranger"])
def test_others_import_nothing(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        assert browser.get(IMPORT).status_code == 404
        assert look(browser, "name\nEve\n")[0] == 404
        assert browser.post(f"{IMPORT}/confirmation", data={"rows": "[]"}).status_code == 404


def test_an_exported_list_can_be_imported_again(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        for kind in writing.TYPES:
            data = browser.get(f"/manage/dinner/guests.{kind}", buffered=True).data
            page = look(browser, data)[1]
            assert "0 rows with mistakes" in page
            assert "0 changes, 7 unchanged" in page
            assert "nothing to take over" in page


def test_an_export_holds_no_formula(staff: Staff, app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.scalars(select(Ticket).where(Ticket.number == 1, Ticket.event_id == 1)).one().guest_name = "=1+1"
    with staff.signed_in("organiser") as browser:
        lines = browser.get("/manage/dinner/guests.csv", buffered=True).text
    assert ",'=1+1," in lines
    assert "Elsewhere" not in lines


def test_the_books_hold_after_an_import(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert take_over(browser, "name\nEve\nAdam\n")[0] == 303
    with staff.app.app_context():
        order = db.session.scalars(select(Order).where(Order.way == "comp")).one()
        assert [line.ticket.status for line in order.lines if line.ticket] == ["valid", "valid"]
        assert sum(line.comped for line in order.lines) == 2 * 120_000
        assert list(seats.tickets()) == []
        assert [sentence for sentence in returns.places() if order.code in sentence] == []
