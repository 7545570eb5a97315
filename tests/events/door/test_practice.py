"""Volunteers practise with tickets that do not exist."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.support.phones import Cast, full_house

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 360, "height": 640}, locale="en-GB")
    page.goto(f"http://127.0.0.1:{cast.house.port}/door?lang=en")
    yield page
    page.close()


@pytest.mark.parametrize(
    ("button", "heading", "sentence"),
    [
        ("A good ticket", "Admitted", "A guest who does not exist"),
        ("The same again", "Already admitted", "6 minutes ago"),
        ("Another evening", "Not valid", "This ticket is for another evening."),
        ("Refunded", "Not valid", "This ticket was cancelled or refunded."),
    ],
)
def test_practice_shows_each_verdict_and_asks_nobody(page: Page, button: str, heading: str, sentence: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/door/api/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    page.get_by_role("button", name="Practise first").click()
    expect(page.get_by_text("Practice: nobody is let in")).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(sentence)
    expect(page.get_by_text("Practice: nobody is let in")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    page.get_by_role("button", name="End practice").click()
    expect(page.get_by_role("button", name="Pair this phone")).to_be_visible()
    assert asked == []
