"""Ticks from paper entered afterwards, and the lists that are mailed by themselves."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.core.trail import TrailEntry
from events.door import board, conflicts, hours, letters, mailing
from events.door.models import Admission
from events.mail.models import Letter
from events.tickets.models import Ticket
from tests.events.door.conftest import Evening, Phone
from tests.events.door.test_manage import token_of


def ticks_form(client: FlaskClient, evening: Evening) -> dict[str, str]:
    """The hidden fields of the page, as a browser has them."""
    page = client.get(f"/manage/{evening.slug}/door/ticks?lang=en").text
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    assert key
    return {"csrf_token": token_of(page), "key": key[1]}


def ticket_id(code: str) -> int:
    return db.session.scalars(select(Ticket.id).where(Ticket.code == code)).one()


def send(client: FlaskClient, evening: Evening, **fields: str) -> int:
    return client.post(f"/manage/{evening.slug}/door/ticks", data=fields).status_code


def test_ticks_become_admissions_with_their_hours_and_who_entered_them(
    organiser: FlaskClient, evening: Evening
) -> None:
    first, second = ticket_id(evening.helene), ticket_id(evening.alone)
    typed = {f"tick-{first}": "1", f"tick-{second}": "1", f"time-{second}": "23:50", "hour": "19:10"}
    form = ticks_form(organiser, evening) | typed
    assert send(organiser, evening, **form) == 303
    rows = db.session.scalars(select(Admission).order_by(Admission.ticket_id)).all()
    zone = ZoneInfo("Asia/Bangkok")
    assert [f"{row.device_at.astimezone(zone):%H:%M}" for row in rows if row.device_at] == ["19:10", "23:50"]
    assert all(row.entered_by and row.device_id is None for row in rows)
    assert board.of_event(evening.event_id).figures["arrived"] == 2
    assert send(organiser, evening, **form) == 303  # the same form once more
    assert len(db.session.scalars(select(Admission)).all()) == 2
    assert conflicts.of_event(evening.event_id) == []
    page = organiser.get(f"/manage/{evening.slug}/door/ticks?lang=en").text
    assert page.count(">from paper<") == 2
    assert "door.ticks_entered" in db.session.scalars(select(TrailEntry.action)).all()


def test_phone_hears_who_was_ticked_and_when(organiser: FlaskClient, phone: Phone, evening: Evening) -> None:
    form = ticks_form(organiser, evening) | {f"tick-{ticket_id(evening.alone)}": "1", "hour": "19:10"}
    send(organiser, evening, **form)
    answer = phone.scan(evening.alone)
    assert (answer["reason"], answer["previous"]["gate"]) == ("already_admitted", "Paper list")


def test_guest_ticked_on_paper_and_let_in_by_a_phone_is_a_conflict(
    organiser: FlaskClient, phone: Phone, evening: Evening
) -> None:
    form = ticks_form(organiser, evening) | {f"tick-{ticket_id(evening.alone)}": "1", "hour": "19:10"}
    phone.scan(evening.alone)  # while the page stood open
    assert send(organiser, evening, **form) == 303
    (case,) = conflicts.of_event(evening.event_id)
    assert {light.device for light in case.lights} == {"Nok’s phone", "paper"}


def test_hours_of_the_door_are_compared_with_the_hour_on_paper(organiser: FlaskClient, evening: Evening) -> None:
    event = db.session.get_one(Event, evening.event_id)
    with transaction():
        hours.set_hours(evening.event_id, event.starts_at - timedelta(hours=1), None)  # a week from now
    local = event.starts_at.astimezone(ZoneInfo(event.time_zone))
    form = ticks_form(organiser, evening) | {f"tick-{ticket_id(evening.alone)}": "1", "hour": f"{local:%H:%M}"}
    send(organiser, evening, **form)
    assert board.of_event(evening.event_id).figures["arrived"] == 1


@pytest.mark.parametrize("typed", [{"hour": "19:10"}, {"tick-1": "1", "hour": ""}, {"tick-1": "1", "hour": "soon"}])
def test_without_a_tick_or_an_hour_nothing_is_entered(
    organiser: FlaskClient, evening: Evening, typed: dict[str, str]
) -> None:
    assert send(organiser, evening, **(ticks_form(organiser, evening) | typed)) == 422
    assert db.session.scalars(select(Admission)).all() == []


def run_job() -> int:
    """One look of the job; how many letters there are afterwards."""
    with pytest.raises(TryLater):
        mailing.mail_lists({})
    return len(db.session.scalars(select(Letter).where(Letter.kind == mailing.LETTER)).all())


def begin_in(evening: Evening, ahead: timedelta) -> None:
    with transaction() as session:
        begins = clock.now() + ahead
        times = {"starts_at": begins, "ends_at": begins + timedelta(hours=4)}
        session.execute(update(Event).where(Event.id == evening.event_id).values(**times))


def test_lists_go_out_two_hours_before_the_doors_and_once(app: Flask, organiser: FlaskClient, evening: Evening) -> None:
    begin_in(evening, timedelta(hours=3))
    assert run_job() == 0
    with transaction():
        hours.set_hours(evening.event_id, clock.now() + timedelta(minutes=119), None)
    assert run_job() == 1
    assert run_job() == 1
    letter = db.session.scalars(select(Letter).where(Letter.kind == mailing.LETTER)).one()
    assert letter.recipient_email == "org@bonsoir.example"
    message = letters.door_lists(letter.args)
    assert [paper.filename for paper in message.attachments] == ["dinner-name.pdf", "dinner-table.pdf"]
    assert all(paper.data.startswith(b"%PDF") for paper in message.attachments)


@pytest.mark.both_engines
def test_evening_without_hours_counts_from_its_beginning_and_ends(
    app: Flask, organiser: FlaskClient, evening: Evening
) -> None:
    begin_in(evening, timedelta(hours=-5))
    assert run_job() == 0
    begin_in(evening, timedelta(minutes=90))
    assert run_job() == 1
