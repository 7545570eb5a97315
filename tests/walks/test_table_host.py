"""A table of eight on a telephone: bought without a script, named, filled by its guests, and one ticket passed on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from events.core.db import db, transaction
from events.guests import questions
from events.guests.models import Guest, PartyAnswer
from events.tickets.models import Ticket
from payments.giving.models import Consent, Dedication
from payments.orders.models import Order
from tests.support.browsing import watch
from tests.support.chromium import launched
from tests.support.evening import Evening, System, open_evening
from tests.support.shopping import new_email

pytestmark = pytest.mark.browser

GUESTS = ("Ngô Thị Hương", "ณัฐพงษ์ ศรีสุวรรณ", "O'Brien <b>")
YES, NO = {"en": "Yes", "fr": "Oui", "th": "ใช่"}, {"en": "No", "fr": "Non", "th": "ไม่"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file."""
    with launched() as browser:
        yield browser


@contextmanager
def telephone(browser: Browser, *, script: bool = True) -> Iterator[Page]:
    """A phone of somebody's own."""
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(viewport=size, locale="en-GB", java_script_enabled=script)
    try:
        yield context.new_page()
    finally:
        context.close()


def evening_that_asks(system: System) -> Evening:
    """A dinner with everything that can be asked."""
    asks = {"asks_dedication": True, "names_givers": True, "asks_news": True, "co_organiser": "Alliance of the river"}
    evening = open_evening(system, 20, **asks)
    with system.looking(), transaction():
        boat = {"en": "Do you come by boat?"}
        questions.new_question(evening.id, boat, [YES, NO], kind="yes_no", need="later")
        questions.new_question(evening.id, {"en": "A word to the cook?"}, [], kind="text", scope="order")
    return evening


def buy(page: Page, system: System, evening: Evening, email: str) -> str:
    """A table and a suggested gift, with all that may be told; the token of the order."""
    page.goto(f"{system.url}{evening.form}?lang=en")
    page.locator(f"#ticket-{evening.table}").fill("1")
    page.get_by_role("group", name="Suggested gifts").get_by_role("button").first.click()
    expect(page.get_by_label("Extra gift")).not_to_have_value("")
    page.get_by_label("Your name").fill("Claire Fontaine")
    page.get_by_label("E-mail").fill(email)
    page.get_by_text("More, if you like").click()
    page.get_by_label("Dedication").select_option("In memory of")
    page.get_by_label("Whose name").fill("Aunt Mali 🪷")
    page.get_by_label("Do not tell my name").check()
    page.get_by_label("A word to the cook?").fill("=1+1")
    page.get_by_label(re.compile("Alliance of the river may write")).check()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url(f"{system.url}/o/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    return page.url.partition("?")[0].rpartition("/")[2]


def take_a_place(page: Page, link: str, name: str) -> None:
    """A guest opens the link, writes down a name, and has a ticket."""
    page.goto(f"{link}?lang=en")
    expect(page.get_by_role("heading", name="Table of the Martins")).to_be_visible()
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Do you come by boat?").select_option("Yes")
    page.get_by_label("Name for others").fill("Friend")
    page.get_by_role("button", name="I am coming").click()
    expect(page.locator("p.name")).to_have_text(name)


def pass_on(page: Page, system: System, token: str, email: str, new: str) -> None:
    """From the ticket itself: a code, who comes, and the code is another."""
    page.goto(f"{system.url}/o/{token}?lang=en")
    page.get_by_role("link", name=re.compile("^Pass on ticket ")).nth(1).click()
    page.get_by_role("button", name="Send me a code").click()
    system.work()
    (digits,) = re.findall(r"(?m)^(\d{6})\s*$", system.letters_to(email)[-1].text)
    page.get_by_label("Code", exact=True).fill(digits)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Ticket", exact=True)).to_have_value(re.compile(r"\d{4}"))
    page.get_by_label("Who comes instead").fill("مريم")
    page.get_by_label("Their e-mail address").fill(new)
    page.get_by_role("button", name="Pass the ticket on").click()
    expect(page.get_by_role("status")).to_contain_text("The ticket is passed on.")


def test_a_table_is_filled_by_its_guests(system: System, browser: Browser) -> None:
    evening, email, new = evening_that_asks(system), new_email(), new_email()
    with telephone(browser, script=False) as page:
        token = buy(page, system, evening, email)
        page.get_by_label("Name of your table").fill("Table of the Martins")
        page.locator("#invite").get_by_role("button", name="Save").click()
        expect(page.get_by_label("Words to send")).to_have_value(re.compile("“Table of the Martins”.*/g/"))
        link = page.get_by_label("Link for your guests").input_value()
    watching = watch(system)
    for name in GUESTS:
        with telephone(browser) as page:
            take_a_place(watching.over(page), link, name)
    with telephone(browser) as page:
        watching.over(page).goto(f"{system.url}/o/{token}?lang=en")
        expect(page.locator("#invite header")).to_contain_text("4 places have no name yet. 3 guests have answered.")
        pass_on(page, system, token, email, new)
    system.work()
    (letter,) = system.letters_to(new)
    assert "مريم" in letter.parsed["To"]
    with system.looking():
        order = db.session.scalars(select(Order).where(Order.token == token)).one()
        tickets = list(db.session.scalars(select(Ticket).filter_by(party_id=order.party_id).order_by(Ticket.number)))
        assert [ticket.status for ticket in tickets].count("replaced") == 1
        names = [ticket.guest_name for ticket in tickets if ticket.status == "valid"]
        assert {"Claire Fontaine", "مريم", *GUESTS[1:]} < set(names)
        assert len(names) == 8
        aliases = select(Guest.alias).join(Ticket, Ticket.id == Guest.ticket_id).where(Ticket.guest_name == GUESTS[1])
        assert db.session.scalars(aliases).one() == "Friend"
        assert db.session.scalars(select(Dedication.name).filter_by(order_id=order.id)).all() == ["Aunt Mali 🪷"]
        assert db.session.scalars(select(Consent.organiser).filter_by(order_id=order.id)).all() == ["co"]
        assert db.session.scalars(select(PartyAnswer.words).filter_by(party_id=order.party_id)).all() == ["=1+1"]
    heard = [words for words in watching.complaints if "status of 422" not in words]
    assert (heard, watching.strangers) == ([], [])
