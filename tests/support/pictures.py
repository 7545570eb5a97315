"""The pictures of README.md and the manual, taken from the running demo by `make pictures`. The guests are invented."""

import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support import servers
from tests.support.chromium import launched

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=800)
NOBODYS = "A" * 26
"""A code that no ticket bears."""
TAKEN = (
    *("event", "form", "order", "ticket", "invited", "changes"),
    *("pairing", "door", "twice", "refused", "search"),
    *("overview", "editor", "tables", "message", "papers"),
    *("morning", "desk", "exports"),
)
"""Every picture there is; tests/test_docs.py compares."""


def take() -> None:
    """Buy two places in the demo, let a guest in, look over everybody's shoulder; keep the pictures."""
    with TemporaryDirectory(prefix="bonsoir-pictures-") as folder:
        log, port = Path(folder) / "demo.log", servers.free_port()
        command = [servers.BONSOIR, "demo", "--port", str(port)]
        with servers.started(command, log, {"BONSOIR_VAR": folder + "/var"}) as demo:
            servers.wait_for(f"http://127.0.0.1:{port}/healthz", demo.poll, log)
            while not (told := _told(log)).get("ready"):
                demo.poll()
            with launched() as browser:
                _picture_all(browser, told)


def _told(log: Path) -> dict[str, str]:
    lines = (line.split(" ", 1) for line in log.read_text(encoding="utf-8").splitlines())
    return {words[0]: words[1] for words in lines if len(words) == 2}


def _picture_all(browser: Browser, told: dict[str, str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    code = _donor(browser, told["event"])
    _door(_page(browser, PHONE), told, code)
    _organiser(_page(browser, DESK), told)
    _treasurer(_page(browser, DESK), told)


def _page(browser: Browser, size: ViewportSize) -> Page:
    scale = 1.5 if size is PHONE else 1
    return browser.new_context(viewport=size, locale="en-GB", device_scale_factor=scale).new_page()


def _donor(browser: Browser, event: str) -> str:
    """Buy two places on a phone; the code of the first ticket."""
    page = _page(browser, PHONE)
    page.goto(event + "?lang=en")
    _keep(page, "event")
    _buy(page, event)
    _keep(page, "order")
    order, link = page.url, page.get_by_label("Link for your guests").input_value()
    guest = _page(browser, PHONE)
    guest.goto(link + "?lang=en")
    _keep(guest, "invited")
    page.get_by_role("link", name="Open").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "ticket")
    code = _read(page.locator("svg.qr").first.screenshot())
    page.goto(order.split("?")[0] + "/changes?lang=en")
    _keep(page, "changes")
    return code


def _buy(page: Page, event: str) -> None:
    """Two places, with the order form as it looks when it is filled in; ends on the order's page."""
    page.goto(f"{event}/order?lang=en")
    page.get_by_label("A seat", exact=True).fill("2")
    page.get_by_label("Your name").fill("Camille Exemple")
    page.get_by_label("E-mail").fill("camille@example.org")
    page.evaluate("scrollTo(0, 0)")
    _keep(page, "form")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def _read(picture: bytes) -> str:
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text)


def _door(page: Page, told: dict[str, str], code: str) -> None:
    """Pair a phone; a guest comes, and comes again, and somebody with a code that is none."""
    page.goto(told["ready"] + "door?lang=en")
    page.get_by_label("Name of this phone").fill("Demo phone")
    page.get_by_label("Pairing code").fill(told["door-code"])
    page.get_by_label("Choose a PIN").fill("2468")
    _keep(page, "pairing")
    page.get_by_role("button", name="Pair this phone").click()
    for shown, verdict, name in (
        (code, "Admitted", "door"),
        (code, "Already admitted", "twice"),
        (NOBODYS, "Not valid", "refused"),
    ):
        page.get_by_label("Ticket code").fill(shown)
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_role("heading", name=verdict, exact=True)).to_be_visible()
        _keep(page, name)
        page.get_by_role("button", name="Next ticket").click()
    page.get_by_role("button", name="Search by name").click()
    page.get_by_label("Name", exact=True).fill("Sample")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Let in")).first).to_be_visible()
    _keep(page, "search")


def _organiser(page: Page, told: dict[str, str]) -> None:
    """The evening as whoever makes it sees it."""
    evening = _sign_in(page, told, "organiser")
    for path, name in (("", "overview"), ("/edit/tickets", "editor"), ("/seating", "tables"), ("/tonight", "papers")):
        page.goto(evening + path)
        _keep(page, name)
    page.goto(evening + "/messages")
    page.locator("main a[href*='/messages/']:not([href$='/new'])").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "message")


def _treasurer(page: Page, told: dict[str, str]) -> None:
    """The morning page, one order, the exports."""
    evening = _sign_in(page, told, "treasurer").replace("/manage/", "/treasury/")
    page.goto(told["ready"] + "treasury/")
    _keep(page, "morning")
    page.goto(evening)
    page.locator("main table a[href*='/orders/']").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "desk")
    page.goto(evening + "/exports")
    _keep(page, "exports")


def _sign_in(page: Page, told: dict[str, str], role: str) -> str:
    """Sign in with the demo's link; the address of the evening's staff pages."""
    page.goto(told["sign-in-" + role])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")
    return told["ready"] + "manage/" + told["event"].rpartition("/")[2]


def _keep(page: Page, name: str) -> None:
    """What is to be seen now, as WebP: a third of a PNG's weight."""
    assert name in TAKEN, name
    page.wait_for_timeout(300)
    with Image.open(BytesIO(page.screenshot())) as picture:
        picture.convert("RGB").save(PICTURES / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    take()
