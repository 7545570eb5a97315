"""Typeset documents, whatever people are called."""

import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import typst

from events.core import pdf

Setter = Callable[[str], bytes]

EVENING = datetime(2027, 2, 28, 12, 0, tzinfo=UTC)
TEMPLATE = """#import "/templates/pdf/paper.typ": *
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "fr", font: sans)
#context words(data.said, 100mm)
"""


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setter]:
    """A small template that sets one text."""
    (tmp_path / "note.typ").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "broken.typ").write_text("#nothing-of-that-name", encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)
    yield lambda said: pdf.render("note.typ", {"title": "Note", "said": said}, made_at=EVENING)


def text_of(document: bytes) -> str:
    with pypdfium2.PdfDocument(io.BytesIO(document)) as opened:
        return "".join(page.get_textpage().get_text_range() for page in opened).strip()


def is_archivable(document: bytes) -> bool:
    """The document says of itself that it is PDF/A and PDF/UA."""
    return b"pdfaid:conformance" in document and b"pdfuaid:part" in document


@pytest.mark.parametrize(
    "said",
    [
        "Hélène Moreau",
        "Nguyễn Thị Phương Thảo",
        "กัลยาณี ศรีสุวรรณ",
        "ກອງແກ້ວ",
        "Мария Ελένη",
        "שרה כהן",
        "عبد الرحمن",
        "မခင်",
        "សុភា",
        "Zoë 🪷👩\u200d👧",
        "19\u202fh 30, 1\u2009300\u00a0฿",
    ],
)
def test_names_of_the_world_are_archivable(note: Setter, said: str) -> None:
    assert is_archivable(note(said))


@pytest.mark.parametrize("said", ["ཀ་ཁ", "王小明", "private \ue000"])
def test_a_letter_without_a_font_costs_the_standard_but_not_the_page(note: Setter, said: str) -> None:
    document = note(said)
    assert document.startswith(b"%PDF-")
    assert not is_archivable(document)


def test_the_note_on_a_missing_letter_does_not_name_the_guest(note: Setter, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        note("Zoé 王小明")
    assert "note.typ" in caplog.text
    assert "王" not in caplog.text


@pytest.mark.parametrize(
    "said", ["O'Brien <b>", "#panic() $x^2$ *fat* @ref", "= Heading", '\\ // "quoted" #[', "-- ~ ..."]
)
def test_markup_in_data_stays_text(note: Setter, said: str) -> None:
    assert text_of(note(said)) == said


def test_line_ends_and_control_characters_stay_off_the_page(note: Setter) -> None:
    document = note("one\r\n\ttwo\x07 \u202ethree\u202c")
    assert is_archivable(document)
    assert text_of(document) == "one two three"


def test_a_mistake_in_a_template_is_not_hidden(note: Setter) -> None:
    with pytest.raises(typst.TypstError, match="unknown variable"):
        pdf.render("broken.typ", {})


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        pdf.render("no-such.typ", {})


def test_the_same_data_makes_the_same_bytes(note: Setter) -> None:
    assert note("Hélène") == note("Hélène")
    assert note("Hélène") != note("Helene")


def test_threads_render_side_by_side(note: Setter) -> None:
    made: dict[int, str] = {}

    def make(number: int) -> None:
        for _ in range(3):
            made[number] = text_of(note(f"Table {number}"))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {number: f"Table {number}" for number in range(4)}


def test_only_bundled_fonts_set_an_archivable_page() -> None:
    families = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[pdf._FONTS]).families()
    assert {"Sarabun", "Trirong"} <= set(families)
