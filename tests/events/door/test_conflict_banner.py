"""The sentence about guests whom the server would not have let in: read once, it makes room; the facts stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect
from sqlalchemy import func, select

from events.core.db import db
from events.door.models import Conflict
from tests.support.chromium import driver
from tests.support.phones import Cast, full_house, pair, phone, scan, show

pytestmark = pytest.mark.browser

REFUSED = "guest admitted without a connection was refused"


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    with driver() as playwright:
        yield playwright


@pytest.fixture
def phones(cast: Cast, playwright: Playwright, tmp_path: Path) -> Iterator[tuple[Page, Page]]:
    """Two phones at two doors."""
    with phone(playwright, tmp_path / "a") as one, phone(playwright, tmp_path / "b") as other:
        yield pair(one, cast, "Door A"), pair(other, cast, "Door B")


def admit_twice(cast: Cast, phones: tuple[Page, Page], code: str) -> None:
    """Both phones let the same guest in while there is no server, and tell it afterwards."""
    cast.house.close()
    for page in phones:
        scan(page, code)
        expect(page.get_by_text("1 to send")).to_be_visible()
    cast.house.open()
    for page in phones:
        expect(page.get_by_text("to send")).to_be_hidden(timeout=30000)
        expect(page.get_by_text("Online", exact=True)).to_be_visible(timeout=30000)


def test_a_volunteer_puts_a_conflict_away_and_hears_of_the_next(cast: Cast, phones: tuple[Page, Page]) -> None:
    for count, code in enumerate(cast.codes[:2], 1):
        admit_twice(cast, phones, code)
        (told,) = (page for page in phones if page.get_by_text(REFUSED).is_visible())
        expect(told.get_by_text(f"1 {REFUSED}")).to_be_visible()
        told.get_by_role("button", name="Understood").click()
        expect(told.locator("#offline")).to_be_hidden()
        assert db.session.scalar(select(func.count(Conflict.id))) == count
        db.session.rollback()


def test_a_conflict_is_told_although_the_line_breaks_before_the_rest_is_brought(
    cast: Cast, phones: tuple[Page, Page]
) -> None:
    one, other = phones
    twice, once = cast.codes[:2]
    cast.house.close()
    for page in phones:
        scan(page, twice)
    show(other, once, "Admitted")
    other.get_by_role("button", name="Undo").click()
    expect(other.get_by_text("3 to send")).to_be_visible()
    other.route("**/door/api/*", lambda route: route.abort())
    cast.house.open()
    expect(one.get_by_text("Online", exact=True)).to_be_visible(timeout=30000)
    other.route("**/door/api/undo*", lambda route: route.abort(), times=1)
    other.unroute("**/door/api/*")
    expect(other.get_by_text(f"1 {REFUSED}")).to_be_visible(timeout=60000)
