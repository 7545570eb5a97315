"""A scan reads what it needs and no more, also before PostgreSQL knows how large its tables are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine.interfaces import DBAPICursor

from events.catalogue.models import Event
from events.core import direct
from events.core.db import db, transaction
from tests.events.door.conftest import Evening, PairPhone, seats

PAGES = 200  # of 8 kB; the whole evening below fills thousands


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_scan_does_not_read_the_whole_evening(
    app: Flask, evening: Evening, pair: PairPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        dinner = session.get_one(Event, evening.event_id)
        guests = [guest for number in range(80) for guest in seats(dinner, f"Party {number}", 8)]
        for number, guest in enumerate(guests):
            guest.table_name = str(number // 8)
    phone = pair("Door A")
    looks: list[tuple[str, Any]] = []
    run = direct.Written.run

    def note(written: direct.Written, cursor: DBAPICursor, values: direct.Values) -> list[direct.Row]:
        looks.append((written.text, written.given(values)))
        return run(written, cursor, values)

    monkeypatch.setattr(direct.Written, "run", note)
    assert phone.scan(guests[7].ticket.code)["table"] == {"arrived": 1, "expected": 8}
    statement, values = next(one for one in looks if "token_digest" in one[0])
    told = db.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
    plan = told.scalar_one()[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < PAGES
