"""The drawer: two people count it without seeing each other, both sign, and it is closed once."""

import hashlib
import re

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from events.catalogue.models import Event
from events.core.db import db, end_reading, transaction
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from payments.box_office import closing, drawers
from payments.box_office.models import Drawer, DrawerCount, DrawerPaper, DrawerSignature
from payments.ledger.models import DOOR_CASH, OVER_SHORT, JournalEntry
from payments.orders.models import Order
from payments.refunds import requesting
from tests.payments.box_office.conftest import Door, Person
from tests.support import world as w

EXPECTED = "฿3,500"  # two seats, and change of 500


@pytest.fixture
def counters(door: Door) -> tuple[Person, Person]:
    """A treasurer and a volunteer before a drawer with 3,500 baht, the count begun."""
    treasurer, volunteer = door.person("treasurer", "Thida Count"), door.person("door", "Noi Door")
    assert treasurer.press("float", float="500").status_code == 303
    door.phone(name="Blue phone").sold(seats=2)
    assert volunteer.press("count").status_code == 303
    return treasurer, volunteer


def drawer(door: Door) -> Drawer:
    """As it stands now."""
    end_reading()
    return db.session.get_one(Drawer, door.world.event_id)


def test_nobody_sees_the_others_figure_nor_what_to_find_before_both_have_counted(
    door: Door, counters: tuple[Person, Person]
) -> None:
    treasurer, volunteer = counters
    assert treasurer.counts(b1000=3, b500=1).status_code == 303
    for page in (volunteer.page(), treasurer.page()):
        assert "฿3,000" not in page
        assert "Expected" not in page
    assert EXPECTED not in volunteer.page()
    assert treasurer.counts(b1000=3).status_code == 409
    volunteer.counts(b1000=3, b100=5)
    for page in (volunteer.page(), treasurer.page()):
        assert "Exactly what was expected" in page


def test_both_sign_the_same_and_the_drawer_is_closed(door: Door, counters: tuple[Person, Person]) -> None:
    for one in counters:
        one.counts(b1000=3, b500=1)
    assert counters[0].signs().status_code == 303
    assert drawer(door).status == "counting"
    assert counters[0].signs().status_code == 409
    assert counters[1].signs().status_code == 303
    closed = drawer(door)
    assert (closed.status, closed.expected, closed.counted) == ("closed", 350_000, 350_000)
    assert (door.on(DOOR_CASH), door.on(OVER_SHORT), door.violations()) == (300_000, 0, [])
    answer = door.phone().sell()
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "cash_closed")
    assert door.phone(comp=True).get("sales").json["ways"] == ["card", "comp"]  # type: ignore[index]
    assert door.phone().get("sales").json["drawer"] == "closed"  # type: ignore[index]
    signed = select(TrailEntry.action, TrailEntry.actor).where(
        TrailEntry.action.in_(("drawer.signed", "drawer.closed"))
    )
    acts = [(action, actor.partition(":")[0]) for action, actor in db.session.execute(signed.order_by(TrailEntry.id))]
    assert acts == [("drawer.signed", "account"), ("drawer.signed", "account"), ("drawer.closed", "account")]


def test_a_difference_is_explained_and_booked(door: Door, counters: tuple[Person, Person]) -> None:
    for one in counters:
        one.counts(b1000=3, b100=4)
    assert "฿100 less than expected" in counters[1].page()
    assert counters[1].signs().status_code == 422
    assert counters[1].signs("A note was given out twice").status_code == 303
    assert counters[0].signs().status_code == 303
    assert (drawer(door).explanation, door.on(DOOR_CASH)) == ("A note was given out twice", 290_000)
    assert (door.on(OVER_SHORT), door.violations()) == (10_000, [])
    end_reading()
    entry = db.session.scalars(select(JournalEntry).filter_by(ext_kind=closing.ENTRY)).one()
    assert entry.journal == "cash"


def test_counts_that_differ_are_made_again(door: Door, counters: tuple[Person, Person]) -> None:
    counters[0].counts(b1000=3, b500=1)
    counters[1].counts(b1000=3)
    assert "do not agree" in counters[1].page()
    assert counters[0].signs().status_code == 409
    assert counters[1].press("again", round="1").status_code == 303
    assert counters[0].press("again", round="1").status_code == 409
    assert "฿3,000" not in counters[0].page()
    for one in counters:
        assert one.counts(b1000=3, b500=1).status_code == 303
    assert (counters[0].signs().status_code, counters[1].signs().status_code) == (303, 303)


def test_a_third_person_neither_counts_nor_signs(door: Door, counters: tuple[Person, Person]) -> None:
    third = door.person("organiser", "Third Person")
    for one in counters:
        one.counts(b1000=3, b500=1)
    assert third.counts(b1000=3).status_code == 409
    statement = re.findall(r'name="statement" value="(\w+)"', counters[0].page())[0]
    assert third.press("signatures", statement=statement).status_code == 403
    assert 'name="statement"' not in third.page()


def test_cash_that_went_back_is_not_expected_and_a_signature_before_it_counts_no_more(
    door: Door, counters: tuple[Person, Person]
) -> None:
    for one in counters:
        one.counts(b1000=3, b500=1)
    counters[0].signs()
    with transaction():
        order = db.session.scalars(select(Order)).one()
        wish = requesting.Wish("key", "account:1", {order.lines[0].id: "all"})
        requesting.request(order.id, wish)
    assert "฿1,500 more than expected" in counters[1].page()
    assert counters[1].signs("The guest is still waiting for it").status_code == 303
    assert drawer(door).status == "counting"
    assert counters[0].signs().status_code == 303
    assert (drawer(door).expected, door.on(DOOR_CASH), door.violations()) == (200_000, 300_000, [])


