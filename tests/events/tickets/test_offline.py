"""A ticket in a hall without a network: kept once it was opened, on its guest's phone alone, forgotten when void."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.events.tickets.conftest import ADDRESS, Seat, becomes, ticket_of
from tests.support.phones import House
from tests.support.servers import free_port

pytestmark = pytest.mark.browser

KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    found[name] = (await cache.keys()).map(one => new URL(one.url).pathname);
  }
  return found;
}"""
SCOPES = "async () => (await navigator.serviceWorker.getRegistrations()).map(one => new URL(one.scope).pathname)"


@dataclass
class Evening:
    """The service, the guest's ticket in it, and a phone."""

    house: House
    guest: FlaskClient
    phone: BrowserContext
    address: str

    def open(self) -> Page:
        """The ticket in a new window of the phone."""
        page = self.phone.new_page()
        page.goto(f"{self.address}{ADDRESS}?lang=en")
        return page


@pytest.fixture
def evening(seat: Seat, browser: Browser) -> Iterator[Evening]:
    """A ticket that was opened once, with the network there."""
    port = free_port()
    guest = seat("ณัฐพงษ์ ศรีสุวรรณ", PUBLIC_URL=f"http://127.0.0.1:{port}")
    house = House(guest.application, port)
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    evening = Evening(house, guest, phone, f"http://127.0.0.1:{port}")
    house.open()
    try:
        page = evening.open()
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        page.close()
        yield evening
    finally:
        phone.close()
        house.close()


def test_opened_once_it_opens_without_a_network(evening: Evening) -> None:
    evening.house.close()
    page = evening.open()
    expect(page.get_by_text("ณัฐพงษ์ ศรีสุวรรณ").first).to_be_visible()
    page.get_by_role("link", name="Show the code in full").click()
    full = page.locator(".code-full")
    expect(full).to_be_visible()
    expect(full).to_be_focused()
    box = full.bounding_box()
    assert box and (box["width"], box["height"]) == (390, 844)
    assert full.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"
    page.keyboard.press("Escape")
    expect(full).to_be_hidden()


def test_only_this_page_and_what_everybody_may_have_is_kept(evening: Evening) -> None:
    page = evening.open()
    page.goto(f"{evening.address}{ADDRESS}/guest?lang=en")
    page.goto(f"{evening.address}/e/dinner?lang=en")
    kept = page.evaluate(KEPT)
    assert list(kept) == [f"bonsoir-ticket {ADDRESS}"]
    assert page.evaluate(SCOPES) == [ADDRESS]
    own = [path for path in kept[f"bonsoir-ticket {ADDRESS}"] if not path.startswith(("/static/", "/accent/"))]
    assert own == [ADDRESS]
    evening.house.close()
    for other in (f"{ADDRESS}/guest", "/e/dinner", "/t/another-secret"):
        with pytest.raises(Error):
            page.goto(f"{evening.address}{other}?lang=en")


def test_void_ticket_is_forgotten_as_soon_as_the_network_says_so(evening: Evening) -> None:
    becomes(evening.guest, "void")
    page = evening.open()
    expect(page.get_by_text("Not valid")).to_be_visible()
    assert ticket_of(evening.guest)[1] not in page.content()
    page.wait_for_function("async () => (await caches.keys()).length === 0")
    assert page.evaluate(SCOPES) == []
    evening.house.close()
    with pytest.raises(Error):
        evening.open()
