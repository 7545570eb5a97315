"""The second look: what reads a ticket that the quick decoder cannot, with a network and without, and what it may."""

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from events.core.assets import place
from events.core.settings import ROOT
from tests.support.chromium import launched
from tests.support.damaged import seen_from, ticket
from tests.support.fake_camera import Held, flags, shoot
from tests.support.phones import PIN, Cast, enter, full_house

VENDOR = ROOT / "static" / "vendor"
PROGRAM = f"{place()}/vendor/zxing-wasm-3.1.4/reader/zxing_reader.wasm"
PINNED = re.compile(r"(\S+) +sha384-(\S+)")


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, tmp_path: Path) -> Iterator[Page]:
    """A paired phone before whose camera somebody holds a ticket seen steeply from the side, again and again."""
    film = tmp_path / "door.mjpeg"
    shoot(film, [Held(seen_from(ticket(cast.codes[0]), 70, -15), 4), Held(None, 2.5)])
    with launched(*flags(film)) as browser:
        page = browser.new_page(viewport={"width": 360, "height": 640}, locale="en-GB")
        enter(page, cast, "Door A")
        yield page


@pytest.mark.browser
def test_a_ticket_too_steep_for_the_quick_decoder_is_read_with_and_without_a_network(page: Page, cast: Cast) -> None:
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.get_by_role("button", name="Start camera").click()
    expect(page.get_by_role("status").get_by_role("heading", name="Admitted")).to_be_visible(timeout=20000)
    assert [worker.url.rpartition("/")[2] for worker in page.workers] == ["second.js"]
    page.wait_for_function(f"async () => Boolean(await caches.match('{PROGRAM}'))")
    assert said == []
    cast.house.close()
    page.reload()
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="Start camera").click()
    expect(page.get_by_role("status").get_by_role("heading", name="Already admitted")).to_be_visible(timeout=30000)


def test_webassembly_runs_in_one_worker_and_nowhere_else(app: Flask) -> None:
    client = app.test_client()
    policy = client.get("/door/second.js").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    for address in ("/", "/door", "/door/sw.js", f"{place()}/js/door/main.js", f"{place()}/js/door/second-worker.js"):
        with client.get(address) as answer:
            assert answer.status_code == 200
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_nothing_we_took_over_has_changed() -> None:
    notes = {path.parent: path.read_text(encoding="utf-8") for path in VENDOR.glob("*/README")}
    found = [(folder / name, told) for folder, note in notes.items() for name, told in PINNED.findall(note)]
    for path, told in found:
        assert base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode() == told, path
    served = {path for pattern in ("*/**/*.js", "*/**/*.wasm") for path in VENDOR.glob(pattern)}
    assert served == {path for path, _told in found}
