"""The pictures of README.md, taken from the running demo: `make pictures`. Real pages, invented guests."""

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


def take() -> None:
    """Buy a place in the demo, let its guest in, and keep three pictures."""
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
    page = _phone(browser)
    page.goto(told["event"] + "?lang=en")
    _keep(page, "event")
    code = _buy(page, told["event"])
    _keep(page, "ticket")
    _let_in(_phone(browser), told, code)


def _phone(browser: Browser) -> Page:
    return browser.new_context(viewport=PHONE, locale="en-GB", device_scale_factor=1.5).new_page()


def _buy(page: Page, event: str) -> str:
    """Buy one place; ends on its ticket, and returns the ticket's code."""
    page.goto(f"{event}/order?lang=en")
    page.get_by_label("A seat", exact=True).fill("1")
    page.get_by_label("Your name").fill("Camille Exemple")
    page.get_by_label("E-mail").fill("camille@example.org")
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_role("link", name="Open").first.click()
    page.wait_for_load_state("networkidle")
    return _read(page.locator("svg.qr").screenshot())


def _read(picture: bytes) -> str:
    return str(zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text)


def _let_in(page: Page, told: dict[str, str], code: str) -> None:
    """Pair the phone, and admit the guest of the ticket."""
    page.goto(told["ready"] + "door?lang=en")
    page.get_by_label("Name of this phone").fill("Demo phone")
    page.get_by_label("Pairing code").fill(told["door-code"])
    page.get_by_label("Choose a PIN").fill("2468")
    page.get_by_role("button", name="Pair this phone").click()
    page.get_by_label("Ticket code").fill(code)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="Admitted")).to_be_visible()
    _keep(page, "door")


def _keep(page: Page, name: str) -> None:
    page.wait_for_timeout(300)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    take()
