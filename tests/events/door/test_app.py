"""The door's page in a real browser, before a camera that shows what we hold."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select, update

from app import create_app
from events.core import tokens
from events.core.assets import place
from events.core.db import db, transaction
from events.door.models import Admission, Scan
from events.tickets import qr
from events.tickets.models import Ticket
from tests.events.door.conftest import Evening, new_code, seed, settings
from tests.support.chromium import launched
from tests.support.fake_camera import Held, flags, shoot
from tests.support.servers import answering, free_port

pytestmark = pytest.mark.browser

# How many rows stand in each store of the phone's database.
KEPT = """async () => {
  const store = await import("/static/js/door/store.js");
  const names = ["tickets", "queue", "seen", "asking", "meta"];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await store.count(name)])));
}""".replace("/static", place())
HELENE, ALONE, FORGED = (letter * 26 for letter in "HAZ")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def app(sqlite_url: str, port: int) -> Iterator[Flask]:
    """The application behind a real address."""
    app = create_app(settings(sqlite_url) | {"PUBLIC_URL": f"http://127.0.0.1:{port}"})
    with app.app_context():
        with answering(app, port):
            yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def evening(app: Flask) -> Evening:
    """The seeded evening, two of its tickets with the codes of the film."""
    with transaction() as session:
        seeded = seed()
        for old, new in ((seeded.helene, HELENE), (seeded.alone, ALONE)):
            values = {"code": new, "code_hash": tokens.digest(new)}
            session.execute(update(Ticket).where(Ticket.code == old).values(**values))
    return replace(seeded, helene=HELENE, alone=ALONE)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Before its camera, in a loop: a ticket, a forged one, one in white on black, a while nothing."""
    film = tmp_path_factory.mktemp("film") / "door.mjpeg"
    night = ImageOps.invert(picture(ALONE).convert("L"))
    shoot(film, [
        Held(None, 1), Held(picture(HELENE), 3), Held(None), Held(picture(FORGED), 1.5, tilt=-9),
        Held(None), Held(night, 1.5, tilt=12), Held(None, 2.5),
    ])  # fmt: skip
    with launched(*flags(film)) as browser:
        yield browser


def picture(code: str) -> Image.Image:
    return Image.open(io.BytesIO(qr.png(code, 16)))


@pytest.fixture
def page(browser: Browser, evening: Evening, port: int) -> Iterator[Page]:
    """A phone, paired."""
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    pair(page, evening, port)
    yield page
    page.close()


def pair(page: Page, evening: Evening, port: int) -> None:
    page.goto(f"http://127.0.0.1:{port}/door?lang=en")
    page.get_by_label("Name of this phone").fill("Nok")
    page.get_by_label("Pairing code").fill(new_code(evening.event_id))
    page.get_by_label("Choose a PIN").fill("2580")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_text("arrived of 3")).to_be_visible()


def verdict(page: Page, heading: str) -> None:
    expect(page.get_by_role("status").get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=15000)


def test_camera_reads_one_ticket_after_the_other_without_a_touch(page: Page) -> None:
    page.get_by_role("button", name="Start camera").click()
    verdict(page, "Admitted")
    expect(page.get_by_role("status")).to_contain_text("Hélène Moreau")
    expect(page.get_by_role("status")).to_contain_text("No peanuts")
    verdict(page, "Not valid")
    verdict(page, "Admitted")
    expect(page.get_by_role("status")).to_contain_text("Somchai Dee")
    verdict(page, "Already admitted")
    # Three codes were shown, the first in some thirty pictures: held in view it counted once.
    assert db.session.scalar(select(func.count(Scan.id))) == 4


def test_next_ticket_reads_again_what_is_in_view(page: Page) -> None:
    page.get_by_role("button", name="Start camera").click()
    verdict(page, "Admitted")
    page.get_by_role("button", name="Next ticket").click()
    verdict(page, "Already admitted")


def test_typed_code_party_and_undo(page: Page, evening: Evening) -> None:
    page.get_by_label("Ticket code").fill(evening.helene.lower())
    page.get_by_role("button", name="Check").click()
    verdict(page, "Admitted")
    expect(page.get_by_role("status")).to_contain_text("1 of 2")
    page.get_by_role("button", name="Admit the other guest").click()
    expect(page.get_by_role("status")).to_contain_text("2 of 2")
    page.get_by_role("button", name="Undo").click()
    verdict(page, "Undone")
    page.get_by_role("button", name="Next ticket").click()
    expect(page.get_by_text("arrived of 3")).to_be_visible()
    assert page.locator("#count b").inner_text() == "1"


def test_scanner_that_types_needs_no_field(page: Page, evening: Evening) -> None:
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.type(evening.alone)
    page.keyboard.press("Enter")
    verdict(page, "Admitted")
    page.keyboard.type(evening.alone)  # the button "Next ticket" has the focus now
    page.keyboard.press("Enter")
    verdict(page, "Already admitted")


def test_lost_answer_is_asked_for_again_and_admits_once(page: Page, evening: Evening) -> None:
    lost: list[Any] = []

    def lose(route: Route) -> None:
        if len(lost) < 2:
            route.fetch()  # the server has let the guest in; the phone never hears of it
            lost.append(route.request.post_data_json)
            route.abort()
        else:
            route.continue_()

    page.route("**/door/api/scans*", lose)
    page.get_by_label("Ticket code").fill(evening.alone)
    page.get_by_role("button", name="Check").click()
    verdict(page, "Admitted")
    expect(page.get_by_text("Checked without a connection")).to_be_visible()
    expect(page.get_by_text("1 to send")).to_be_hidden(timeout=15000)
    assert lost[0]["scans"][0]["scan_id"] == lost[1]["scans"][0]["scan_id"]
    assert "code" not in lost[1]["scans"][0]
    assert db.session.scalar(select(func.count(Admission.id))) == 1


def test_revoked_phone_forgets_everything(page: Page, app: Flask, evening: Evening) -> None:
    with transaction() as session:
        session.execute(db.text("UPDATE device SET revoked_at = '2026-01-01 00:00:00'"))
    page.get_by_label("Ticket code").fill(evening.alone)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("ended")
    expect(page.get_by_role("button", name="Pair this phone")).to_be_visible()
    assert page.evaluate(KEPT) == {"tickets": 0, "queue": 0, "seen": 0, "asking": 0, "meta": 0}


def test_search_shows_who_is_here(page: Page, evening: Evening) -> None:
    page.get_by_role("button", name="Search by name").click()
    page.get_by_label("Name", exact=True).fill("helene")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Table 2 · Ticket 0001")).to_be_visible()
    expect(page.get_by_text("not here yet")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_to_complain_about(page: Page, evening: Evening, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    axe = (Path(__file__).parents[2] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)

    def violations() -> list[str]:
        found: list[str] = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
        return found

    assert violations() == []
    for code in (evening.helene, evening.helene, FORGED):
        page.get_by_label("Ticket code").fill(code)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("status").get_by_role("heading")).to_be_visible()
        assert violations() == []
        page.get_by_role("button", name="Next ticket").click()
