"""The ticket on its guest's phone: a narrow paper, the code in full, and what may be kept of it and how long."""

from dataclasses import replace
from datetime import timedelta

import zxingcpp
from pypdfium2 import PdfDocument

from events.core import clock
from events.tickets.paper import ticket_pdf
from events.tickets.routes import AFTERWARDS, KEPT
from tests.events.tickets.conftest import ADDRESS, Seat, becomes, change_event, is_called, ticket_of
from tests.events.tickets.test_paper import FRENCH, words_of

NARROW = 80 / 25.4 * 72
NAMES = (
    *("ณัฐพงษ์ ศรีสุวรรณ", "=1+1", "O'Brien <b>#panic()", "شركة عبد الرحمن", "Zoé 🌸", "W" * 150, "Anne " * 40),
    "เจ้าหญิงผู้ทรงมีพระนามยาวนานเหลือเกิน" * 5,
)


def test_narrow_paper_shows_the_code_whatever_the_name(seat: Seat) -> None:
    guest = seat()
    for name in NAMES:
        is_called(guest, name)
        paper = guest.get(f"{ADDRESS}/ticket.pdf?lang=th&size=phone")
        assert paper.mimetype == "application/pdf"
        document = PdfDocument(paper.data)
        try:
            assert len(document) == 1
            assert round(document[0].get_size()[0]) == round(NARROW)
            picture = document[0].render(scale=2).to_pil()
            assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ticket_of(guest)[1]]
            if name.isascii() and len(name) < 30:
                assert name in words_of(document[0])
        finally:
            document.close()


def ink(when: str) -> int:
    """Dark dots of a narrow paper that says this above the code."""
    document = PdfDocument(ticket_pdf([replace(FRENCH, when_line=when)], "phone"))
    try:
        return sum(document[0].render(scale=4).to_pil().convert("L").histogram()[:128])
    finally:
        document.close()


def test_the_white_around_the_code_covers_no_mark_of_the_line_above() -> None:
    above, below = (ink(f"{mark} 2570") - ink("ก 2570") for mark in ("กิ", "กุ"))
    assert below > above / 3


def test_narrow_paper_is_archivable_and_can_be_read_aloud(seat: Seat) -> None:
    paper = seat("ณัฐพงษ์ ศรีสุวรรณ").get(f"{ADDRESS}/ticket.pdf?lang=fr&size=phone").data
    assert b"pdfaid:conformance" in paper
    assert b"pdfuaid:part" in paper
    assert b"/Lang(fr)" in paper


def test_unknown_size_is_the_usual_paper(seat: Seat) -> None:
    guest = seat()
    usual, unknown = (guest.get(f"{ADDRESS}/ticket.pdf?lang=en{more}").data for more in ("", "&size=poster"))
    sizes = []
    for paper in (usual, unknown):
        document = PdfDocument(paper)
        sizes.append(document[0].get_size())
        document.close()
    assert sizes[0] == sizes[1]
    assert sizes[0][0] > NARROW + 10


def test_code_fills_the_screen_without_a_script(seat: Seat) -> None:
    page = seat().get(f"{ADDRESS}?lang=en").text
    assert '<a class="button" href="#code">Show the code in full</a>' in page
    assert '<section class="code-full" id="code"' in page


def test_page_may_be_kept_until_the_night_after_the_evening(seat: Seat) -> None:
    guest = seat()
    ends = clock.now() + timedelta(days=3)
    change_event(guest, ends_at=ends)
    kept = int(guest.get(ADDRESS).headers[KEPT])
    assert kept == int((ends + AFTERWARDS).timestamp() * 1000)
    change_event(guest, ends_at=clock.now() - AFTERWARDS)
    over = guest.get(f"{ADDRESS}?lang=en")
    assert over.headers[KEPT] == "0"
    assert 'id="kept"' not in over.text


def test_ticket_that_opens_no_door_is_not_kept(seat: Seat) -> None:
    guest = seat()
    for status in ("void", "replaced", "unpaid"):
        becomes(guest, status)
        page = guest.get(f"{ADDRESS}?lang=en")
        assert page.headers[KEPT] == "0"
        assert 'id="kept"' not in page.text
        assert 'id="code"' not in page.text


def test_worker_has_the_narrowest_scope_and_knows_nobody(seat: Seat) -> None:
    guest = seat()
    answer = guest.get("/t/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers
    assert "the-secret" not in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]
    for elsewhere in (f"{ADDRESS}/guest", f"{ADDRESS}/qr.svg", "/e/dinner?lang=en"):
        assert KEPT not in guest.get(elsewhere).headers
