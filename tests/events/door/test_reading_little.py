"""A scan reads what it needs and no more, also before PostgreSQL knows how large its tables are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from events.catalogue.models import Event
from events.core.db import db, transaction
from tests.events.door.conftest import Evening, PairPhone, seats

PAGES = 200  # of 8 kB; the whole evening below fills thousands


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_scan_does_not_read_the_whole_evening(app: Flask, evening: Evening, pair: PairPhone) -> None:
    with transaction() as session:
        dinner = session.get_one(Event, evening.event_id)
        guests = [guest for number in range(80) for guest in seats(dinner, f"Party {number}", 8)]
        for number, guest in enumerate(guests):
            guest.table_name = str(number // 8)
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        asked.append((statement, values))

    phone = pair("Door A")
    event.listen(db.engine, "before_cursor_execute", note)
    assert phone.scan(guests[7].ticket.code)["table"] == {"arrived": 1, "expected": 8}
    event.remove(db.engine, "before_cursor_execute", note)
    looks = [one for one in asked if "token_digest" in one[0]]
    assert len(looks) == 1
    statement, values = looks[0]
    told = db.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
    plan = told.scalar_one()[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < PAGES
