"""Small things on which a volunteer's evening hangs: gifts, languages, PINs, the count, and words for a coat check."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import func, select

from events.core.db import db, transaction
from events.door import check_lists, pairing
from events.door.models import ENTRANCE
from events.door.pairing import NOTHING, Selling
from events.tickets.models import Ticket
from payments.box_office.models import DoorSale
from payments.orders.models import Order
from tests.support.evening import Evening, System, open_evening
from tests.support.shopping import Shop

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of the common size, in French: our words stand on an English page all the same."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 844})
    yield context
    context.close()


def code_for(system: System, evening: Evening, selling: Selling = NOTHING, check_list: str = ENTRANCE) -> str:
    """A pairing code of the organiser's."""
    with system.looking(), transaction():
        gate = "Door A" if check_list == ENTRANCE else "Wardrobe"
        return pairing.new_code(evening.id, gate, None, check_list, selling=selling)


def pair(page: Page, system: System, code: str) -> None:
    """Make this browser a phone at the door."""
    page.goto(f"{system.url}/door?lang=en")
    page.get_by_label("Pairing code").fill(code)
    page.get_by_label("Choose a PIN").fill("2580")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_label("Ticket code")).to_be_visible(timeout=20000)


def ticket_of(system: System, evening: Evening) -> str:
    """The code of a ticket that was bought."""
    bought = Shop(system, evening).buy(1)
    bought.pay()
    system.quiet()
    with system.looking():
        party = db.session.get_one(Order, bought.id).party_id
        return db.session.scalars(select(Ticket.code).where(Ticket.party_id == party)).one()


def show(page: Page, code: str) -> None:
    """Type a ticket's code."""
    page.get_by_label("Ticket code").fill(code)
    page.get_by_role("button", name="Check", exact=True).click()


def test_a_seat_is_given_away_at_the_second_press(system: System, context: BrowserContext) -> None:
    evening, page = open_evening(system), context.new_page()
    pair(page, system, code_for(system, evening, Selling(sell=True, comp=True)))
    page.get_by_role("button", name="Sell at the door").click()
    page.get_by_role("button", name="For free").click()
    expect(page.get_by_role("alert").filter(has_text="Type your name: it stands with every sale.")).to_be_visible()
    page.get_by_label("Your name").fill("Noi")
    page.get_by_role("button", name="One more: seat").click()
    page.get_by_role("button", name="For free").click()
    expect(page.locator("#comp-what")).to_have_text("1 × seat")
    page.get_by_role("button", name="Do not give").click()
    with system.looking():
        given = select(func.count(DoorSale.id)).where(DoorSale.event_id == evening.id)
        assert db.session.scalars(given).one() == 0
    expect(page.locator("#sale-types output").first).to_have_text("1")
    page.get_by_role("button", name="For free").click()
    page.get_by_role("button", name="Give them away").click()
    expect(page.get_by_role("heading", name="Given away", exact=True)).to_be_visible()
    expect(page.locator("#done-tickets img")).to_have_count(1)
    expect(page.locator("#done-total")).to_have_text("")


def test_the_next_guest_does_not_get_the_language_of_the_last(system: System, context: BrowserContext) -> None:
    evening, page = open_evening(system, 1), context.new_page()
    pair(page, system, code_for(system, evening, Selling(sell=True)))
    page.get_by_role("button", name="Sell at the door").click()
    page.get_by_label("Your name").fill("Noi")
    page.get_by_text("Send the tickets by e-mail").click()
    page.get_by_label("Guest’s e-mail").fill("nobody")
    page.get_by_label("Language of the letter").select_option("th")
    page.get_by_role("button", name="Cash", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="This is not an e-mail address.")).to_be_visible()
    page.get_by_label("Guest’s e-mail").fill("")
    more = page.get_by_role("button", name="One more: seat")
    more.click()
    expect(more).to_have_attribute("aria-disabled", "true")  # the last one
    page.get_by_role("button", name="Cash", exact=True).click()
    page.get_by_role("button", name="Cash received").click()
    page.get_by_role("button", name="Next sale").click()
    expect(page.get_by_text("sold out").first).to_be_visible()
    expect(more).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#guest-language")).to_have_value("en")


def test_a_pin_is_asked_for_in_our_own_words_and_its_last_tries_are_counted(
    system: System, context: BrowserContext
) -> None:
    evening, page = open_evening(system), context.new_page()
    page.goto(f"{system.url}/door?lang=en")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("alert").filter(has_text="Type the pairing code, or scan it.")).to_be_visible()
    page.get_by_label("Pairing code").fill("AAAA-BBBB")
    page.get_by_label("Choose a PIN").fill("12")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("alert").filter(has_text="A PIN has 4 to 6 digits.")).to_be_visible()
    pair(page, system, code_for(system, evening))
    page.reload()
    pin, unlock = page.get_by_label("PIN", exact=True), page.get_by_role("button", name="Unlock")
    unlock.click()
    expect(page.locator("#unlock-mistake")).to_have_text("A PIN has 4 to 6 digits.")
    for tries in range(1, 10):
        pin.fill("1111")
        unlock.click()
        left = 10 - tries
        warning = f" {left} {'tries' if left > 1 else 'try'} left, then this phone forgets its pairing."
        expect(page.locator("#unlock-mistake")).to_have_text("This PIN is wrong." + (warning if left <= 5 else ""))
        expect(pin).to_have_value("")
    pin.fill("1111")
    unlock.click()
    expect(page.get_by_text("Too many wrong PINs")).to_be_visible()


def test_an_older_answer_does_not_turn_back_the_count(system: System, context: BrowserContext) -> None:
    evening, page = open_evening(system), context.new_page()
    ticket = ticket_of(system, evening)
    pair(page, system, code_for(system, evening))
    expect(page.locator("#count b")).to_have_text("0")
    late: list[tuple[Route, object]] = []
    page.route("**/door/api/status*", lambda route: late.append((route, route.fetch())))
    page.evaluate("dispatchEvent(new Event('online'))")  # the phone looks how it stands
    page.wait_for_function("() => true")
    show(page, ticket)
    expect(page.get_by_role("heading", name="Admitted", exact=True)).to_be_visible()
    assert late
    for route, answer in late:
        route.fulfill(response=answer)  # type: ignore[arg-type]
    page.unroute("**/door/api/status*")
    page.get_by_role("button", name="Next ticket").click()
    page.wait_for_timeout(300)
    assert page.locator("#count b").inner_text() == "1"


def test_nobody_is_let_in_at_a_coat_check(system: System, context: BrowserContext) -> None:
    evening, page = open_evening(system), context.new_page()
    ticket = ticket_of(system, evening)
    with system.looking(), transaction():
        coats = check_lists.new_list(evening.id, "Coat check", repeats=False)
    pair(page, system, code_for(system, evening, check_list=coats))
    expect(page.get_by_text("checked of 1")).to_be_visible()
    show(page, ticket)
    expect(page.get_by_role("heading", name="Checked", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("This check counts no more.")).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()
    page.get_by_role("button", name="Search by name").click()
    expect(page.get_by_text("then press “Check off”")).to_be_visible()
