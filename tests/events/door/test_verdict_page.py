"""What a verdict offers next: how many of the party are still to come, and the search by name."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import phones
from tests.support.phones import Cast, enter, full_house, scan

pytestmark = pytest.mark.browser

show = partial(phones.show, patience=5_000)


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    enter(page, cast, "Door A")
    yield page
    page.close()


def test_the_button_for_the_party_counts_those_who_are_not_in_yet(page: Page, cast: Cast) -> None:
    first, second, third, _ = cast.codes
    show(page, first, "Admitted")
    expect(page.get_by_role("button", name="Admit the other 3")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    show(page, second, "Admitted")
    page.get_by_role("button", name="Admit the other 2").click()
    expect(page.get_by_text("2 guests admitted with this scan")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    show(page, third, "Already admitted")
    expect(page.get_by_role("button", name="Admit the other")).to_be_hidden()


def test_one_who_was_let_in_already_is_a_press_away_from_the_search(page: Page, cast: Cast) -> None:
    scan(page, cast.codes[0])
    show(page, cast.codes[0], "Already admitted")
    page.locator("#after").get_by_role("button", name="Search by name").click()
    expect(page.get_by_role("heading", name="Search by name")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_without_a_connection_neither_party_nor_search_is_offered(page: Page, cast: Cast) -> None:
    cast.house.close()
    for heading in ("Admitted", "Already admitted"):
        show(page, cast.codes[0], heading)
        expect(page.get_by_text("Checked without a connection")).to_be_visible()
        expect(page.get_by_role("button", name="Admit the other")).to_be_hidden()
        expect(page.locator("#after").get_by_role("button", name="Search by name")).to_be_hidden()
        page.get_by_role("button", name="Next ticket").click()
