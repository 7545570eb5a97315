"""A volunteer sells with one hand on a phone 360 pixels wide: cash, a card on the guest's own phone, no network."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.door import pairing
from events.door.pairing import Selling
from payments.box_office import drawers
from payments.box_office.models import DoorSale
from tests.support.browsing import watch
from tests.support.evening import Evening, System

pytestmark = pytest.mark.browser

UNCOVERED = """(element) => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const there = (y) => element.contains(document.elementFromPoint((left + right) / 2, y));
  return there(top + 2) && there(bottom - 2);
}"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A small phone, in English."""
    context = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740})
    yield context
    context.close()


def pair(page: Page, system: System, evening: Evening, selling: Selling) -> None:
    """Make this browser a phone at the door."""
    with system.looking(), transaction():
        code = pairing.new_code(evening.id, "Door A", None, selling=selling)
    page.goto(f"{system.url}/door?lang=en")
    page.get_by_label("Name of this phone").fill("Blue phone")
    page.get_by_label("Pairing code").fill(code)
    page.get_by_label("Choose a PIN").fill("2580")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_label("Ticket code")).to_be_visible(timeout=20000)


def selling(page: Page, system: System, evening: Evening) -> Page:
    """A phone of the common size, paired, before its first sale."""
    page.set_viewport_size({"width": 390, "height": 844})
    pair(page, system, evening, Selling(sell=True))
    page.get_by_role("button", name="Sell at the door").click()
    page.get_by_label("Your name").fill("Noi")
    return page


def choose(page: Page, seats: int) -> None:
    """Some seats."""
    for _ in range(seats):
        page.get_by_role("button", name="One more: seat").click()


