"""A poor telephone: an old one on a slow line, and one that shows the page inside another app, used by keys alone."""

import re
from statistics import median

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.browsing import coming_dinner, watch
from tests.support.evening import System, open_evening
from tests.support.shopping import new_email

pytestmark = pytest.mark.browser

LARGEST_EVENT_PAGE = 60_000
"""Bytes on the line, headers and all, until the page can be read; its faces follow (text shows in others till then)."""
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
"""Milliseconds of a round trip, bytes a second."""
IN_LINE = (
    "Mozilla/5.0 (Linux; Android 13; SM-A145F Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36 Line/14.6.0/IAB"
)
PAINTED = """window.painted = []; new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.painted.push(one.startTime);
}).observe({type: "largest-contentful-paint", buffered: true});"""
POOR = """window.opened = 0; window.open = () => { window.opened += 1; return null; };
for (const name of ["clipboard", "share", "serviceWorker", "wakeLock"])
    Object.defineProperty(Navigator.prototype, name, {get: () => undefined});"""
HAS_RING = """() => { const look = getComputedStyle(document.activeElement);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2; }"""
SAID = """() => [...document.querySelectorAll('[aria-invalid="true"]')].map(field =>
    field.getAttribute("aria-describedby").split(" ").map(id => document.getElementById(id)?.textContent.trim())[0])"""


class Line:
    """What comes over a slow line: bytes for each address, headers and all."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.addresses: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        self.session.on("Network.requestWillBeSent", self._asked)
        self.session.on("Network.loadingFinished", self._came)
        self.session.send("Network.enable")
        self.session.send("Network.emulateNetworkConditions", SLOW)

    def _asked(self, told: dict[str, object]) -> None:
        request = told["request"]
        assert isinstance(request, dict)
        self.addresses[str(told["requestId"])] = request["url"]

    def _came(self, told: dict[str, object]) -> None:
        self.bytes[self.addresses[str(told["requestId"])]] = int(str(told["encodedDataLength"]))


def load(browser: Browser, address: str) -> tuple[dict[str, int], float]:
    """Open a page for the first time, on the slow line: its bytes, and milliseconds to its largest paint."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, device_scale_factor=2)
    context.add_init_script(PAINTED)
    page = context.new_page()
    line = Line(page)
    page.goto(address, wait_until="load")
    paint = page.evaluate("window.painted.at(-1)")
    context.close()
    return line.bytes, float(paint)


def test_the_event_page_is_light_on_a_slow_line(
    system: System, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{system.url}/e/{coming_dinner(system).slug}?lang=th"
    loads = [load(browser, address) for _ in range(3)]
    sizes = {url: count for url, count in loads[0][0].items() if not url.endswith(".woff2")}
    assert len(sizes) > 3
    assert sum(sizes.values()) <= LARGEST_EVENT_PAGE / 2, sizes
    assert sum(loads[0][0].values()) <= LARGEST_EVENT_PAGE * 2, loads[0][0]
    with capsys.disabled():
        paints = ", ".join(f"{paint:.0f}" for _, paint in loads)
        print(f"\nlargest paint at 1.6 Mbit/s, 150 ms: {median(paint for _, paint in loads):.0f} ms ({paints}); ")  # noqa: T201


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is there; every stop on the way shows where it is."""
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(HAS_RING), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def order_by_keys(page: Page, seat: str, email: str) -> None:
    """Send the form with mistakes, follow the list of them, mend them, send it again."""
    reach(page, ".bill .button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.evaluate(SAID) == [
        "Choose at least one seat, or give an amount.",
        "Please tell us your name.",
        "Please give an e-mail address: the tickets are sent to it.",
    ]
    reach(page, "#mistakes a")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{seat}")).to_be_focused()
    page.keyboard.press("ArrowUp")
    reach(page, "#cover_fees")
    page.keyboard.press("Space")
    reach(page, "#name")
    page.keyboard.type("Keys Alone")
    reach(page, "#email")
    page.keyboard.type(email)
    reach(page, ".bill .button")
    page.keyboard.press("Enter")


def test_one_buys_by_keys_alone_inside_another_app(system: System, browser: Browser) -> None:
    """No second window, no download, no clipboard, nothing kept: the ticket is on the page."""
    evening, watching = open_evening(system), watch(system)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-GB", user_agent=IN_LINE, accept_downloads=False
    )
    context.add_init_script(POOR)
    page = watching.over(context.new_page())
    pages = [page]
    context.on("page", lambda new: pages.append(new))
    page.on("download", lambda download: pages.append(page))
    page.goto(f"{system.url}{evening.form}?lang=en")
    order_by_keys(page, f"ticket-{evening.seat}", new_email())
    page.wait_for_url(f"{system.standin.url}/**")
    reach(page, "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(page.get_by_role("link", name="Ticket (PDF)")).to_have_attribute(
        "href", re.compile("openExternalBrowser=1$")
    )
    reach(page, "article.ticket a")
    page.keyboard.press("Enter")
    symbol = page.get_by_role("img", name="QR code of ticket")
    expect(symbol).to_be_in_viewport(ratio=1)
    reach(page, ".enlarge a")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible()
    assert page.evaluate("window.opened") == 0
    assert len(pages) == 1
    context.close()
    heard = [words for words in watching.complaints if "status of 422" not in words]
    assert (heard, watching.strangers) == ([], [])
