"""The PIN around a phone's token, and what opening the app without a network needs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from events.core.assets import place
from tests.support.chromium import driver
from tests.support.phones import PIN, Cast, enter, full_house, pair, phone, scan

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AXE = Path(__file__).parents[2] / "vendor" / "axe.min.js"
STORED = """async () => {
  const store = await import("/static/js/door/store.js");
  const names = ["tickets", "queue", "meta"];
  const rows = await Promise.all(names.map((name) => store.all(name)));
  return { ...Object.fromEntries(names.map((name, place) => [name, rows[place]])), local: { ...localStorage } };
}""".replace("/static", place())


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1) as cast:
        yield cast


@pytest.fixture
def context(tmp_path: Path) -> Iterator[BrowserContext]:
    with driver() as playwright, phone(playwright, tmp_path / "phone") as context:
        yield context


def try_pin(page: Page, pin: str) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Unlock").click()


def test_app_opens_offline_locked_and_forgets_its_pairing_after_ten_wrong_pins(
    context: BrowserContext, cast: Cast
) -> None:
    page = pair(context, cast, "Door A")
    kept: dict[str, Any] = page.evaluate(STORED)
    (pairing,) = [row["value"] for row in kept["meta"] if row["key"] == "pairing"]
    assert set(pairing["wrapped"]) == {"salt", "nonce", "token"}
    assert "token" not in pairing  # nowhere but wrapped
    assert set(kept["local"]) == {"bonsoir.door.name"}
    cast.house.close()
    scan(page, cast.codes[0])
    for address in ("/door?lang=en", "/door", "/door?lang=th", "/door?lang=en"):  # all there without a server
        page.goto(f"http://127.0.0.1:{cast.house.port}{address}")
        expect(page.locator("#unlock")).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate("async () => (await axe.run()).violations.map((found) => found.id)") == []
    try_pin(page, "0000")
    expect(page.get_by_text("This PIN is wrong.")).to_be_visible(timeout=15000)
    try_pin(page, PIN)
    expect(page.get_by_label("Ticket code")).to_be_visible(timeout=15000)
    page.reload()
    for number in range(10):
        try_pin(page, f"111{number}")
        expect(page.get_by_label("PIN", exact=True)).to_have_value("", timeout=15000)
    expect(page.get_by_text("Too many wrong PINs")).to_be_visible(timeout=15000)
    expect(page.get_by_role("button", name="Pair this phone")).to_be_visible()
    kept = page.evaluate(STORED)
    assert (kept["tickets"], kept["meta"], len(kept["queue"])) == ([], [], 1)
    cast.house.open()
    page = pair(context, cast, "Door A")  # the same evening again: what waited is brought
    expect(page.locator("#count b")).to_have_text("1", timeout=30000)
    assert page.evaluate(STORED)["queue"] == []


def test_phone_without_a_pin_is_paired_until_its_page_is_closed(context: BrowserContext, cast: Cast) -> None:
    page = context.pages[0]
    enter(page, cast, "Door A", pin="")
    scan(page, cast.codes[0])
    page.reload()
    expect(page.get_by_label("Ticket code")).to_be_visible(timeout=15000)
    kept = page.evaluate(STORED)
    assert [row for row in kept["meta"] if row["key"] == "pairing"] == []
    another = context.new_page()
    another.goto(f"http://127.0.0.1:{cast.house.port}/door?lang=en")
    expect(another.get_by_role("button", name="Pair this phone")).to_be_visible(timeout=15000)


def test_phone_that_dies_before_the_answer_asks_the_same_question_again(context: BrowserContext, cast: Cast) -> None:
    page, heard = pair(context, cast, "Door A"), []

    def swallow(route: Route) -> None:
        heard.append(route.fetch().json()["results"][0]["verdict"])  # the guest is in; the phone will never know

    page.route("**/door/api/scans*", swallow)
    page.get_by_label("Ticket code").fill(cast.codes[0])
    page.get_by_role("button", name="Check").click()
    while not heard:
        page.wait_for_timeout(20)
    again = context.new_page()
    page.close()
    again.goto(f"http://127.0.0.1:{cast.house.port}/door?lang=en")
    try_pin(again, PIN)
    expect(again.get_by_label("Ticket code")).to_be_visible(timeout=15000)
    scan(again, cast.codes[0], "Admitted")
    scan(again, cast.codes[0], "Already admitted")
    assert heard == ["admitted"]