def test_the_count_is_given_up_and_cash_is_taken_again(door: Door, counters: tuple[Person, Person]) -> None:
    counters[0].counts(b1000=3)
    assert door.phone().sell().status_code == 409
    assert counters[1].press("selling").status_code == 404
    assert counters[0].press("selling").status_code == 303
    assert door.phone().sold()["status"] == "paid"
    counters[1].press("count")
    assert counters[0].counts(b1000=5).status_code == 303


def test_the_record_is_kept_as_it_was_issued(door: Door, counters: tuple[Person, Person]) -> None:
    for one in counters:
        one.counts(b1000=3, b100=4)
    assert counters[0].get("/record.pdf").status_code == 404
    counters[0].signs("A note was given out twice")
    counters[1].signs()
    first = counters[0].get("/record.pdf")
    assert (first.status_code, first.mimetype) == (200, "application/pdf")
    with pypdfium2.PdfDocument(first.data) as document:
        words = " ".join(page.get_textpage().get_text_range() for page in document)
    for word in ("Thida Count", "Noi Door", "A note was given out twice", "Blue phone (Noi)"):
        assert word in words
    assert hashlib.sha256(first.data).hexdigest() in counters[0].page()
    with transaction() as session:
        session.execute(update(Event).values(title={"en": "Another", "fr": "Un autre", "th": "อื่น"}))
    assert counters[1].get("/record.pdf").data == first.data


def test_a_server_that_dies_before_the_record_is_printed_prints_it_later(
    door: Door, counters: tuple[Person, Person]
) -> None:
    for one in counters:
        one.counts(b1000=3, b500=1)
    counters[0].signs()
    with transaction() as session:
        event = session.get_one(Event, door.world.event_id)
        statement = closing.find_statement(session.get_one(Drawer, event.id))
        assert statement is not None
        assert closing.sign(event, counters[1].id, statement.digest, "")
    end_reading()
    assert db.session.get(DrawerPaper, door.world.event_id) is None
    assert counters[1].get("/record.pdf").status_code == 200
    end_reading()
    assert db.session.get(DrawerPaper, door.world.event_id) is not None


def test_who_runs_the_evening_or_its_money_opens_the_drawer(door: Door) -> None:
    for role in ("owner", "organiser", "treasurer", "door"):
        person, opens = door.person(role, "Somebody"), role != "door"
        assert person.press("float", float="500").status_code == (303 if opens else 404)
        assert ("Change brought" in person.page()) is opens
    door.phone(name="Blue phone").sold(seats=2)
    treasurer = door.person("treasurer", "Thida Count")
    assert EXPECTED not in treasurer.page()  # whoever opens it may count it, and is to find what is there


def test_wrong_figures_are_said_and_nothing_is_kept(door: Door, counters: tuple[Person, Person]) -> None:
    answer = counters[0].press("counts", **{"piece-100000": "three"})
    assert (answer.status_code, "Please give a whole number" in answer.text, 'value="three"' in answer.text) == (
        422, True, True,
    )  # fmt: skip
    end_reading()
    assert db.session.scalars(select(func.count(DrawerCount.id))).one() == 0


def test_counts_signatures_and_records_are_never_changed(door: Door, counters: tuple[Person, Person]) -> None:
    for one in counters:
        one.counts(b1000=3, b500=1)
    for one in counters:
        one.signs()
    end_reading()
    for table in (DrawerCount, DrawerSignature, DrawerPaper):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(update(table).values(event_id=2))


@pytest.mark.both_engines
def test_two_who_close_at_once_close_it_once(house: Flask) -> None:
    house.config["WTF_CSRF_ENABLED"] = False
    door = Door(house, w.furnish())
    people = [door.person(role, role) for role in ("treasurer", "door")]
    door.phone().sold(seats=2)
    people[0].press("count")
    for one in people:
        one.counts(b1000=2)
    people[0].signs("one note is missing")
    statement = re.findall(r'name="statement" value="(\w+)"', people[1].page())[0]
    end_reading()

    def close(_number: int) -> str:
        try:
            with transaction() as session:
                event = session.get_one(Event, door.world.event_id)
                return "closed" if closing.sign(event, people[1].id, statement, "") else "signed"
        except Refusal as refusal:
            return refusal.code

    assert sorted(w.in_threads(house, 4, close)) == ["closed", "not_counting", "not_counting", "not_counting"]
    assert (door.on(OVER_SHORT), door.violations()) == (100_000, [])


@pytest.mark.both_engines
def test_cash_that_comes_while_the_count_begins_is_either_counted_or_refused(house: Flask) -> None:
    door = Door(house, w.furnish())
    phone = door.phone()
    phone.sold()

    def act(number: int) -> str:
        if number:
            return str(phone.sell().status_code)
        with transaction() as session:
            drawers.begin_count(session.get_one(Event, door.world.event_id), "account:1")
        return "begun"

    answers = w.in_threads(house, 4, act)
    assert set(answers) <= {"begun", "201", "409"}
    assert door.on(DOOR_CASH) == 150_000 * (1 + answers.count("201"))
