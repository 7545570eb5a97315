"""A scan reads what it needs and no more, also before PostgreSQL knows how large its tables are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine.interfaces import DBAPICursor

from events.catalogue.models import Event
from events.core import direct, engines
from events.core.db import db, transaction
from tests.events.door.conftest import Evening, PairPhone, seats

PAGES = 200  # of 8 kB; the whole evening below fills thousands


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_scan_does_not_read_the_whole_evening(
    app: Flask, evening: Evening, pair: PairPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = _guests(evening, parties=80)
    phone, looks = pair("Door A"), _looks(monkeypatch)
    assert phone.scan(codes[7])["table"] == {"arrived": 1, "expected": 8}
    plan = _explained("ANALYZE, BUFFERS, ", looks)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < PAGES


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_way_to_read_that_was_chosen_when_few_were_in_does_not_read_all_who_are(
    app: Flask, evening: Evening, pair: PairPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL keeps the plan of a question that is asked again and again while the house fills."""
    codes = _guests(evening, parties=200)
    phone, looks = pair("Door A"), _looks(monkeypatch)
    for code in codes[:60]:
        phone.scan(code)
    db.session.connection().exec_driver_sql("ANALYZE")
    assert _read_whole(_explained("", looks)).isdisjoint({"ticket", "guest", "party", "presence"})


def _guests(evening: Evening, parties: int) -> list[str]:
    """So many parties of eight, each at a table; their codes."""
    with transaction() as session:
        dinner = session.get_one(Event, evening.event_id)
        guests = [guest for number in range(parties) for guest in seats(dinner, f"Party {number}", 8)]
        for number, guest in enumerate(guests):
            guest.table_name = str(number // 8)
        return [guest.ticket.code for guest in guests]


def _looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Every statement that goes to the driver itself, from now on."""
    looks: list[tuple[str, Any]] = []
    run = direct.Written.run

    def note(written: direct.Written, cursor: DBAPICursor, values: direct.Values) -> list[direct.Row]:
        looks.append((written.text, written.given(values)))
        return run(written, cursor, values)

    monkeypatch.setattr(direct.Written, "run", note)
    return looks


def _explained(how: str, looks: list[tuple[str, Any]]) -> dict[str, Any]:
    """PostgreSQL's plan for the question that stands before every scan."""
    statement, values = next(one for one in looks if "token_digest" in one[0])
    with engines.reader(db.engine).connect() as connection:
        told = connection.exec_driver_sql(f"EXPLAIN ({how}FORMAT JSON) {statement}", values)
        return dict(told.scalar_one()[0]["Plan"])


def _read_whole(plan: dict[str, Any]) -> set[str]:
    """Tables that a plan reads from beginning to end."""
    mine = {plan["Relation Name"]} if plan["Node Type"] == "Seq Scan" else set()
    return mine.union(*map(_read_whole, plan.get("Plans", [])))