def read(page: Page, where: str) -> str:
    """What a camera reads there."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(page.locator(where).first.screenshot())))
    return str(found.text)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the phone."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_volunteer_sells_for_cash_and_by_card(system: System, evening: Evening, context: BrowserContext) -> None:
    watching = watch(system)
    page = watching.over(context.new_page())
    pair(page, system, evening, Selling(sell=True))
    page.get_by_role("button", name="Sell at the door").click()
    page.get_by_label("Your name").fill("Noi")
    choose(page, 2)
    assert fits(page)
    page.get_by_role("button", name="Cash", exact=True).click()
    expect(page.locator("#cash-due")).to_have_text("฿3,000")
    page.get_by_label("Cash given").fill("5000")
    expect(page.get_by_text("Give back ฿2,000")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Cash received").click()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible()
    expect(page.locator("#done-change")).to_have_text("Give back ฿2,000")
    assert page.locator("#done-tickets img").count() == 2
    assert len(read(page, "#done-tickets img")) == 26
    assert fits(page)
    page.get_by_role("button", name="Admit now").click()
    expect(page.get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    expect(page.get_by_text("2 guests admitted with this scan")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()

    page.get_by_role("button", name="Sell at the door").click()
    expect(page.get_by_text("Sold by Noi")).to_be_visible()
    choose(page, 1)
    page.get_by_role("button", name="Card", exact=True).click()
    expect(page.get_by_text("Waiting for the payment")).to_be_visible(timeout=20000)
    address = read(page, "#card-code")
    assert address.startswith(f"{system.url}/o/")
    assert fits(page)
    guest = watching.over(context.new_page())
    guest.goto(address)
    guest.get_by_role("button", name="Pay", exact=True).click()
    expect(guest.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible(timeout=20000)
    assert (watching.complaints, watching.strangers) == ([], [])


def test_nothing_is_sold_without_a_network_and_no_answer_sells_once(
    system: System, evening: Evening, context: BrowserContext
) -> None:
    page = context.new_page()
    pair(page, system, evening, Selling(sell=True))
    page.get_by_role("button", name="Sell at the door").click()
    page.get_by_label("Your name").fill("Noi")
    choose(page, 1)
    page.route("**/door/api/sales?*", lambda route: (route.fetch(), route.abort()))  # the answer is lost, not the sale
    page.get_by_role("button", name="Cash", exact=True).click()
    page.get_by_role("button", name="Cash received").click()
    expect(page.get_by_text("Asking again never sells twice")).to_be_visible()
    page.unroute("**/door/api/sales?*")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible()
    context.set_offline(True)
    page.get_by_role("button", name="Next sale").click()
    expect(page.get_by_text("Nothing can be sold without a connection")).to_be_visible()
    context.set_offline(False)
    with system.looking():
        sold = select(func.count(DoorSale.id)).where(DoorSale.event_id == evening.id)
        assert db.session.scalars(sold).one() == 1


def test_a_phone_that_may_not_sell_is_not_offered_it(system: System, evening: Evening, context: BrowserContext) -> None:
    page = context.new_page()
    pair(page, system, evening, Selling())
    expect(page.get_by_text("arrived of")).to_be_visible()
    expect(page.get_by_role("button", name="Sell at the door")).to_be_hidden()


def basket(page: Page) -> tuple[str, str]:
    """How many seats are chosen, and the total."""
    return page.locator("#sale-types output").first.inner_text(), page.locator("#sale-total").inner_text()


def seen(page: Page, sentence: str) -> None:
    """It can be read: nothing lies over it, neither at its beginning nor at its end."""
    told = page.get_by_role("alert").filter(has_text=sentence)
    expect(told).to_be_in_viewport(ratio=1)
    assert told.evaluate(UNCOVERED)


def test_a_refused_sale_says_why_in_sight_and_keeps_what_was_chosen(
    system: System, evening: Evening, context: BrowserContext
) -> None:
    page = selling(context.new_page(), system, evening)
    page.get_by_role("button", name="Cash", exact=True).click()
    seen(page, "Choose at least one ticket")
    choose(page, 2)
    page.get_by_label("Extra gift").fill("much")
    page.get_by_role("button", name="Card", exact=True).click()
    seen(page, "This is not an amount")
    expect(page.get_by_label("Extra gift")).to_be_focused()
    page.get_by_label("Extra gift").fill("500")
    page.get_by_text("Send the tickets by e-mail").click()
    page.get_by_label("Guest’s e-mail").fill("noi@example")
    page.get_by_role("button", name="Cash", exact=True).click()
    page.get_by_role("button", name="Cash received").click()
    seen(page, "not complete")
    expect(page.get_by_label("Guest’s e-mail")).to_be_focused()
    assert basket(page) == ("2", "฿3,500")
    page.get_by_label("Guest’s e-mail").fill("")
    page.get_by_role("button", name="Cash", exact=True).click()
    with system.looking(), transaction() as session:
        drawers.begin_count(session.get_one(Event, evening.id), "a test")
    page.get_by_role("button", name="Cash received").click()
    seen(page, "The cash is being counted")
    assert basket(page) == ("2", "฿3,500")
    page.get_by_role("button", name="Card", exact=True).click()
    expect(page.locator("#card-due")).to_have_text("฿3,500")


def test_less_cash_than_is_due_sells_nothing(system: System, evening: Evening, context: BrowserContext) -> None:
    page = selling(context.new_page(), system, evening)
    choose(page, 2)
    page.get_by_role("button", name="Cash", exact=True).click()
    for given, lacking in (("2500", "฿500 missing"), ("25OO", "This is not an amount")):
        page.get_by_label("Cash given").fill(given)
        for _ in range(2):
            page.get_by_role("button", name="Cash received").click()
            seen(page, lacking)
            expect(page.get_by_label("Cash given")).to_be_focused()
    page.get_by_role("button", name="Do not sell").click()
    expect(page.get_by_role("button", name="Cash", exact=True)).to_be_focused()
    assert basket(page) == ("2", "฿3,000")
    page.get_by_role("button", name="Cash", exact=True).click()
    page.get_by_label("Cash given").fill("3000")
    page.get_by_role("button", name="Cash received").click()
    expect(page.get_by_role("heading", name="Sold", exact=True)).to_be_visible()


def test_the_buttons_at_the_foot_never_cover_what_has_the_focus(
    system: System, evening: Evening, context: BrowserContext
) -> None:
    page = selling(context.new_page(), system, evening)
    page.set_viewport_size({"width": 390, "height": 500})
    page.get_by_text("Send the tickets by e-mail").click()
    page.get_by_role("button", name="Cash", exact=True).click()
    seen(page, "Choose at least one ticket")
    page.evaluate("scrollTo(0, 0)")
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        page.keyboard.press(key)
        assert page.evaluate(f"document.activeElement === document.body || ({UNCOVERED})(document.activeElement)")
