"""What browser tests do again and again: find by words in any language, keep watch over the console, sign in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pypdfium2
import zxingcpp
from flask_babel import force_locale
from flask_babel import gettext as translated
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, Request
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db
from tests.support.evening import System

Said = Callable[[str], str]


def spoken(system: System, language: str) -> Said:
    """How the interface says an English source text in a language."""

    def say(text: str) -> str:
        with system.app.test_request_context(), force_locale(language):
            return translated(text)

    return say


@dataclass
class Watch:
    """Everything a page complained about, and every request that left for a host which is not ours."""

    hosts: frozenset[str]
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watch this page from now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc not in self.hosts:
            self.strangers.append(request.url)


def watch(system: System) -> Watch:
    """A watch that knows our server, and the stand-in's."""
    return Watch(frozenset(urlsplit(url).netloc for url in (system.url, system.standin.url)))


def coming_dinner(system: System) -> Event:
    """The demonstration's next dinner, detached."""
    with system.looking():
        dinners = select(Event).where(Event.slug.startswith("bonjour-")).order_by(Event.starts_at.desc())
        return db.session.scalars(dinners.limit(1)).one()


def sign_in(page: Page, system: System, email: str) -> None:
    """Ask for the letter, open its link, press its button."""
    before = len(system.letters_to(email))
    _ask_for_key(page, system, email)
    if len(system.letters_to(email)) == before:  # other tests have had the five that one address is sent
        system.go_on(15 * 60)
        _ask_for_key(page, system, email)
    letter = system.letters_to(email)[before]
    (link,) = [word for word in letter.text.split() if word.startswith(f"{system.url}/sign-in/")]
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def _ask_for_key(page: Page, system: System, email: str) -> None:
    page.goto(f"{system.url}/sign-in?lang=en")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send me a key").click()
    page.get_by_role("heading", name="Look into your letters").wait_for()
    system.work()


def printed(paper: bytes, scale: float = 2) -> Iterator[Image.Image]:
    """The pages of a PDF, as a printer or a phone shows them."""
    document = pypdfium2.PdfDocument(paper)
    try:
        for number in range(len(document)):
            page = document[number]
            yield page.render(scale=scale).to_pil()
            page.close()
    finally:
        document.close()


def decoded(picture: Image.Image) -> str:
    """The one QR code in a picture."""
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return str(found.text)
