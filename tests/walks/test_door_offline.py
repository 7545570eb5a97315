"""An evening whose server goes away: two phones go on, one of them is even restarted, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from sqlalchemy import func, select

from events.core.assets import place
from events.core.db import db
from events.door.models import Admission, Conflict, Scan
from events.tickets.models import Ticket
from tests.support.chromium import driver
from tests.support.phones import Cast, full_house, kill, pair, phone, reopen, scan

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

EACH, COMMON = 30, 5
KEPT = """async () => {
  const store = await import("/static/js/door/store.js");
  const names = ["tickets", "queue", "seen", "asking"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await store.count(name)])));
}""".replace("/static", place())


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=15) as cast:
        yield cast


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with driver() as playwright:
        yield playwright


def counted(what: type[Admission] | type[Conflict] | type[Scan]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(what.id))) or 0


def test_two_phones_go_on_without_a_server_and_nothing_is_lost(
    cast: Cast, playwright: Playwright, tmp_path: Path
) -> None:
    first, second = cast.codes[:EACH], cast.codes[EACH - COMMON : 2 * EACH - COMMON]
    with phone(playwright, tmp_path / "b") as door_b:
        other = pair(door_b, cast, "Door B")
        with phone(playwright, tmp_path / "a") as door_a:
            page = pair(door_a, cast, "Door A")
            cast.house.close()
            for code in first[:20]:
                scan(page, code)
            expect(page.get_by_text("20 to send")).to_be_visible()
            scan(page, first[3], "Already admitted")
            scan(page, "A" * 26, "Not valid")
            kill(tmp_path / "a")
        for code in second:
            scan(other, code)
        with phone(playwright, tmp_path / "a") as door_a:
            page = reopen(door_a, cast)
            expect(page.get_by_text("20 to send")).to_be_visible(timeout=20000)
            for code in first[20:]:
                scan(page, code)
            assert page.evaluate(KEPT)["queue"] == EACH
            assert counted(Scan) == 0
            cast.house.open()
            for one in (page, other):
                expect(one.get_by_text("to send")).to_be_hidden(timeout=60000)
                expect(one.get_by_text("Online", exact=True)).to_be_visible(timeout=30000)
                assert one.evaluate(KEPT)["queue"] == 0
    assert counted(Scan) == 2 * EACH
    assert counted(Admission) == 2 * EACH - COMMON
    assert counted(Conflict) == COMMON
    in_conflict = select(Ticket.code).join(Conflict, Conflict.ticket_id == Ticket.id)
    assert set(db.session.scalars(in_conflict)) == set(first) & set(second)
