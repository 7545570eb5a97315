"""Gifts in the room, as guests and the projector live them: a code is scanned, gifts and promises move the bar."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import decoded, printed, sign_in, watch
from tests.support.evening import Evening, System, open_evening
from tests.walks.test_pages import faults_of

pytestmark = pytest.mark.browser
SOON = 20_000
"""Milliseconds in which the screen has looked again, on a busy machine."""


def scanned(page: Page, system: System, evening: Evening) -> str:
    """The address that a telephone reads from the room's card: the left one of the first sheet, upright half."""
    paper = page.request.get(f"{system.url}/manage/{evening.slug}/table-cards.pdf").body()
    sheet = next(printed(paper))
    width, height = sheet.size
    return decoded(sheet.crop((0, height // 2, width // 2, height)))


def length(bar: Locator) -> float:
    """How long a part of the thermometer is, in per cent."""
    return float((bar.get_attribute("width") or "").rstrip("%"))


def fill_in(phone: Page, address: str, amount: str, name: str) -> str:
    """Who gives, and how much; the address that was typed."""
    phone.goto(f"{address}?lang=en")
    email = f"{name.split()[0].lower()}-{amount}@example.org"
    phone.get_by_label("Another amount").or_(phone.get_by_label("Amount", exact=True)).fill(amount)
    phone.get_by_label("Your name").fill(name)
    phone.get_by_label("E-mail").fill(email)
    return email


def test_a_room_gives_and_the_screen_moves(system: System, browser: Browser) -> None:
    evening, watching = open_evening(system), watch(system)
    office = watching.over(browser.new_context(locale="en-GB").new_page())
    sign_in(office, system, "owner@example.org")
    office.goto(f"{system.url}/manage/{evening.slug}/pledges")
    faults: dict[str, list[str]] = {}
    address = scanned(office, system, evening)
    office.get_by_role("link", name="The screen", exact=True).first.click()
    room = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 720})
    screen = watching.over(room.new_page())
    screen.goto(f"{office.url}?lang=en")
    paid, promised = screen.locator("#bar-gifts"), screen.locator("#bar-promised")
    assert (length(paid), length(promised)) == (0, 0)

    phone = watching.over(browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page())
    phone.goto(f"{address}?lang=en")
    faults["table"] = faults_of(phone)
    phone.set_viewport_size({"width": 390, "height": 844})
    fill_in(phone, address, "2000", "Camille Exemple")
    phone.get_by_role("button", name="Give now").click()
    phone.get_by_role("button", name="Pay", exact=True).click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    system.quiet()
    expect(screen.locator("#paid")).to_contain_text("2,000", timeout=SOON)
    assert length(paid) > 0

    email = fill_in(phone, address, "5000", "Luc Fictif")
    phone.get_by_role("button", name="Promise, and pay later").click()
    expect(phone.get_by_role("status")).to_contain_text("Your promise is written down")
    faults["promise"] = faults_of(phone)
    expect(screen.locator("#legend")).to_contain_text("5,000", timeout=SOON)
    expect(screen.locator("#paid")).to_contain_text("2,000")
    assert length(promised) == pytest.approx(2.5 * length(paid), abs=0.02)
    faults["screen"] = faults_of(screen)

    room.set_offline(True)
    expect(screen.get_by_text("No network at the moment")).to_be_visible(timeout=SOON)
    system.work()
    (letter,) = system.letters_to(email)
    (link,) = [word for word in letter.text.split() if "/pledges/" in word]
    phone.goto(link)
    phone.get_by_role("button").filter(has_text="Pa").click()
    phone.get_by_role("button", name="Pay", exact=True).click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    system.quiet()
    expect(screen.locator("#paid")).to_contain_text("2,000")
    room.set_offline(False)
    expect(screen.locator("#paid")).to_contain_text("7,000", timeout=SOON)
    expect(screen.get_by_text("No network at the moment")).to_be_hidden()
    assert length(promised) == 0

    fill_in(phone, address, "700", "Anna Exemple")
    phone.get_by_role("button", name="Promise, and pay later").click()
    for page in ("board", "one"):
        office.goto(f"{system.url}/manage/{evening.slug}/pledges")
        if page == "one":
            office.get_by_role("link", name="Anna Exemple").click()
        faults[page] = faults_of(office)
    phone.goto(f"{link}?lang=en")
    expect(phone.get_by_text("Your promise is paid")).to_be_visible()
    assert [f"{name}: {fault}" for name, found in faults.items() for fault in found] == []
    complaints = [words for words in watching.complaints if "ERR_INTERNET_DISCONNECTED" not in words]
    assert (complaints, watching.strangers) == ([], [])
    assert system.violations() == []
