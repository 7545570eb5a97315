"""Every staff page as a browser and a screen reader meet it: on a phone by day, on a wide screen by night."""

from datetime import timedelta
from itertools import product

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.messages.models import GuestMessage
from events.tickets.models import Ticket
from payments.orders.models import Order
from tests.support.browsing import coming_dinner, sign_in, watch
from tests.support.desk import paid
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop
from tests.walks.test_pages import AXE, FIND_FAULTS, LOOKS, bought_by

pytestmark = pytest.mark.browser

TOPS = "found => found.map(one => Math.round(one.getBoundingClientRect().top))"
OF_THE_HOUSE = [
    "/manage/",
    "/manage/new",
    "/manage/account",
    "/manage/account/passkeys/new",
    "/manage/people",
    "/manage/trail",
    "/manage/api",
    "/manage/api/webhooks",
    "/treasury/",
    "/treasury/evenings",
    "/treasury/figures",
    "/treasury/closing",
    "/treasury/keeping",
    "/treasury/accounts",
    "/treasury/exports",
    "/treasury/exports/files",
]
OF_AN_EVENING = {
    "/manage/{slug}": [
        "/edit",
        "/edit/gifts",
        "/edit/asking",
        "/edit/questions/new",
        "/edit/look",
        "/edit/copy",
        "/edit/page",
        "/edit/page/new?kind=gallery",
        "/edit/publish",
        "/edit/tickets",
        "/edit/tickets/new",
        "/guests/1",
        "/guests/actions",
        "/gifts",
        "/guests/import",
        "/seating/wishes",
        "/seating/proposal",
        "/tonight",
        "/messages",
        "/messages/new?to=unnamed",
        "/letters",
        "/pledges",
        "/codes",
        "/waiting",
        "/returns",
        "/door",
        "/door/board",
        "/door/conflicts",
        "/door/lists",
        "/door/lists/entrance/hours",
        "/door/questions",
        "/door/ticks",
        "/cash",
    ],
    "/treasury/{slug}": [
        "/orders/new",
        "/transfers",
        "/terms",
        "/reconciliation",
        "/figures",
        "/receipts",
        "/receipts/settings",
        "/exports",
    ],
}


def faults_of(page: Page) -> list[str]:
    """What axe-core finds, each size with a scheme of its own; and whether the page is wider than its window."""
    page.evaluate(AXE)
    found: list[str] = []
    for width, height, scheme in LOOKS[::2]:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{width} {scheme} {fault}" for fault in page.evaluate(FIND_FAULTS)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: wider than the window")
    return found


def written(system: System, event_id: int) -> list[str]:
    """The pages of a message that went out, and of a draft."""
    words = {"subject": {"en": "Tonight"}, "text": {"en": "We look forward to you, {name}."}}
    common = words | {"event_id": event_id, "purpose": "news", "segment": "guests", "written_by": "account:1"}
    now = clock.now()
    with transaction() as session:
        sent = GuestMessage(**common, created_at=now, status="sent", send_at=now, people=1)
        draft = GuestMessage(**common, created_at=now, send_at=None)
        session.add_all((sent, draft))
    return [f"/messages/{sent.id}", f"/messages/{draft.id}", f"/messages/{draft.id}/edit"]


def addresses(system: System) -> list[str]:
    """The pages of the house, and of an evening with an order in it."""
    bought = bought_by(system)
    with system.looking():
        order = db.session.scalars(select(Order).where(Order.token == bought.token)).one()
        slug, code = order.event.slug, order.code
        letters = [f"/manage/{slug}{end}" for end in written(system, order.event_id)]
    yesterday = (clock.now() - timedelta(days=1)).date()
    named = [stem.format(slug=slug) + end for stem, ends in OF_AN_EVENING.items() for end in ("", *ends)]
    return [*OF_THE_HOUSE, f"/treasury/days/{yesterday}", *named, *letters, f"/treasury/{slug}/orders/{code}"]


