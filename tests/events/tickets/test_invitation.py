"""The invitation on paper: its words, its code, its standards, whatever somebody called the evening."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import zxingcpp
from pypdfium2 import PdfDocument, PdfPage

from tests.events.tickets.conftest import Seat, change_event
from tests.events.tickets.test_paper import roles, words_of

ADDRESS = "/e/dinner/invitation.pdf"
A5 = (148 / 25.4 * 72, 210 / 25.4 * 72)
TITLE = {"fr": "Un soir, pour elles", "en": "An evening, for them", "th": "ค่ำคืนหนึ่งเพื่อพวกเธอ"}


@contextmanager
def page_of(paper: bytes) -> Iterator[PdfPage]:
    """The one page of a paper."""
    document = PdfDocument(paper)
    try:
        assert len(document) == 1
        yield document[0]
    finally:
        document.close()


def codes_on(page: PdfPage) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]


def test_each_language_has_a_paper_whose_code_leads_to_its_page(seat: Seat) -> None:
    guest = seat()
    change_event(guest, title=TITLE)
    for lang, invited in (("fr", ""), ("en", "You are invited"), ("th", "")):
        answer = guest.get(f"{ADDRESS}?lang={lang}")
        assert answer.mimetype == "application/pdf"
        assert f"/Lang({lang})".encode() in answer.data
        assert b"pdfaid:conformance" in answer.data
        assert b"pdfuaid:part" in answer.data
        with page_of(answer.data) as page:
            assert page.get_size() == pytest.approx(A5, abs=0.1)
            assert codes_on(page) == [f"http://localhost/e/dinner?lang={lang}"]
            said = words_of(page)
            assert invited in said
            assert "A garden by the river" in said
            assert "localhost/e/dinner" in said
            assert "A guest" not in said
            assert [role for role, _alt in roles(page)].count("H1") == 1
            assert [bool(alt) for role, alt in roles(page) if role == "Figure"] == [True]
    with page_of(guest.get(f"{ADDRESS}?lang=th").data) as page:
        assert "พ.ศ. 2581" in words_of(page)


def test_a4_is_the_same_page_larger(seat: Seat) -> None:
    with page_of(seat().get(f"{ADDRESS}?lang=en&size=a4").data) as page:
        assert page.get_size() == pytest.approx((210 / 25.4 * 72, 297 / 25.4 * 72), abs=0.2)
        assert codes_on(page) == ["http://localhost/e/dinner?lang=en"]


def test_no_text_breaks_the_page_or_hides_the_code(seat: Seat) -> None:
    guest = seat()
    for title in ("W" * 120, "O'Brien <b>#panic()</b> =1+1", "ค่ำคืนแห่งการให้เพื่อแม่และเด็ก" * 6, "شركة עברית", "Zoé 🌸"):
        change_event(guest, title={"en": title}, kind={"en": title}, hosts={"en": title}, venue_address={"en": title})
        with page_of(guest.get(f"{ADDRESS}?lang=en").data) as page:
            assert codes_on(page) == ["http://localhost/e/dinner?lang=en"]
            assert "A garden by the river" in words_of(page)


def test_draft_has_no_invitation_for_strangers(seat: Seat) -> None:
    guest = seat()
    change_event(guest, status="draft")
    assert guest.get(ADDRESS).status_code == 404
