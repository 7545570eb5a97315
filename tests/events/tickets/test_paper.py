"""The ticket on paper: one page each, readable by a scanner, a person and a screen reader."""

import ctypes
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp
from PIL import Image

from events.core.tokens import new_ticket_code
from events.tickets.paper import LABELS, MOST_PAGES, Accent, PaperTicket, ticket_pdf

Opener = Callable[..., pypdfium2.PdfDocument]

A5 = (148 / 25.4 * 72, 210 / 25.4 * 72)

FRENCH = PaperTicket(
    code="K7Q2MX4TABCDEFGHIJKLMNOP23",
    number="nº\u00a00047",
    event_title="Un soir, pour elles",
    event_kind="Dîner de charité",
    host_line="avec l’Alliance française de Bangkok",
    when_line="Dimanche 28 février 2027, 19\u00a0h",
    venue="Bonjour Bonsoir, Bangkok",
    address_line="maps.app.goo.gl/nYTP1jTmYTA48aDE6",
    phone="(+66)\u00a0088\u00a0626\u00a00825",
    ticket_name="Une place",
    guest_name="Hélène Moreau",
    table="Table 2",
    remark="sans arachide",
    price_line="2\u00a0500\u00a0฿",
    gift_line="1\u00a0300\u00a0฿ de don",
    meal_line="1\u00a0200\u00a0฿ de repas",
    lang="fr",
    labels={
        "guest": "Convive",
        "guest_to_come": "Nom à venir",
        "when": "Quand",
        "where": "Où",
        "seat": "Place",
        "code": "Code QR du billet 0047",
        "one_entry": "Un code, une entrée.",
        "questions": "Question\u00a0:",
    },
)
THAI = replace(
    FRENCH,
    number="เลขที่ 0047",
    event_title="ค่ำคืนหนึ่งเพื่อพวกเธอ",
    event_kind="งานเลี้ยงอาหารค่ำการกุศล",
    when_line="วันอาทิตย์ที่ 28 กุมภาพันธ์ พ.ศ. 2570 เวลา 19.00 น.",
    venue="ร้านอาหาร Bonjour Bonsoir กรุงเทพมหานคร",
    ticket_name="หนึ่งที่นั่ง",
    guest_name="กัลยาณี ศรีสุวรรณ",
    lang="th",
)
ENGLISH = replace(FRENCH, event_title="An evening, for them", guest_name=None, lang="en")


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens a document and closes it after the test."""
    documents: list[pypdfium2.PdfDocument] = []

    def open_it(*tickets: PaperTicket) -> pypdfium2.PdfDocument:
        documents.append(pypdfium2.PdfDocument(io.BytesIO(ticket_pdf(tickets))))
        return documents[-1]

    yield open_it
    for document in documents:
        document.close()


def seen(page: pypdfium2.PdfPage, scale: float = 2) -> Image.Image:
    picture = page.render(scale=scale).to_pil()
    assert isinstance(picture, Image.Image)
    return picture


def scanned(page: pypdfium2.PdfPage, scale: float = 2) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(seen(page, scale))]


def words_of(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def test_each_guest_has_an_a5_page_with_their_own_code(opened: Opener) -> None:
    tickets = [replace(ticket, code=new_ticket_code()) for ticket in (FRENCH, THAI, ENGLISH)]
    document = opened(*tickets)
    assert [scanned(page) for page in document] == [[ticket.code] for ticket in tickets]
    assert all(page.get_size() == pytest.approx(A5, abs=0.1) for page in document)


def test_the_code_is_read_from_a_poor_print(opened: Opener) -> None:
    assert scanned(opened(FRENCH)[0], scale=0.9) == [FRENCH.code]


def test_the_page_says_who_when_where_and_what_was_given(opened: Opener) -> None:
    page = words_of(opened(FRENCH)[0])
    for said in ("Un soir, pour elles", "Hélène Moreau", "Dimanche 28 février 2027, 19 h", "Table 2 · sans arachide"):
        assert said in page
    assert "1 300 ฿ de don 1 200 ฿ de repas" in page
    assert "Un code, une entrée. Question : (+66) 088 626 0825" in page


def test_a_guest_without_a_name_is_still_expected(opened: Opener) -> None:
    assert "Nom à venir" in words_of(opened(ENGLISH)[0])


def test_what_is_not_known_leaves_no_trace(opened: Opener) -> None:
    bare = replace(FRENCH, table=None, remark=None, price_line=None, gift_line=None, meal_line=None, phone=None)
    page = words_of(opened(replace(bare, host_line=None, address_line=None))[0])
    for absent in ("Place", "don", "repas", "Question", "avec", "maps", "None", "none"):
        assert absent not in page.replace("Une place", "")
    assert page.endswith("Un code, une entrée.")


def test_the_document_is_archivable_titled_and_in_the_guests_language() -> None:
    for ticket in (FRENCH, THAI, ENGLISH):
        document = ticket_pdf([ticket])
        assert b"pdfaid:conformance" in document
        assert b"pdfuaid:part" in document
        assert f"<rdf:li>{ticket.lang}</rdf:li>".encode() in document
        assert f"/Lang({ticket.lang})".encode() in document
        assert f'xml:lang="x-default">{ticket.event_title}<'.encode() in document


def test_a_thai_name_on_a_french_page_is_marked_as_thai() -> None:
    assert b"/Lang(th)" in drawn(ticket_pdf([replace(FRENCH, guest_name=THAI.guest_name)]))
    assert b"/Lang(th)" not in drawn(ticket_pdf([FRENCH]))


def drawn(document: bytes) -> bytes:
    """The document's compressed streams, opened."""
    packed = re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", document, re.DOTALL)
    return b"".join(zlib.decompressobj().decompress(stream) for stream in packed)


