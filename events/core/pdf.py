"""Typeset documents: a template of templates/pdf/ and plain data make one PDF.

The data travels as JSON and reaches the template as values, so nothing a person typed is ever read as markup.
"""

import json
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from events.core import clock

if TYPE_CHECKING:
    from typst import PDFStandards as Standards

_ROOT: Final = Path(__file__).resolve().parents[2]
TEMPLATES: Final = _ROOT / "templates" / "pdf"
_FONTS: Final = _ROOT / "static" / "fonts" / "pdf"

# Archivable, and readable aloud: PDF/A-2a keeps it for decades, PDF/UA-1 makes it accessible.
_STANDARDS: Final["Standards"] = ["a-2a", "ua-1"]

# How typst words its refusal of a text: no glyph for it, none that maps back to letters, a private character.
_ABOUT_TEXT: Final = ("could not be displayed", "code point", "codepoint")

_log = logging.getLogger(__name__)


def render(template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """One PDF, in PDF/A-2a and PDF/UA-1: the same bytes for the same template, data and `made_at` (aware; default now).

    `data` is anything JSON can carry; the template reads it with `json(bytes(sys.inputs.data))`. Where a text holds a
    character that no bundled font has, the standards forbid the page: it is then set without them and with whatever
    fonts the machine has, so that the guest still gets it. Raises FileNotFoundError for an unknown template and
    typst.TypstError for a template's own mistake.
    """
    source = (TEMPLATES / template).read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    stamp = int((made_at or clock.now()).timestamp())
    try:
        return _compile(_bundled(), source, inputs, stamp, _STANDARDS)
    except typst.TypstError as error:
        if not _lacks_a_glyph(error):
            raise
        # Not the message: it quotes the text, which may be a guest's name.
        _log.info("%s is set without PDF/A: no bundled font has one of its characters", template)
        return _compile(_with_system_fonts(), source, inputs, stamp, [])


def picture(template: str, data: Mapping[str, Any], scale: float = 1) -> bytes:
    """A PNG of the template's one page: a point of it becomes `scale` pixels. Letters without a font stay out.

    Raises as `render` does.
    """
    source = (TEMPLATES / template).read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    png = _bundled().compile(input=source, format="png", ppi=72 * scale, sys_inputs=inputs)
    if not isinstance(png, bytes):
        raise TypeError("typst returned no single picture")
    return png


def fault() -> str | None:
    """Why papers cannot be set on this machine, in typst's words; None when every script of ours can."""
    line = '#set document(title: "x")\n#set text(lang: "th")\nSoirée · ราตรีสวัสดิ์ · €'
    try:
        _compile(_bundled(), line.encode(), {}, 0, _STANDARDS)
    except (typst.TypstError, OSError) as error:
        return str(error)[:200]
    return None


def _compile(
    compiler: typst.Compiler, source: bytes, inputs: dict[str, str], stamp: int, standards: "Standards"
) -> bytes:
    pdf = compiler.compile(input=source, format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=stamp)
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no single document")
    return pdf


class _Compilers(threading.local):
    """A compiler keeps fonts and pictures parsed, and may not be shared between threads: each thread has its own."""

    bundled: typst.Compiler | None = None
    with_system_fonts: typst.Compiler | None = None


_of_thread = _Compilers()


def _bundled() -> typst.Compiler:
    if _of_thread.bundled is None:
        _of_thread.bundled = typst.Compiler(root=_ROOT, font_paths=[_FONTS], ignore_system_fonts=True)
    return _of_thread.bundled


def _with_system_fonts() -> typst.Compiler:
    if _of_thread.with_system_fonts is None:
        _of_thread.with_system_fonts = typst.Compiler(root=_ROOT, font_paths=[_FONTS])
    return _of_thread.with_system_fonts


def _lacks_a_glyph(error: typst.TypstError) -> bool:
    return any(words in error.message for words in _ABOUT_TEXT)
