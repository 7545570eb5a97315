"""The phone's own Back closes what is open and returns to the scanner; it leaves the door only when pressed twice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.phones import Cast, enter, full_house, scan

pytestmark = pytest.mark.browser

LEAVING = "Go back once more to leave the door"


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    """A phone that was elsewhere before it came to the door."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    page.goto("about:blank#elsewhere")
    enter(page, cast, "Door A")
    page.evaluate("window.sameDoor = true")
    yield page
    page.close()


def back_at_the_scanner(page: Page) -> None:
    """Nothing is open, nothing was loaded anew, and no PIN is asked for."""
    page.evaluate("history.back()")
    expect(page.get_by_label("Ticket code")).to_be_visible()
    expect(page.locator("#after")).to_be_hidden()
    expect(page.get_by_text(LEAVING)).to_be_hidden()
    assert page.evaluate("window.sameDoor")


def show(page: Page, code: str) -> None:
    """Type a code, and stay with the verdict."""
    page.get_by_label("Ticket code").fill(code)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#after")).to_be_visible()


def test_back_closes_one_thing_after_the_other(page: Page, cast: Cast) -> None:
    for _ in range(2):
        show(page, cast.codes[0])
        back_at_the_scanner(page)
    page.get_by_role("button", name="Search by name").click()
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    back_at_the_scanner(page)
    show(page, cast.codes[0])
    page.locator("#after").get_by_role("button", name="Search by name").click()
    back_at_the_scanner(page)
    scan(page, cast.codes[1])


def test_back_ends_practice_after_its_verdict(page: Page) -> None:
    page.get_by_role("button", name="Practice").click()
    page.get_by_role("button", name="A good ticket").click()
    expect(page.locator("#after")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("button", name="A good ticket")).to_be_visible()
    back_at_the_scanner(page)


def test_at_the_scanner_back_warns_and_leaves_the_second_time(page: Page) -> None:
    page.evaluate("history.back()")
    expect(page.get_by_text(LEAVING)).to_be_visible()
    page.evaluate("setTimeout(() => history.back())")  # the page goes away under the question
    page.wait_for_url("about:blank#elsewhere")


def test_the_warning_passes_and_the_door_is_held_again(page: Page, cast: Cast) -> None:
    page.evaluate("history.back()")
    expect(page.get_by_text(LEAVING)).to_be_visible()
    show(page, cast.codes[0])
    expect(page.get_by_text(LEAVING)).to_be_hidden()
    back_at_the_scanner(page)
    page.evaluate("history.back()")
    expect(page.get_by_text(LEAVING)).to_be_visible()
    expect(page.get_by_text(LEAVING)).to_be_hidden(timeout=8000)
    page.evaluate("history.back()")
    expect(page.get_by_text(LEAVING)).to_be_visible()