def roles(page: pypdfium2.PdfPage) -> list[tuple[str, str]]:
    """(role, alternative text) of the page's tags, in reading order."""
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    tops = [pdfium.FPDF_StructTree_GetChildAtIndex(tree, i) for i in range(pdfium.FPDF_StructTree_CountChildren(tree))]
    found = [pair for top in tops for pair in walked(top)]
    pdfium.FPDF_StructTree_Close(tree)
    return found


def walked(element: object) -> Iterator[tuple[str, str]]:
    yield spelled(pdfium.FPDF_StructElement_GetType, element), spelled(pdfium.FPDF_StructElement_GetAltText, element)
    for i in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, i)
        if child:
            yield from walked(child)


def spelled(getter: Callable[..., int], element: object) -> str:
    buffer = ctypes.create_string_buffer(500)
    size = getter(element, buffer, 500)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le")


def test_a_screen_reader_finds_one_heading_and_the_code_named(opened: Opener) -> None:
    for page in opened(FRENCH, THAI):
        tags = roles(page)
        assert [role for role, _ in tags].count("H1") == 1
        assert [alt for role, alt in tags if role == "Figure"] == ["Code QR du billet 0047"]


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien <b>#panic()</b> $x^2$ *fat* @ref",
        "Nguyễn Thị Phương Thảo Đặng Quỳnh Ngọc Hương Trần Lê Hoàng",
        "เจ้าหญิงผู้ทรงมีพระนามยาวนานเหลือเกินจนต้องขึ้นบรรทัดใหม่หลายบรรทัด" * 4,
        "عبد الرحمن بن محمد بن عبد العزيز الفيصل",
        "שרה כהן־לוי",
        "Zoé 🌸 王小明",
        "W" * 200,
        "Anne " * 60,
    ],
)
def test_no_name_breaks_the_page_or_runs_into_the_code(opened: Opener, name: str) -> None:
    document = opened(replace(FRENCH, guest_name=name, address_line="https://example.org/" + "x" * 120))
    assert len(document) == 1
    assert scanned(document[0]) == [FRENCH.code]
    # Between the facts and the quiet zone, and between the facts and the foot, the paper stays white.
    dots = 72 / 25.4
    picture = seen(document[0], scale=1).convert("L")
    for left, top, right, bottom in ((86, 110, 90, 183), (0, 184.4, 148, 185.6)):
        strip = picture.crop((left * dots, top * dots, right * dots, bottom * dots))
        assert strip.getextrema() == (255, 255)


@pytest.mark.parametrize("title", ["W" * 90, "ค่ำคืนแห่งการให้เพื่อแม่และเด็กผู้รอคอยความหวังในกรุงเทพมหานคร" * 2, "Un soir " * 25])
def test_no_title_pushes_the_code_off_the_page(opened: Opener, title: str) -> None:
    document = opened(replace(FRENCH, event_title=title))
    assert len(document) == 1
    assert scanned(document[0]) == [FRENCH.code]


def test_markup_in_a_name_is_printed_as_typed(opened: Opener) -> None:
    name = "O'Brien <b>#emph[x]</b> $x$"
    assert name in words_of(opened(replace(FRENCH, guest_name=name))[0])


def test_the_capital_is_not_torn_apart_at_the_end_of_a_line(opened: Opener) -> None:
    venues = [f"ร้านอาหาร Bonjour {'i' * n} กรุงเทพมหานคร ประเทศไทย 10500 สาทรใต้" for n in range(4, 24)]
    for page in opened(*(replace(THAI, venue=venue) for venue in venues)):
        assert "กรุงเทพมหานคร" in page.get_textpage().get_text_range()


def test_the_cover_takes_the_organisations_colours(opened: Opener) -> None:
    garnet = replace(FRENCH, accent=Accent(deep="#440a1c", cloth="#521325", line="#d8a9b0"))
    corners = [seen(page).convert("RGB").getpixel((5, 300)) for page in opened(FRENCH, garnet)]
    assert corners == [(0x18, 0x20, 0x4F), (0x44, 0x0A, 0x1C)]


def test_a_label_that_is_missing_is_named() -> None:
    labels = {key: key for key in LABELS if key != "when"}
    with pytest.raises(ValueError, match="labels lack when"):
        ticket_pdf([replace(FRENCH, labels=labels)])


def test_no_tickets_and_too_many_are_refused() -> None:
    for tickets in ([], [FRENCH] * (MOST_PAGES + 1)):
        with pytest.raises(ValueError, match="tickets fit one document"):
            ticket_pdf(tickets)
