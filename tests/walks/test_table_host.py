"""A table of eight on a telephone, in each language: bought without a script, named, filled by its guests; one ticket
is passed on, one chair given back, and whoever waits for one gets it. Every letter of all that is read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from events.core.db import db, transaction
from events.guests import questions
from events.guests.models import Guest, PartyAnswer
from events.tickets.models import Ticket
from payments.gateway.sandbox.words import WORDS
from payments.giving.models import Consent, Dedication
from payments.orders.models import Order
from tests.support.browsing import Said, spoken, watch
from tests.support.evening import Evening, System, open_evening
from tests.support.reading import faults_of, kinds_to, letters_to
from tests.support.shopping import Shop, new_email
from tests.walks.test_pages import TARGETS
from tests.walks.test_pages import faults_of as faults_of_page

pytestmark = pytest.mark.browser

GUESTS = ("Ngô Thị Hương", "ณัฐพงษ์ ศรีสุวรรณ", "O'Brien <b>")
YES, NO = {"en": "Yes", "fr": "Oui", "th": "ใช่"}, {"en": "No", "fr": "Non", "th": "ไม่"}
BOAT = {"en": "Do you come by boat?", "fr": "Venez-vous en bateau ?", "th": "มาทางเรือหรือไม่"}
COOK = {"en": "A word to the cook?", "fr": "Un mot au chef ?", "th": "ฝากบอกพ่อครัว"}
TABLE = {"en": "Table of the Martins", "fr": "La table des Martin", "th": "โต๊ะครอบครัวมาร์แต็ง"}
LOCALES = {"en": "en-GB", "fr": "fr-FR", "th": "th-TH"}
LETTERS = {
    **{"order_paid": 2, "guest_ticket": 4, "order_code": 1, "ticket_passed_on": 1, "seat_given": 1},
    **{"waiting_link": 1, "waiting_offer": 1},
}


@dataclass
class Walk:
    """People at one evening who read one language, and what they call things."""

    system: System
    browser: Browser
    language: str
    evening: Evening
    say: Said
    emails: list[str] = field(default_factory=list)

    def email(self) -> str:
        """Another person's address."""
        self.emails.append(new_email())
        return self.emails[-1]

    @contextmanager
    def telephone(self, *, script: bool = True) -> Iterator[Page]:
        """A phone of somebody's own."""
        size, locale = ViewportSize(width=390, height=844), LOCALES[self.language]
        context = self.browser.new_context(viewport=size, locale=locale, java_script_enabled=script)
        try:
            yield context.new_page()
        finally:
            context.close()

    def look_at(self, page: Page) -> None:
        """Nothing is wrong with a page that axe-core can find; afterwards it is a telephone's again."""
        assert faults_of_page(page, TARGETS) == []
        page.set_viewport_size(ViewportSize(width=390, height=844))

    def press(self, page: Page, text: str) -> None:
        """A button by its English name."""
        page.get_by_role("button", name=self.say(text), exact=True).click()

    def pay(self, page: Page) -> None:
        """On the pay page, and back."""
        page.get_by_role("button", name=WORDS[self.language]["pay"], exact=True).click()
        page.wait_for_url(f"{self.system.url}/o/**")
        expect(page.get_by_role("heading", level=1)).to_have_text(self.say("Thank you"))

    def link_in(self, email: str) -> str:
        """The way back to the waiting list in the newest letter."""
        self.system.work()
        (link,) = re.findall(r"http://\S+/w/\S+", self.system.letters_to(email)[-1].text)
        return str(link)


def evening_that_asks(system: System) -> Evening:
    """A dinner of eight places, with everything that can be asked."""
    asks = {"asks_dedication": True, "names_givers": True, "asks_news": True, "co_organiser": "Alliance of the river"}
    evening = open_evening(system, 8, **asks)
    with system.looking(), transaction():
        questions.new_question(evening.id, BOAT, [YES, NO], kind="yes_no", need="later")
        questions.new_question(evening.id, COOK, [], kind="text", scope="order")
    return evening


