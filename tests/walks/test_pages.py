"""The pages as browsers, screen readers and slow telephones meet them; one browser session for all of them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from events.core.db import db, transaction
from events.core.settings import ROOT
from events.door import pairing
from payments.orders.models import Order
from tests.support.browsing import coming_dinner, sign_in, watch
from tests.support.evening import System, open_evening
from tests.support.shopping import Purchase, Shop
from tests.support.visitor import Answer, links

pytestmark = pytest.mark.browser

PHONE = (390, 844)
LOOKS = ((*PHONE, "light"), (640, 450, "light"), (1280, 900, "dark"))
"""A telephone by day and a desk by night; 640 by 450 is what a desk of 1280 by 900 has at 200 % zoom."""
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FIND_FAULTS = """async (rules) => {
    await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map(one => (one.finish(), one.finished)));
    return (await axe.run({rules: rules ?? {}})).violations.map(
    fault => fault.id + ": " + fault.nodes.map(node => node.target.join(" ")).join(", "));
}"""
TARGETS: Mapping[str, object] = {"target-size": {"enabled": True}}
"""WCAG 2.2 AA asks that fingers find what they press; axe-core leaves that out unless told."""
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A profile without a past, in English."""
    context = browser.new_context(locale="en-GB")
    yield context
    context.close()


def bought_by(system: System) -> Purchase:
    """A paid order of the demonstration's next dinner."""
    shop = Shop(system, open_evening(system))
    bought = shop.buy(2)
    bought.pay()
    bought.come_back()
    system.quiet()
    return bought


def faults_of(page: Page, rules: Mapping[str, object] | None = None) -> list[str]:
    """What axe-core finds by day, by night and at 200 % zoom; and whether the page is wider than its window."""
    page.evaluate(AXE)
    found: list[str] = []
    for width, height, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{width} {scheme} {fault}" for fault in page.evaluate(FIND_FAULTS, rules)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: wider than the window")
    return found


def pair(page: Page, system: System, event_id: int) -> None:
    """Make this browser a phone at the door."""
    with system.looking(), transaction():
        code = pairing.new_code(event_id, "Door A", None)
    page.goto(f"{system.url}/door")
    page.get_by_label("Name of this phone").fill("A phone")
    page.get_by_label("Pairing code").fill(code)
    page.get_by_label("Choose a PIN").fill("2580")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_label("Ticket code")).to_be_visible()


def test_no_page_has_a_fault_that_axe_can_find(system: System, context: BrowserContext) -> None:
    dinner, bought, watching = coming_dinner(system), bought_by(system), watch(system)
    page = watching.over(context.new_page())
    evening = system.visitor().get(f"/e/{dinner.slug}?lang=en")
    ticket = next(link for link in links(bought.page.text) if link.startswith("/t/"))
    with system.looking():
        party = db.session.get_one(Order, bought.id).party.invitation
    addresses = {
        "home": "/?lang=en",
        "past evening": "/e/bonjour-bonsoir-2026?lang=en",
        "not found": "/nothing-here?lang=en",
        "sign-in": "/sign-in?lang=en",
        "event page": f"/e/{dinner.slug}?lang=en",
        "your data": next(link for link in links(evening.text) if link.startswith("/privacy/")),
        "order form": f"/e/{dinner.slug}/order?lang=en",
        "waiting list": f"/e/{dinner.slug}/waiting?lang=en",
        "order page": f"/o/{bought.token}?lang=en",
        "receipt page": f"/o/{bought.token}/receipt?lang=en",
        "wishes page": f"/o/{bought.token}/wishes?lang=en",
        "ticket page": ticket,
        "who took a place": f"{ticket.partition('?')[0]}?lang=en&said=welcome",
        "guest's own page": f"{ticket.partition('?')[0]}/guest?lang=en",
        "link for guests": f"/g/{party}?lang=en",
        "changes page": f"/o/{bought.token}/changes?lang=en&said=code",
        "door, not paired": "/door?lang=en",
    }
    found: dict[str, list[str]] = {}
    for name, address in addresses.items():
        page.goto(system.url + address)
        found[name] = faults_of(page, TARGETS)
    page.goto(f"{system.url}/g/{party}?lang=en")
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found["mistake of a guest"] = faults_of(page, TARGETS)
    page.goto(f"{system.url}/e/{dinner.slug}/order?lang=en")
    page.get_by_role("button", name="Continue to payment").click()
    found["mistakes of a buyer"] = faults_of(page, TARGETS)
    refused = ("status of 422", "status of 404")  # as it should be
    watching.complaints[:] = [words for words in watching.complaints if not any(one in words for one in refused)]
    pair(page, system, dinner.id)
    found["door"] = faults_of(page, TARGETS)
    sign_in(page, system, "organiser@example.org")
    page.goto(f"{system.url}/manage/{dinner.slug}/guests")
    found["guest list"] = faults_of(page, TARGETS)
    for part in ("seating", "kitchen"):
        page.goto(f"{system.url}/manage/{dinner.slug}/{part}")
        found[part] = faults_of(page, TARGETS)
    assert [f"{name}: {fault}" for name, faults in found.items() for fault in faults] == []
    assert (watching.complaints, watching.strangers) == ([], [])