def test_no_staff_page_has_a_fault_that_axe_can_find(system: System, browser: Browser) -> None:
    watching = watch(system)
    page = watching.over(browser.new_context(locale="en-GB").new_page())
    sign_in(page, system, "owner@example.org")
    found: dict[str, list[str]] = {}
    for address in addresses(system):
        answer = page.goto(system.url + address)
        assert answer is not None
        found[address] = faults_of(page) if answer.status == 200 else [f"answers {answer.status}"]
    assert [f"{address}: {fault}" for address, faults in found.items() for fault in faults] == []
    assert (watching.complaints, watching.strangers) == ([], [])


def test_no_page_of_a_cancelled_evening_has_a_fault_that_axe_can_find(system: System, browser: Browser) -> None:
    evening = open_evening(system)
    bought = paid(Shop(system, evening).buy(2, gift="500"))
    with system.looking(), transaction():
        event = db.session.get_one(Event, evening.id)
        event.status, event.cancelled_at = "cancelled", clock.now()
        ticket = db.session.scalars(select(Ticket.token).where(Ticket.event_id == evening.id).limit(1)).one()
    watching = watch(system)
    page = watching.over(browser.new_context(locale="en-GB").new_page())
    sign_in(page, system, "owner@example.org")
    ours = [f"/treasury/{evening.slug}/all-back", f"/treasury/{evening.slug}", f"/manage/{evening.slug}/edit/publish"]
    found: dict[str, list[str]] = {}
    for address in (*ours, f"/o/{bought.token}", f"/t/{ticket}", f"/e/{evening.slug}"):
        page.goto(system.url + address)
        assert "cancelled" in page.locator("main").inner_text().lower()
        found[address] = faults_of(page)
    assert [f"{address}: {fault}" for address, faults in found.items() for fault in faults] == []
    assert (watching.complaints, watching.strangers) == ([], [])


def test_the_heads_of_the_navigation_are_one_line_on_a_phone(system: System, browser: Browser) -> None:
    page, dinner = browser.new_context(locale="en-GB").new_page(), coming_dinner(system)
    sign_in(page, system, "owner@example.org")
    wrapped = []
    for lang, address in product(("fr", "en", "th"), (f"/manage/{dinner.slug}", "/treasury/")):
        page.goto(f"{system.url}{address}?lang={lang}")
        for width in (390, 360):
            page.set_viewport_size({"width": width, "height": 844})
            tops = page.locator(".staff-nav > a, .staff-nav .group > a").evaluate_all(TOPS)
            assert len(tops) == 5
            wrapped += [f"{lang} {width} {address}"] if len(set(tops)) > 1 else []
    assert wrapped == []


def test_every_staff_page_stands_in_a_group_of_the_navigation(system: System, browser: Browser) -> None:
    page, dinner = browser.new_context(locale="en-GB").new_page(), coming_dinner(system)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, system, "owner@example.org")
    for end, head in (("/edit/look", "Overview"), ("/seating/wishes", "Guests"), ("/door/ticks", "Door")):
        page.goto(f"{system.url}/manage/{dinner.slug}{end}")
        assert page.locator(".staff-nav .here > a").all_inner_texts() == [head]
        assert page.locator(".staff-nav .pages:visible").count() == 1


def test_the_editor_shows_its_first_field_on_a_phone_and_the_parts_behind_one_line(
    system: System, browser: Browser
) -> None:
    page, dinner = browser.new_context(java_script_enabled=False).new_page(), coming_dinner(system)
    sign_in(page, system, "owner@example.org")
    page.set_viewport_size({"width": 390, "height": 844})
    for lang, end in product(("fr", "en", "th"), ("", "/gifts")):
        page.goto(f"{system.url}/manage/{dinner.slug}/edit{end}?lang={lang}")
        field = page.locator("main :is(input:not([type=radio]), textarea):visible").first.bounding_box()
        bar = page.locator(".save").bounding_box()
        assert field and bar and field["y"] + field["height"] <= bar["y"], (lang, end, field, bar)
    page.goto(f"{system.url}/manage/{dinner.slug}/edit/tickets")
    line, parts = page.locator(".steps-folded summary"), page.locator("main nav a:visible")
    named = page.locator(".steps [aria-current]").text_content() or "?"
    assert (line.inner_text().endswith(named), parts.count()) == (True, 0)
    line.click()
    assert (parts.count(), page.locator("main nav [aria-current]:visible").inner_text()) == (7, named)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert (line.is_visible(), parts.count()) == (False, 7)
