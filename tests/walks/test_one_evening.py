"""One whole evening: from the first click to the door and to the treasurer's file, in a real browser."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from events.core import tokens
from events.core.db import db, transaction
from events.door import pairing
from events.mail.mailbox import Caught
from events.tickets import qr
from payments.orders.models import Order
from tests.support import fake_camera
from tests.support.browsing import coming_dinner, decoded, printed, sign_in, spoken, watch
from tests.support.chromium import launched
from tests.support.evening import System
from tests.support.shopping import new_email

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
SEEN_AGAIN = 40_000
"""Milliseconds until the camera's film has shown everything, on a slow machine."""


@contextmanager
def opened(browser: Browser, size: dict[str, int], locale: str) -> Iterator[Page]:
    """A page in a context of its own."""
    context = browser.new_context(viewport={"width": size["width"], "height": size["height"]}, locale=locale)
    try:
        yield context.new_page()
    finally:
        context.close()


def order_of(email: str) -> Order:
    """The order of a buyer."""
    return db.session.scalars(select(Order).where(Order.party.has(email=email))).one()


def buy(page: Page, system: System, email: str) -> None:
    """Two seats and a gift of 1,234.56 baht, from the event page to the thanks, in French."""
    say = spoken(system, "fr")
    dinner = coming_dinner(system)
    page.goto(f"{system.url}/e/{dinner.slug}")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("link", name=say("Get tickets")).first.click()
    page.get_by_label("Une place", exact=True).fill("2")
    page.get_by_label(say("Extra gift")).fill("1 234,56")
    page.get_by_label(say("Your name")).fill("Hélène Exemple")
    page.get_by_label(say("E-mail")).fill(email)
    expect(page.locator("#bill .sum").last).to_contain_text("234,56")  # the script's bill: 6 234,56 ฿
    page.get_by_role("button", name=say("Continue to payment")).click()
    page.wait_for_url(f"{system.standin.url}/**")
    expect(page.locator(".lines .sum").last).to_contain_text("234,56")
    page.get_by_role("button", name="Payer", exact=True).click()
    page.wait_for_url(f"{system.url}/o/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you"))


def codes_of(letter: Caught) -> tuple[list[Image.Image], list[str]]:
    """The pages of the letter's tickets, and the code that each shows."""
    (paper,) = [part for part in letter.attachments if (part.get_filename() or "").startswith("billets-")]
    content = paper.get_payload(decode=True)
    assert isinstance(content, bytes)
    pages = list(printed(content))
    return pages, [decoded(page) for page in pages]


def film_of(film: Path, ticket: Image.Image, forged: str) -> None:
    """The ticket, the ticket once more, a forged code; the desk between them for longer than a code is remembered."""
    nothing = fake_camera.Held(None, seconds=2.6)
    shown = fake_camera.Held(ticket, seconds=2)
    forgery = fake_camera.Held(Image.open(io.BytesIO(qr.png(forged))), seconds=2)
    fake_camera.shoot(film, [shown, nothing, shown, nothing, forgery, nothing])


def keep_the_door(page: Page, system: System, code: str) -> None:
    """Pair, start the camera, and read the verdicts of the three pictures in the film."""
    page.goto(f"{system.url}/door?lang=en")
    page.get_by_label("Name of this phone").fill("The first phone")
    page.get_by_label("Pairing code").fill(code)
    page.get_by_label("Choose a PIN").fill("2580")
    page.get_by_role("button", name="Pair this phone").click()
    page.get_by_role("button", name="Start camera").click()
    verdict = page.get_by_role("status").locator("h2")
    for heading in ("Admitted", "Already admitted", "Not valid"):
        expect(verdict).to_have_text(heading, timeout=SEEN_AGAIN)


def amounts(row: dict[str, object]) -> tuple[Decimal, ...]:
    """Benefit, gift, fee cover and total of one row of the treasurer's file."""
    return tuple(Decimal(str(row[name])) for name in ("benefit", "gift", "fee_cover", "total"))


def rows_of_csv(path: Path) -> list[dict[str, object]]:
    """The lines of the file, its totals last."""
    return [dict(row) for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))]


def rows_of_xlsx(path: Path) -> list[dict[str, object]]:
    """The lines of the file, its totals last."""
    book = openpyxl.load_workbook(path)
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    book.close()
    return [dict(zip(map(str, heads), row, strict=True)) for row in rows]


def check_exports(page: Page, system: System, folder: Path, code: str) -> None:
    """Both files hold the order to the last satang, split into benefit and gift, and end with the totals."""
    page.get_by_role("link", name="Exports").first.click()
    for kind, read in (("CSV", rows_of_csv), ("XLSX", rows_of_xlsx)):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Orders, {kind}", exact=True).click()
        path = folder / f"orders.{kind.lower()}"
        download.value.save_as(path)
        rows = read(path)
        *orders, total = [row for row in rows if row["currency"] == "THB"]
        (mine,) = [row for row in orders if row["order"] == code]
        assert amounts(mine) == (Decimal("2400.00"), Decimal("3834.56"), Decimal("0.00"), Decimal("6234.56"))
        assert (mine["currency"], mine["buyer"], mine["status"]) == ("THB", "Hélène Exemple", "paid")
        assert total["order"] == rows[-1]["order"] == "Total"
        assert amounts(total) == tuple(map(sum, zip(*map(amounts, orders), strict=True)))


@pytest.mark.browser
def test_one_evening_from_the_first_click_to_the_door(system: System, tmp_path: Path) -> None:
    email, film, watching = new_email(), tmp_path / "film.mjpeg", watch(system)
    with launched(*fake_camera.flags(film)) as browser:
        with opened(browser, PHONE, "fr-FR") as page:
            buy(watching.over(page), system, email)
        system.quiet()
        (letter,) = system.letters_to(email)
        assert "février" in letter.text
        pages, codes = codes_of(letter)
        with system.looking():
            order = order_of(email)
            code, tickets = order.code, [line.ticket.code for line in order.lines if line.ticket]
        assert codes == tickets
        assert len(set(codes)) == 2
        with opened(browser, DESK, "en-GB") as page:
            sign_in(watching.over(page), system, "organiser@example.org")
            page.goto(f"{system.url}/manage/{coming_dinner(system).slug}/guests")
            expect(page.get_by_text("Hélène Exemple").first).to_be_visible()
        dinner = coming_dinner(system)
        with system.looking(), transaction():
            pairing_code = pairing.new_code(dinner.id, "Door A", None)
        film_of(film, pages[0], tokens.new_ticket_code())
        with opened(browser, PHONE, "en-GB") as page:
            keep_the_door(watching.over(page), system, pairing_code)
        with opened(browser, DESK, "en-GB") as page:
            sign_in(watching.over(page), system, "treasurer@example.org")
            check_exports(page, system, tmp_path, code)
    assert watching.complaints == []
    assert watching.strangers == []
