"""Back from the pay page: the form is there as it was filled in, also when it had come as the answer to a button."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from events.catalogue.codes import DiscountCode
from events.core.db import transaction
from tests.support.evening import Evening, System, open_evening

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A telephone's only page."""
    size: ViewportSize = {"width": 390, "height": 844}
    with browser.new_page(locale="en-GB", java_script_enabled=request.param, viewport=size) as page:
        yield page


@pytest.fixture
def evening(system: System) -> Evening:
    """With a code that takes 500 baht off a seat."""
    made = open_evening(system)
    with system.looking(), transaction() as session:
        created = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(DiscountCode(event_id=made.id, code="LANTERN", amount=50_000, created_at=created))
    return made


def fill_in(page: Page, address: str) -> None:
    """Two seats for Alice Sample."""
    page.goto(address)
    page.get_by_role("spinbutton", name="seat", exact=True).fill("2")
    page.get_by_label("Your name").fill("Alice Sample")
    if page.locator(".stepper button").count():  # with the script: its bill moves the buttons beneath
        expect(page.locator("#bill")).to_contain_text("2 ×")


def go_there_and_back(page: Page) -> None:
    """To the pay page, and back by the browser's own button."""
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("button", name="Pay", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value("Alice Sample")
    expect(page.get_by_role("spinbutton", name="seat", exact=True)).to_have_value("2")
    expect(page.get_by_label("E-mail")).to_have_value("alice.sample@example.org")


def test_back_from_the_pay_page_the_form_with_its_code_is_there(system: System, page: Page, evening: Evening) -> None:
    fill_in(page, f"{system.url}{evening.form}?lang=en")
    page.get_by_label("E-mail").fill("alice.sample@example.org")
    page.get_by_text("I have a code").click()
    page.get_by_label("Code", exact=True).fill("lantern")
    page.get_by_role("button", name="Use the code").click()
    expect(page.locator("#bill")).to_contain_text("Code LANTERN")
    expect(page.get_by_label("Code", exact=True)).to_be_in_viewport()  # far down on a telephone
    expect(page.locator("#code-counts")).to_have_text("Code LANTERN: ฿1,000 less, already taken off")
    expect(page.locator("#code-counts")).to_be_in_viewport()
    go_there_and_back(page)
    expect(page.get_by_label("Code", exact=True)).to_have_value("lantern")
    expect(page.locator("#bill")).to_contain_text("Code LANTERN")


def test_back_from_the_pay_page_the_corrected_form_is_there(system: System, page: Page, evening: Evening) -> None:
    fill_in(page, f"{system.url}{evening.form}?lang=en")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_role("alert")).to_contain_text("e-mail")
    page.get_by_label("E-mail").fill("alice.sample@example.org")
    go_there_and_back(page)


def test_the_words_beside_the_code_go_with_what_is_chosen(system: System, page: Page, evening: Evening) -> None:
    page.goto(f"{system.url}{evening.form}?lang=en&code=lantern")
    said, seats = page.locator("#code-counts"), page.get_by_role("spinbutton", name="seat", exact=True)
    expect(said).to_have_text("Code LANTERN is good.")
    seats.fill("1")
    page.get_by_role("button", name="Use the code").click()
    expect(said).to_have_text("Code LANTERN: ฿500 less, already taken off")
    if page.locator(".stepper button").count():  # with the script
        seats.fill("2")
        expect(said).to_have_text("Code LANTERN: ฿1,000 less, already taken off")
        page.get_by_label("Code", exact=True).fill("")
        expect(said).to_be_hidden()


def test_the_number_of_seats_looks_like_a_field_where_nothing_stands_beside_it(
    system: System, page: Page, evening: Evening
) -> None:
    page.goto(f"{system.url}{evening.form}?lang=en")
    seats = page.get_by_role("spinbutton", name="seat", exact=True)
    nothing = "rgba(0, 0, 0, 0)"
    if page.locator(".stepper button").count():
        expect(seats).to_have_css("border-top-color", nothing)
    else:
        expect(seats).not_to_have_css("border-top-color", nothing)
        expect(seats).not_to_have_css("background-color", nothing)
