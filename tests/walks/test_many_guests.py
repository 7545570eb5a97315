"""Many guests at once in a real browser, on a phone: ticked, seated, marked with progress, and put back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from events.core import jobs
from events.core.db import db, transaction
from events.guests.models import Guest
from events.office import batches
from events.seating import tables
from events.team import signing_in
from events.team.models import Account
from tests.support import servers
from tests.support.staff import Staff, make_app, sell, set_the_table
from tests.walks.test_pages import faults_of

pytestmark = pytest.mark.browser


@pytest.fixture
def served(database_url: str) -> Iterator[Staff]:
    """A dinner with 120 guests in parties of three, and two tables of eight."""
    port = servers.free_port()
    app = make_app(database_url, PUBLIC_URL=f"http://localhost:{port}")
    app.config["WTF_CSRF_ENABLED"] = True
    staff = set_the_table(app)
    with app.app_context(), transaction():
        for party in range(40):
            sell("dinner", f"A{party:04}", f"Buyer {party}", [(f"Guest {party}", ""), ("Luc", ""), (None, "")])
        tables.add_tables(1, 2, 8, "round")
    with servers.answering(app, port):
        yield staff
    with app.app_context():
        db.engine.dispose()


def open_list(page: Page, staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        token = signing_in.demo_key(db.session.get_one(Account, staff.accounts["organiser"]))
    page.goto(f"{staff.app.config['PUBLIC_URL']}/sign-in/{token}?lang=en")
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{staff.app.config['PUBLIC_URL']}/manage/dinner/guests")


def marked(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Guest.id).where(Guest.mark == "press")).all())


def test_an_organiser_ticks_seats_watches_and_takes_it_back(
    served: Staff, monkeypatch: pytest.MonkeyPatch, browser: Browser
) -> None:
    app = served.app
    monkeypatch.setattr(batches, "PORTIONS", 1)
    page = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    open_list(page, served)
    page.get_by_label("Tick the whole page").check()
    expect(page.locator("output")).to_have_text("50 ticked")
    page.get_by_label("Tick the whole page").uncheck()
    for number in ("0001", "0002", "0003"):
        page.get_by_label(f"Ticket {number}").check()
    expect(page.locator("output")).to_have_text("3 ticked")
    page.get_by_label("Mark", exact=True).last.press("Enter")  # no button was meant: nothing is done
    page.get_by_label("To table").fill("2")
    page.get_by_role("button", name="Seat").click()
    expect(page.get_by_role("status").get_by_text("3 guests are seated.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 guests are as before.")).to_be_visible()
    page.get_by_role("link", name="To the guests").click()
    page.get_by_label("All 120 that were found").check()
    page.get_by_label("Mark", exact=True).last.fill("press")
    page.get_by_role("button", name="Set the mark").click()
    expect(page.get_by_label("0 of 120 dealt with")).to_be_visible()
    with app.app_context():
        jobs.run_due(jobs.handlers(), 1)
    bar = page.get_by_label("102 of 120 dealt with")  # the page has looked again by itself
    expect(bar).to_have_js_property("value", 102)
    page.get_by_role("button", name="Stop and undo").click()
    with app.app_context():
        jobs.run_due(jobs.handlers(), 5)
    expect(page.get_by_text("102 guests are as before.")).to_be_visible()
    assert (faults_of(page), marked(app)) == ([], 0)
    page.get_by_role("link", name="Group actions").click()
    assert faults_of(page) == []


def test_on_a_phone_one_sees_whom_one_moves_and_may_let_go(served: Staff, browser: Browser) -> None:
    page = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    open_list(page, served)
    page.goto(f"{served.app.config['PUBLIC_URL']}/manage/dinner/seating")
    carried = page.locator("#carried")
    expect(carried).to_be_hidden()
    page.get_by_role("link", name="Move Guest 7 ").click()
    expect(carried.get_by_text("Guest 7")).to_be_in_viewport()
    assert faults_of(page) == []
    carried.get_by_role("button", name="Leave it").click()
    expect(carried).to_be_hidden()
    page.get_by_role("link", name="Move Guest 7 ").click()
    page.locator(".rt").first.click()
    expect(page.locator("#said")).to_contain_text("1 of 16 seats taken")
    expect(carried).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{served.app.config['PUBLIC_URL']}/manage/dinner?lang=fr")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
