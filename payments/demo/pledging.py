"""Gifts and promises in the demonstration's room: plainly invented people at the tables of the past evening."""

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, end_reading, transaction
from events.seating import tables
from events.seating.tables import Wanted
from events.table_codes import coding
from events.table_codes.models import TableCode
from payments.checkout import begin, watching
from payments.checkout.begin import Buyer
from payments.gateway.sandbox import remote
from payments.pledges import appeals, course, paying, reminding
from payments.pledges.course import Promise
from payments.pledges.models import Pledge

GIVEN = ((1, 500_000, Buyer("Luc Inventé", "luc.invente@example.org", "", "fr"), True),
         (2, 300_000, Buyer("Priya Sample", "priya.sample@example.org", "", "en"), False))  # fmt: skip
"""Table, minor units, who, and whether the room may know."""

PAID_LATER = Promise(1_000_000, Buyer("Jean Fictif", "jean.fictif@example.org", "", "fr"), is_shown=True)
STILL_OPEN = Promise(300_000, Buyer("Malee Somchue", "malee.somchue@example.org", "", "th"))
RAISED_A_HAND = Promise(500_000, Buyer("", "", "", "en"), paddle="27")
A_MISTAKE = Promise(5_000_000, Buyer("", "", "", "en"), paddle="72")


def prepare(event_id: int) -> None:
    """Codes for every table, and a screen."""
    with transaction():
        appeals.prepare(event_id)


def give_in_the_room(event_id: int, stand_in: str, treasurer: str) -> None:
    """The evening's hour of giving: two pay at the table, two promise, two raise a hand, one of these by mistake."""
    with transaction():
        for number, table in enumerate(tables.add_tables(event_id, 4, 8, "round"), start=1):
            tables.change_table(table, Wanted(number, 8, "round", {1: "Jasmin", 2: "Lotus"}.get(number, "")))
    prepare(event_id)
    with transaction():
        terms = appeals.Terms("gifts", True, True, remind_days=7, remind_times=1, lapse_days=0)
        appeals.agree(db.session.get_one(Event, event_id), terms, treasurer)
    for number, amount, giver, is_shown in GIVEN:
        with transaction():
            _order, attempt_id = paying.give(_code(event_id, number), amount, giver, is_shown=is_shown)
        _pay(attempt_id, stand_in)
    with transaction():
        course.promise(_code(event_id, 1), PAID_LATER, "demo-paid-later")
        course.promise(_code(event_id, 3), STILL_OPEN, "demo-still-open")
        course.promise(_code(event_id, 2), RAISED_A_HAND, "demo-paddle", treasurer)
        mistaken = course.promise(_code(event_id, 2), A_MISTAKE, "demo-mistake", treasurer)
        course.withdraw(mistaken, "paddle 27 was read as 72", treasurer)


def follow_up(event_id: int, stand_in: str, treasurer: str) -> None:
    """A week later: one pays by the link in the letter, the others are reminded, the paddle brings cash."""
    with transaction():
        _order, attempt_id = paying.pay_by_card(_pledge(event_id, "demo-paid-later").token)
    if attempt_id is not None:
        _pay(attempt_id, stand_in)
    reminding.look()
    with transaction():
        paying.money_is_here(_pledge(event_id, "demo-paddle"), "cash", "brought to the office", treasurer)


def _code(event_id: int, number: int) -> TableCode:
    found = (code for code in coding.of_event(event_id) if code.table and code.table.number == number)
    return next(found)


def _pledge(event_id: int, form_key: str) -> Pledge:
    return db.session.scalars(select(Pledge).where(Pledge.event_id == event_id, Pledge.form_key == form_key)).one()


def _pay(attempt_id: int, stand_in: str) -> None:
    end_reading()
    session = begin.open_session(attempt_id)
    if session is None:
        raise RuntimeError("the stand-in did not open a session")
    remote.control(stand_in, "pay", {"session": session.id, "outcome": "pay"})
    watching.poll(attempt_id)
