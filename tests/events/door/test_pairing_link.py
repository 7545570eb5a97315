"""An organiser’s code as a link: any camera opens it, the app’s own reads it, and a dead one leads to the next."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from events.door import pairing
from events.tickets import qr
from tests.events.door.conftest import new_code
from tests.support.chromium import launched
from tests.support.fake_camera import Held, flags, shoot
from tests.support.phones import PIN, Cast, enter, full_house

pytestmark = pytest.mark.browser

RUN = re.compile(r"M([0-9]+) ([0-9]+)h([0-9]+)")


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def link(cast: Cast) -> str:
    """What an organiser's page shows now."""
    return pairing.link(new_code(cast.event_id, "Terrace"))


@pytest.fixture
def browser(link: str, tmp_path: Path) -> Iterator[Browser]:
    """Before its camera: the organiser's screen."""
    shoot(tmp_path / "door.mjpeg", [Held(picture(link), 3)])
    with launched(*flags(tmp_path / "door.mjpeg")) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 360, "height": 640}, locale="en-GB")
    yield page
    page.close()


def picture(address: str) -> Image.Image:
    side, path = qr.path_of_address(address)
    drawn = Image.new("RGB", (side * 12, side * 12), "white")
    for x, y, width in (map(int, run) for run in RUN.findall(path)):
        corner = (12 * x, 12 * y)
        ImageDraw.Draw(drawn).rectangle((*corner, corner[0] + 12 * width - 1, corner[1] + 11), fill="black")
    return drawn


def test_the_telephones_own_camera_opens_the_app_and_one_press_pairs_it(page: Page, link: str) -> None:
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.goto(link)
    expect(page.get_by_label("Pairing code")).to_have_value(link[-8:])
    assert link[-8:] not in page.url
    expect(page.get_by_label("Choose a PIN")).to_be_focused()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("arrived of")).to_be_visible(timeout=20000)
    expect(page.get_by_text("Terrace")).to_be_visible()
    assert [url for url in heard if link[-8:] in url] == []


def test_the_apps_own_camera_reads_the_same_code(page: Page, link: str) -> None:
    page.goto(link.partition("#")[0])
    page.get_by_role("button", name="Start camera").click()
    expect(page.get_by_text("Terrace")).to_be_visible(timeout=20000)


def test_a_dead_code_says_in_one_tap_where_the_next_one_is(page: Page, cast: Cast) -> None:
    page.goto(f"http://127.0.0.1:{cast.house.port}/door#pair=DEADCODE")
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("alert")).to_contain_text("run out")
    expect(page.get_by_label("Pairing code")).to_have_value("DEADCODE")
    page.get_by_text("How do I get a new code?").click()
    expect(page.get_by_text("the button “New pairing code” makes one at once")).to_be_visible()
    expect(page.get_by_role("button", name="Start camera")).to_be_visible()  # to scan the next one


def test_a_paired_phone_is_asked_before_a_new_code_takes_its_place(page: Page, cast: Cast) -> None:
    enter(page, cast, "Door A")
    other = pairing.link(new_code(cast.event_id, "Garden"))
    page.goto(other)
    expect(page.get_by_text("This phone is paired already")).to_be_visible()
    page.get_by_role("button", name="Keep the present pairing").click()
    expect(page.get_by_role("heading", name="This phone is locked")).to_be_visible()
    page.goto(other)  # the same page: the address alone has changed
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_text("Garden")).to_be_visible()


def test_a_dead_code_leaves_a_paired_phone_as_it_is_and_says_so(page: Page, cast: Cast) -> None:
    enter(page, cast, "Door A")
    page.goto(f"http://127.0.0.1:{cast.house.port}/door#pair=DEADCODE")
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("alert")).to_contain_text("run out")
    page.get_by_role("button", name="Keep the present pairing").click()
    expect(page.get_by_text("arrived of").or_(page.get_by_role("heading", name="This phone is locked"))).to_be_visible()