def buy(page: Page, walk: Walk, email: str) -> str:
    """A table and a suggested gift, with all that may be told; the token of the order."""
    say = walk.say
    page.goto(f"{walk.system.url}{walk.evening.form}?lang={walk.language}")
    page.locator(f"#ticket-{walk.evening.table}").fill("1")
    page.get_by_role("group", name=say("Suggested gifts")).get_by_role("button").first.click()
    expect(page.get_by_label(say("Extra gift"))).not_to_have_value("")
    page.get_by_label(say("Your name"), exact=True).fill("Claire Fontaine")
    page.get_by_label(say("E-mail"), exact=True).fill(email)
    page.get_by_text(say("More, if you like")).click()
    page.get_by_label(say("Dedication"), exact=True).select_option(say("In memory of"))
    page.get_by_label(say("Whose name"), exact=True).fill("Aunt Mali 🪷")
    page.get_by_label(say("Do not tell my name when donors are thanked")).check()
    page.get_by_label(COOK[walk.language]).fill("=1+1")
    page.get_by_label(re.compile("^Alliance of the river")).check()
    walk.press(page, "Continue to payment")
    walk.pay(page)
    return page.url.partition("?")[0].rpartition("/")[2]


def wait_in_line(page: Page, walk: Walk, email: str) -> None:
    """Find the evening sold out, get in line, confirm."""
    page.goto(f"{walk.system.url}/e/{walk.evening.slug}?lang={walk.language}")
    page.get_by_role("link", name=walk.say("Join the waiting list")).first.click()
    page.get_by_label(walk.say("What would you like?")).select_option("seat")
    page.get_by_label(walk.say("Your name"), exact=True).fill("First in line")
    page.get_by_label(walk.say("E-mail"), exact=True).fill(email)
    walk.press(page, "Join the waiting list")
    expect(page.get_by_role("status")).to_contain_text(walk.say("A letter is on its way to you."))
    page.goto(walk.link_in(email))
    walk.press(page, "Confirm my place in line")
    expect(page.get_by_role("status")).to_contain_text(walk.say("You are the first in line."))
    walk.look_at(page)


def take_a_place(page: Page, walk: Walk, link: str, name: str, email: str) -> None:
    """A guest opens the link, forgets the name, writes it down, and has a ticket."""
    page.goto(f"{link}?lang={walk.language}")
    expect(page.get_by_role("heading", name=TABLE[walk.language])).to_be_visible()
    walk.press(page, "I am coming")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label(walk.say("Your name")).fill(name)
    page.locator("#email").fill(email)
    page.get_by_label(BOAT[walk.language]).select_option(YES[walk.language])
    page.get_by_label(walk.say("Name for others")).fill("Friend")
    walk.press(page, "I am coming")
    expect(page.locator("p.name")).to_have_text(name)


def prove_it_is_me(page: Page, walk: Walk, token: str, email: str) -> None:
    """From a ticket that is to be passed on: a code comes by letter."""
    page.goto(f"{walk.system.url}/o/{token}?lang={walk.language}")
    ticket = page.locator("article.ticket").nth(1)
    ticket.locator("summary").click()
    ticket.get_by_role("link").last.click()
    walk.press(page, "Send me a code")
    walk.system.work()
    (digits,) = re.findall(r"(?m)^(\d{6})\s*$", walk.system.letters_to(email)[-1].text)
    page.get_by_label(walk.say("Code"), exact=True).fill(digits)
    walk.press(page, "Continue")


