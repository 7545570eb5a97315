"""A guest pays by card on their own phone: the volunteer scans meanwhile, and finds the sale again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.evening import Evening, System
from tests.walks.test_door_sale import choose, fits, read, selling

pytestmark = pytest.mark.browser

WAITING = "A card payment of ฿1,500 is waiting"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, system: System, evening: Evening) -> Page:
    """A phone whose card sale waits for the guest."""
    page = selling(context.new_page(), system, evening)
    choose(page, 1)
    page.get_by_role("button", name="Card", exact=True).click()
    expect(page.get_by_text("Waiting for the payment")).to_be_visible(timeout=20000)
    return page


def scan_something(page: Page) -> None:
    """The next guest's ticket, which is good for nothing."""
    page.get_by_label("Ticket code").fill("Z" * 26)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Not valid", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()


def test_the_phone_scans_while_a_card_is_paid_and_the_line_leads_to_its_tickets(
    page: Page, context: BrowserContext
) -> None:
    address = read(page, "#card-code")
    page.locator("#sale-card").get_by_role("button", name="Back to the tickets").click()
    line = page.get_by_role("button", name=WAITING)
    expect(line).to_be_visible()
    assert fits(page)
    scan_something(page)
    line.click()
    expect(page.locator("#card-code")).to_be_visible()
    assert read(page, "#card-code") == address
    page.evaluate("history.back()")
    expect(line).to_be_visible()
    guest = context.new_page()
    guest.goto(address)
    guest.get_by_role("button", name="Pay", exact=True).click()
    expect(guest.get_by_role("heading", name="Thank you")).to_be_visible()
    paid = page.get_by_role("button", name="฿1,500 is paid: show the tickets")
    expect(paid).to_be_visible(timeout=30000)
    scan_something(page)
    paid.click()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible()
    page.get_by_role("button", name="Admit now").click()
    expect(page.get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    expect(page.get_by_role("button", name="1,500")).to_be_hidden()


def test_the_next_guests_buy_while_a_card_is_paid_and_each_sale_has_its_line(
    page: Page, context: BrowserContext
) -> None:
    address = read(page, "#card-code")
    page.get_by_role("button", name="Next sale").click()
    expect(page.locator("#sale-choose").get_by_role("button", name=WAITING)).to_be_visible()
    assert fits(page)
    choose(page, 2)
    page.get_by_role("button", name="Card", exact=True).click()
    expect(page.locator("#card-due")).to_have_text("฿3,000")
    assert fits(page)
    expect(page.locator("#card-code")).to_be_visible()
    page.locator("#sale-card").get_by_role("button", name="Back to the tickets").click()
    expect(page.get_by_role("button", name="A card payment of ฿3,000 is waiting")).to_be_visible()
    expect(page.get_by_role("button", name=WAITING)).to_be_visible()
    page.get_by_role("button", name="Sell at the door").click()
    choose(page, 1)
    page.get_by_role("button", name="Cash", exact=True).click()
    page.get_by_role("button", name="Cash received").click()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible()
    guest = context.new_page()
    guest.goto(address)
    guest.get_by_role("button", name="Pay", exact=True).click()
    expect(guest.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_role("button", name="Next sale").click()
    page.get_by_role("button", name="฿1,500 is paid: show the tickets").click(timeout=30000)
    expect(page.locator("#done-tickets li")).to_have_count(1)
    page.reload()
    page.get_by_label("PIN", exact=True).fill("2580")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="A card payment of ฿3,000 is waiting").click(timeout=30000)
    page.get_by_role("button", name="Cancel this sale").click()
    expect(page.get_by_text("called off or has run out")).to_be_visible()
    expect(page.get_by_role("button", name="3,000")).to_be_hidden()


def test_a_sale_that_was_called_off_says_so_on_the_line(page: Page) -> None:
    page.evaluate("history.back()")
    expect(page.get_by_role("button", name=WAITING)).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_text("Go back once more")).to_be_visible()
    page.get_by_role("button", name=WAITING).click()
    page.get_by_role("button", name="Cancel this sale").click()
    expect(page.get_by_text("called off or has run out")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("button", name="1,500")).to_be_hidden()


def test_back_goes_from_the_cash_to_what_was_chosen(context: BrowserContext, system: System, evening: Evening) -> None:
    page = selling(context.new_page(), system, evening)
    choose(page, 2)
    page.get_by_role("button", name="Cash", exact=True).click()
    expect(page.locator("#cash-due")).to_have_text("฿3,000")
    page.evaluate("history.back()")
    expect(page.locator("#sale-total")).to_have_text("฿3,000")
    page.evaluate("history.back()")
    expect(page.get_by_label("Ticket code")).to_be_visible()
