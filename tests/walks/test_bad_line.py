"""A line that breaks, or another language in between: nothing typed is lost, shown untrue or sent twice."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from events.core.db import db
from payments.orders.models import Order
from tests.support.evening import System, open_evening

pytestmark = pytest.mark.browser

NO_CONNECTION = "No connection just now"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser's only page."""
    with browser.new_page(locale="en-GB") as page:
        yield page


def orders(system: System) -> int:
    """How many there are."""
    with system.looking():
        return db.session.scalars(select(func.count(Order.id))).one()


def test_a_line_that_breaks_loses_nothing_and_shows_no_old_total(system: System, page: Page) -> None:
    evening, before = open_evening(system), orders(system)
    page.goto(f"{system.url}{evening.form}?lang=en")
    page.get_by_label("Extra gift").fill("300")
    page.get_by_label("Your name").fill("Alice Sample")
    page.get_by_label("E-mail").fill("alice.sample@example.org")
    bill, seats = page.locator("#bill"), page.get_by_role("spinbutton", name="seat", exact=True)
    seats.fill("1")
    expect(bill).to_contain_text("1 ×")
    page.context.set_offline(True)
    seats.fill("2")
    expect(bill).to_contain_text(NO_CONNECTION)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("alert")).to_contain_text(NO_CONNECTION)
    page.context.set_offline(False)
    expect(bill).to_contain_text("2 ×")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.goto(f"{system.url}/?lang=en")
    page.go_back()
    expect(page.get_by_label("Extra gift")).to_have_value("300")
    expect(bill).to_contain_text("2 ×")
    page.get_by_role("button", name="Continue to payment").dblclick()
    expect(page.get_by_role("button", name="Pay", exact=True)).to_be_visible()
    assert orders(system) == before + 1


def test_an_answer_that_is_lost_costs_no_seat_and_nothing_typed(system: System, page: Page) -> None:
    evening, before = open_evening(system), orders(system)
    page.goto(f"{system.url}/?lang=en")
    page.goto(f"{system.url}{evening.form}?lang=en")
    page.get_by_role("spinbutton", name="seat", exact=True).fill("2")
    page.get_by_label("Your name").fill("Alice Sample")
    page.get_by_label("E-mail").fill("alice.sample@example.org")

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            assert route.fetch(max_redirects=0).status == 303  # the order is placed, and nobody hears of it
            route.abort("connectionreset")
        else:
            route.fallback()

    page.route(f"{system.url}{evening.form}?**", lose)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_label("Your name")).to_have_count(0)  # the browser's own page: there is no connection
    page.unroute_all()
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value("Alice Sample")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("button", name="Pay", exact=True)).to_be_visible()
    assert orders(system) == before + 1


def test_another_language_keeps_what_was_typed(system: System, page: Page) -> None:
    page.goto(f"{system.url}{open_evening(system).form}?lang=en")
    page.get_by_role("spinbutton", name="seat", exact=True).fill("2")
    page.get_by_label("Your name").fill("Alice Sample")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_label("Votre nom")).to_have_value("Alice Sample")
    expect(page.locator("#bill")).to_contain_text("2 ×")
    page.get_by_label("Votre nom").press("Enter")  # goes on to the payment, and not to the first button of the header
    expect(page.get_by_role("alert")).to_contain_text("courriel")
