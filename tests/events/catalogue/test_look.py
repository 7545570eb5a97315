"""Public pages in a real browser: axe has nothing to say, the policy refuses nothing, and they are light."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Response
from sqlalchemy import update

from events.core.db import db
from payments.orders.models import Order
from tests.events.catalogue.conftest import changes, evening
from tests.support.servers import answering, free_port
from tests.support.staff import make_app, sell

AXE = (Path(__file__).parents[2] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
HEAVIEST = 60_000
"""Bytes of the event page compressed, fonts apart."""

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Site:
    """Where the pages are."""

    address: str
    ticket: str

    @property
    def pages(self) -> tuple[str, ...]:
        """Every kind of public page."""
        return (
            "/?lang=en",
            "/e/dinner?lang=en",
            "/e/dinner/order?lang=en&gift=1000",
            "/o/token-of-PAID1?lang=en",
            "/o/token-of-HELD1?lang=en",
            f"/t/{self.ticket}?lang=en",
        )


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """The application that knows the port it will be served on, with CSRF on."""
    app = make_app(sqlite_url, PUBLIC_URL=f"http://127.0.0.1:{free_port()}")
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        engine = db.engine
    yield app
    engine.dispose()


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    """Its pages, with an evening, a paid order and one that waits."""
    address = app.config["PUBLIC_URL"]
    ticket = _stock(app)
    with answering(app, int(address.rsplit(":", 1)[1])):
        yield Site(address, ticket)


def _stock(app: Flask) -> str:
    with changes(app):
        evening()
        paid = sell("dinner", "PAID1", "A donor", [("A donor", "no nuts"), (None, "")], gift=200_000)
        sell("dinner", "HELD1", "Another", [(None, "")], paid_at=None, status="held")
        assert paid.lines[0].ticket
        return paid.lines[0].ticket.token


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """What a test opened in it is shut before the next."""
    yield chromium
    for context in chromium.contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_please_axe_and_the_policy(site: Site, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, reduced_motion="reduce")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(site.address) else None)
    for path in site.pages:
        page.emulate_media(color_scheme="light")
        page.goto(site.address + path, wait_until="load")
        assert _violations(page) == [], path
        page.emulate_media(color_scheme="dark")
        assert _violations(page, ["color-contrast"]) == [], f"{path} in the dark"
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    assert said == []


def _violations(page: Page, rules: list[str] | None = None) -> list[object]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules ? {runOnly: rules} : {})", rules)
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]]


def test_event_page_is_light(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{site.address}/e/dinner?lang=fr", wait_until="networkidle")
    weights = {one.url: len(gzip.compress(one.body())) for one in answers if not one.url.endswith(".woff2")}
    assert len(weights) >= 6
    assert sum(weights.values()) <= HEAVIEST, weights


def test_bill_follows_the_form_and_buttons_fill_the_gift(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site.address}/e/dinner/order?lang=en", wait_until="networkidle")
    assert page.get_by_role("button", pressed=True).count() == 0
    assert not page.get_by_role("button", name="Show the total").is_visible()
    page.get_by_role("button", name="One more: A seat [en]").click(click_count=2)
    page.locator("[data-amounts] button").last.click()
    page.get_by_label("Cover the card fees").check()
    bill = page.locator("#bill")
    bill.get_by_text("Card fees", exact=True).wait_for()
    assert page.get_by_label("Extra gift").input_value() == "1000"
    assert "2 × A seat [en]" in bill.inner_text()
    assert "6,000" not in bill.locator("dd.sum").inner_text()  # 5,000 and 1,000, and the fees on top


def test_without_a_script_the_server_shows_the_total(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/e/dinner/order?lang=en")
    page.get_by_label("A seat [en]", exact=True).fill("2")
    page.get_by_label("Your name").fill("A donor")
    page.get_by_role("button", name="Show the total").click()
    assert "5,000" in page.locator("#bill dd.sum").inner_text()
    assert page.get_by_label("Your name").input_value() == "A donor"
    context.close()


def test_page_that_waits_notices_by_itself_when_the_money_came(site: Site, browser: Browser, app: Flask) -> None:
    page = browser.new_page()
    page.goto(f"{site.address}/o/token-of-HELD1?lang=en")
    assert page.get_by_role("heading", level=1).inner_text() == "Almost there"
    with changes(app):
        db.session.execute(update(Order).where(Order.code == "HELD1").values(status="expired"))
    page.get_by_role("heading", level=1, name="The time ran out").wait_for(timeout=10_000)