def pass_on_and_give_back(page: Page, walk: Walk, new: str) -> None:
    """One ticket gets another guest; the last chair goes back, and its price stays a gift."""
    expect(page.get_by_label(walk.say("Ticket"), exact=True)).to_have_value(re.compile(r"\d{4}"))
    page.get_by_label(walk.say("Who comes instead"), exact=True).fill("مريم")
    page.get_by_label(walk.say("Their e-mail address"), exact=True).fill(new)
    walk.press(page, "Pass the ticket on")
    expect(page.get_by_role("status")).to_contain_text(
        walk.say("The ticket is passed on. The new one is on its way by e-mail.")
    )
    page.locator("#give-back").get_by_role("checkbox").nth(-2).check()
    page.locator("#give-back").get_by_role("radio").first.check()
    walk.press(page, "See what it comes to")
    expect(page.get_by_role("heading", name=walk.say("Is this right?"))).to_be_visible()
    walk.look_at(page)
    page.get_by_role("button", name=walk.say("Give the seat back")).click()
    expect(page.get_by_role("status")).to_contain_text(
        walk.say("Thank you. The seat is free for somebody else, and its price stays a gift. A letter says so.")
    )


def take_the_offer(page: Page, walk: Walk, email: str) -> None:
    """The letter comes to the first in line, who buys the chair."""
    page.goto(walk.link_in(email))
    page.get_by_role("link", name=walk.say("Take these seats")).click()
    expect(page.get_by_label(walk.say("Your name"), exact=True)).to_have_value("First in line")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    walk.press(page, "Continue to payment")
    walk.pay(page)


def assert_seated(walk: Walk, token: str) -> None:
    """The database holds what they wrote, and the room is full again."""
    with walk.system.looking():
        order = db.session.scalars(select(Order).where(Order.token == token)).one()
        tickets = list(db.session.scalars(select(Ticket).filter_by(party_id=order.party_id)))
        assert sorted(ticket.status for ticket in tickets) == ["replaced", *["valid"] * 7, "void"]
        names = {ticket.guest_name for ticket in tickets if ticket.status == "valid"}
        assert names == {"Claire Fontaine", "مريم", *GUESTS[1:], None}
        aliases = select(Guest.alias).join(Ticket, Ticket.id == Guest.ticket_id).where(Ticket.guest_name == GUESTS[1])
        assert "Friend" in db.session.scalars(aliases).all()
        assert db.session.scalars(select(Dedication.name).filter_by(order_id=order.id)).all() == ["Aunt Mali 🪷"]
        assert db.session.scalars(select(Consent.organiser).filter_by(order_id=order.id)).all() == ["co"]
        assert db.session.scalars(select(PartyAnswer.words).filter_by(party_id=order.party_id)).all() == ["=1+1"]
    assert Shop(walk.system, walk.evening).seats() == (0, 8)


@pytest.mark.parametrize("language", [*(pytest.param(one, marks=pytest.mark.soak) for one in ("fr", "en")), "th"])
def test_a_table_is_filled_by_its_guests_and_whoever_waits(system: System, browser: Browser, language: str) -> None:
    walk = Walk(system, browser, language, evening_that_asks(system), spoken(system, language))
    host, waiter, watching = walk.email(), walk.email(), watch(system)
    with walk.telephone(script=False) as page:
        token = buy(page, walk, host)
        page.get_by_label(walk.say("Name of your table")).fill(TABLE[language])
        page.locator("#invite").get_by_role("button", name=walk.say("Save"), exact=True).click()
        expect(page.get_by_label(walk.say("Words to send"))).to_have_value(re.compile(f"{TABLE[language]}.*/g/"))
        link = page.get_by_label(walk.say("Link for your guests")).input_value()
    system.quiet()
    with walk.telephone() as page:
        wait_in_line(watching.over(page), walk, waiter)
    for name in GUESTS:
        with walk.telephone() as page:
            take_a_place(watching.over(page), walk, link, name, walk.email())
    with walk.telephone() as page:
        prove_it_is_me(watching.over(page), walk, token, host)
        pass_on_and_give_back(page, walk, walk.email())
    with walk.telephone() as page:
        take_the_offer(watching.over(page), walk, waiter)
    system.quiet()
    assert_seated(walk, token)
    assert kinds_to(system, walk.emails) == LETTERS
    letters = letters_to(system, walk.emails)
    assert [fault for letter in letters for fault in faults_of(system, letter, language)] == []
    assert len(letters) == sum(LETTERS.values())
    heard = [words for words in watching.complaints if "status of 422" not in words]
    assert (heard, watching.strangers) == ([], [])
