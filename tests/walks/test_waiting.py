"""One gives a seat back to the waiting list, whose first group gets the offer and takes it; on a telephone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browsing import watch
from tests.support.chromium import launched
from tests.support.evening import System, open_evening
from tests.support.shopping import Purchase, Shop, new_email

pytestmark = pytest.mark.browser


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    """A telephone, in English."""
    with launched() as browser:
        context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
        yield context
        context.close()


def link_of(system: System, email: str, subject: str) -> str:
    """The link in the newest letter of this subject."""
    system.work()
    letters = [letter for letter in system.letters_to(email) if subject in letter.subject]
    (link,) = re.findall(r"http://\S+/w/\S+", letters[-1].text)
    return str(link)


def join(page: Page, system: System, slug: str, name: str, count: int) -> str:
    """Find the evening sold out, get in line, confirm; the address."""
    email = new_email()
    page.goto(f"{system.url}/e/{slug}?lang=en")
    page.get_by_role("link", name="Join the waiting list").first.click()
    page.get_by_label("What would you like?").select_option("seat")
    page.get_by_label("How many?").fill(str(count))
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.get_by_role("status")).to_contain_text("A letter is on its way")
    page.goto(link_of(system, email, "One click"))
    page.get_by_role("button", name="Confirm my place in line").click()
    return email


def give_a_seat_back(page: Page, system: System, bought: Purchase) -> None:
    """On the order's page, behind a fresh code."""
    page.goto(f"{system.url}/o/{bought.token}?lang=en")
    page.get_by_role("link", name="give a seat back").click()
    page.get_by_role("button", name="Send me a code").click()
    system.work()
    letter = next(one for one in reversed(system.letters_to(bought.email)) if "code for order" in one.subject)
    (digits,) = re.findall(r"(?m)^(\d{6})\s*$", letter.text)
    page.get_by_role("textbox", name="Code").fill(digits)
    page.get_by_role("button", name="Continue").click()
    page.locator("#give-back").get_by_role("checkbox").first.check()
    page.get_by_label("I give the seat back and keep the gift").check()
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    page.get_by_role("button", name="Give the seat back").click()
    expect(page.get_by_role("status")).to_contain_text("its price stays a gift")


def test_a_seat_given_back_goes_to_the_first_in_line(system: System, context: BrowserContext) -> None:
    shop = Shop(system, open_evening(system, places=3))
    bought = shop.buy(3)
    bought.pay()
    system.quiet()
    watching = watch(system)
    page = watching.over(context.new_page())
    join(page, system, shop.evening.slug, "A group of two", 2)
    expect(page.get_by_role("status")).to_contain_text("You are the first in line")
    second = join(page, system, shop.evening.slug, "One alone", 1)
    expect(page.get_by_role("status")).to_contain_text("One group stands before you")
    give_a_seat_back(page, system, bought)

    page.goto(link_of(system, second, "Places for you"))
    expect(page.get_by_role("status")).to_contain_text("kept for you until")
    page.get_by_role("link", name="Take these places").click()
    expect(page.get_by_label("Your name")).to_have_value("One alone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    system.quiet()
    assert shop.seats() == (0, 3)
    assert "Your place" in system.letters_to(second)[-1].subject
    assert (watching.complaints, watching.strangers) == ([], [])