def assert_strict(name: str, answer: Answer) -> None:
    """Nothing inline, and a policy that would not let it run."""
    policy = answer.headers["content-security-policy"]
    assert answer.status in (200, 404, 422), f"{name}: {answer.words}"
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert INLINE.findall(answer.text) == [], name


def test_no_page_has_inline_script_or_style(system: System) -> None:
    dinner, bought, visitor = coming_dinner(system), bought_by(system), system.visitor()
    ticket = next(link for link in links(bought.page.text) if link.startswith("/t/"))
    own = ("/", f"/e/{dinner.slug}?lang=th", f"/e/{dinner.slug}/order?gift=500", f"/o/{bought.token}", ticket)
    for address in (*own, "/door", "/sign-in", "/sign-in/code", "/nothing-here"):
        assert_strict(address, visitor.get(address))
    assert_strict("mistakes", visitor.post(f"/e/{dinner.slug}/order", {"gift": "much"}))


def test_the_names_that_people_and_programs_look_for(system: System, context: BrowserContext) -> None:
    """CONTRACT: what a person, a screen reader or a test finds on the English pages."""
    page, dinner = context.new_page(), coming_dinner(system)
    page.goto(f"{system.url}/e/{dinner.slug}?lang=en")
    page.get_by_role("link", name="Get tickets", exact=True).or_(
        page.get_by_role("button", name="Get tickets", exact=True)
    ).first.click()
    for name in ("A seat", "A table of eight"):
        expect(page.get_by_role("spinbutton", name=name, exact=True)).to_be_visible()
    page.get_by_role("spinbutton", name="A seat", exact=True).fill("1")
    page.get_by_label("Extra gift").fill("500")
    page.get_by_role("checkbox", name="Cover the card fees").check()
    page.get_by_label("Your name").fill("Alice Sample")
    page.get_by_label("E-mail").fill("alice.sample@example.org")
    page.get_by_role("button", name="Continue to payment").click()
    for name in ("Pay", "Decline", "Pay later", "Leave"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Decline", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("declined")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    for name in ("Ticket (PDF)", "Guest names"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    pair(page, system, dinner.id)
    expect(page.get_by_role("button", name="Start camera")).to_be_visible()
    page.get_by_label("Ticket code").fill("ABCDEFGHIJKLMNOPQRSTUVWXY2")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").filter(has_text="Not valid")).to_be_visible()


@contextmanager
def without_script(browser: Browser) -> Iterator[Page]:
    """A page whose browser runs no script."""
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_one_buys_without_script_and_a_waiting_order_goes_on_by_itself(system: System, browser: Browser) -> None:
    shop = Shop(system, open_evening(system))
    fault = {"kind": "drop", "count": 9, "method": "POST", "path": "/v1/checkout/sessions"}
    system.standin.control("faults", requests=[fault])
    with without_script(browser) as page:
        page.goto(f"{system.url}{shop.evening.form}?lang=en")
        page.get_by_role("spinbutton", name="seat", exact=True).fill("1")
        page.get_by_label("Your name").fill("Nobody’s script")
        page.get_by_label("E-mail").fill("without.script@example.org")
        page.get_by_role("button", name="Continue to payment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your seats are kept")
        system.standin.control("faults", reset=True)
        system.go_on(61)
        system.work()
        page.wait_for_url(f"{system.standin.url}/**", timeout=20_000)
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_a_guest_takes_a_place_by_the_link_without_script(system: System, browser: Browser) -> None:
    with system.looking():
        party = db.session.get_one(Order, bought_by(system).id).party.invitation
    size = {"width": PHONE[0], "height": PHONE[1]}
    context = browser.new_context(locale="en-GB", java_script_enabled=False, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{system.url}/g/{party}?lang=en")
    page.get_by_role("button", name="I am coming").click()
    page.get_by_role("alert").get_by_role("link", name="Please write your name. An alias will do.").click()
    expect(page.get_by_label("Your name")).to_be_focused()
    page.get_by_label("Your name").fill("A guest of theirs")
    page.get_by_label("Diet").select_option("vegan")
    page.get_by_role("checkbox", name="Nuts", exact=True).check()
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("status").first).to_contain_text("Your seat is booked.")
    expect(page.get_by_role("img", name="QR code of ticket")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Your name and wishes").click()
    expect(page.get_by_label("Diet")).to_have_value("vegan")
    expect(page.get_by_role("checkbox", name="Nuts", exact=True)).to_be_checked()
    context.close()
