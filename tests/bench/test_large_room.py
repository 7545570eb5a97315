"""5,000 guests at 600 tables: how long the guest list and the plan take, and 2,000 guests to be imported.

`make bench` prints it. The numbers of queries are promises; times are a report.
"""

import io
import re
import statistics
from collections.abc import Callable, Iterator
from html import unescape
from time import perf_counter, process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as listening
from sqlalchemy import insert, select, update

from events.catalogue.models import Event, Quota
from events.core.db import db, transaction
from events.guests.models import Guest, Party
from events.seating import proposals, tables
from events.seating.models import DiningTable, Seat
from events.tickets import issuing
from events.tickets.models import Ticket
from tests.support.staff import NOON, Staff, make_app, set_the_table

GUESTS, TABLES, ROWS, TURNS = 5_000, 600, 2_000, 9
FIRST = ("Hélène", "Somchai", "Maria", "Đặng", "Luc", "ณัฐพงษ์", "Siobhán", "Paolo")


@pytest.fixture
def hall(sqlite_url: str) -> Iterator[Staff]:
    app: Flask = make_app(sqlite_url)
    staff = set_the_table(app)
    with app.app_context():
        with transaction() as session:
            session.execute(update(Quota).values(size=20_000))
            for _turn in range(TABLES // 100):
                tables.add_tables(1, 100, 9, "round")
        _fill()
    yield staff
    with app.app_context():
        db.engine.dispose()


def _fill() -> None:
    with transaction() as session:
        kind = session.get_one(Event, 1).ticket_types[0].id
        parties = [
            Party(event_id=1, name=f"{FIRST[n % 8]} Party {n}", email=f"p{n}@example.org", phone="", language="fr",
                  booking=f"B{n:04}", created_at=NOON)
            for n in range(GUESTS // 2)
        ]  # fmt: skip
        session.add_all(parties)
        session.flush()
        made = issuing.issue(1, parties[0].id, [issuing.Place(kind, None)] * GUESTS)
        for number, ticket in enumerate(made):
            ticket.party_id, ticket.guest_name = parties[number // 2].id, f"{FIRST[number % 8]} Guest {number}"
        session.flush()
        session.execute(
            insert(Guest),
            [{"party_id": one.party_id, "ticket_id": one.id, "note": "", "allergies": []} for one in made],
        )


def _seat_everybody() -> None:
    with transaction() as session:
        guests = session.scalars(select(Guest.id).order_by(Guest.id)).all()
        seats = session.scalars(select(Seat.id).join(DiningTable).where(DiningTable.event_id == 1).order_by(Seat.id))
        pairs = [{"id": seat, "guest_id": one} for seat, one in zip(seats, guests, strict=False)]
        session.execute(update(Seat), pairs)


def _timed(browser: FlaskClient, address: str, asked: list[str]) -> tuple[float, float, int, int]:
    """Milliseconds at the median, on the clock and of the processor; queries of one answer; kilobytes."""
    browser.get(address)
    times, worked, size = [], [], 0
    for _turn in range(TURNS):
        asked.clear()
        began, idle = perf_counter(), process_time()
        answer = browser.get(address)
        times.append((perf_counter() - began) * 1000)
        worked.append((process_time() - idle) * 1000)
        assert answer.status_code == 200
        size = len(answer.data)
    return (
        statistics.median(times),
        statistics.median(worked),
        sum(one.startswith("SELECT") for one in asked),
        size // 1024,
    )


def test_five_thousand_guests_at_six_hundred_tables(hall: Staff, note: Callable[..., None]) -> None:
    asked: list[str] = []
    with hall.app.app_context():
        began = perf_counter()
        shown = proposals.for_event(1)
        print(f"\na proposal for {shown.guests} guests: {perf_counter() - began:.1f} s")
        db.session.rollback()
        _seat_everybody()
        listening.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    pages = {
        "guest list": "/manage/dinner/guests",
        "guest list, last page": "/manage/dinner/guests?page=100",
        "guest list, searched": "/manage/dinner/guests?q=helene+42",
        "guest list, narrowed": "/manage/dinner/guests?show=missing&diet=any",
        "plan of tables": "/manage/dinner/seating",
    }
    with hall.signed_in("organiser") as browser:
        for name, address in pages.items():
            median, worked, queries, size = _timed(browser, address, asked)
            print(f"{name:24} {median:6.0f} ms ({worked:.0f} of the processor), {queries} queries, {size} kB")
            note(f"{GUESTS:,} guests: {name}", worked, "ms CPU")
            assert queries <= 12, name


def test_two_thousand_guests_imported(hall: Staff, note: Callable[..., None]) -> None:
    rows = "".join(f"{FIRST[n % 8]} New {n};n{n}@example.org;Group {n // 3};{n % 500 + 1}\n" for n in range(ROWS))
    file = io.BytesIO(f"name;email;party;table\n{rows}".encode())
    with hall.signed_in("organiser") as browser:
        began = perf_counter()
        page = browser.post("/manage/dinner/guests/import", data={"file": (file, "guests.csv"), "kind": "seat-dinner"})
        looked = perf_counter()
        hidden = re.findall(r'name="(rows|shown|kind)" value="([^"]*)"', page.text)
        values = {name: unescape(value) for name, value in hidden}
        took, idle = perf_counter(), process_time()
        answer = browser.post("/manage/dinner/guests/import/confirmation", data=values)
        done, worked = perf_counter(), process_time() - idle
    assert answer.status_code == 303
    with hall.app.app_context():
        assert len(db.session.scalars(select(Ticket.id).where(Ticket.event_id == 1)).all()) == GUESTS + ROWS
    note(f"{ROWS:,} guests imported", worked, "s CPU")
    spans = f"{looked - began:.1f} s to look at, {done - took:.1f} s to take over, {worked:.1f} of them work"
    print(f"\n{ROWS} guests: {spans}")
