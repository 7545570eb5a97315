"""Typeset documents: a template of templates/pdf/ and plain data make one PDF.

The data travels as JSON and reaches the template as values, so nothing a person typed is ever read as markup.
"""

import json
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import typst

from events.core import clock

_ROOT: Final = Path(__file__).resolve().parents[2]
_TEMPLATES: Final = _ROOT / "templates" / "pdf"
_FONTS: Final = _ROOT / "static" / "fonts" / "pdf"

# Archivable, and readable aloud: PDF/A-2a keeps it for decades, PDF/UA-1 makes it accessible.
_STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]

_log = logging.getLogger(__name__)
_of_thread = threading.local()


def render(template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """One PDF, in PDF/A-2a and PDF/UA-1: the same bytes for the same template, data and `made_at` (aware; default now).

    `data` is anything JSON can carry; the template reads it with `json(bytes(sys.inputs.data))`. Where a text holds a
    character that no bundled font has, the standards forbid the page: it is then set without them, so that the guest
    still gets it. Raises FileNotFoundError for an unknown template and typst.TypstError for a template's own mistake.
    """
    source = (_TEMPLATES / template).read_bytes()
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    stamp = int((made_at or clock.now()).timestamp())
    try:
        return _compile(source, inputs, stamp, _STANDARDS)
    except typst.TypstError as error:
        if not _lacks_a_glyph(error):
            raise
        _log.info("%s is set without PDF/A: %s", template, error.message)
        return _compile(source, inputs, stamp, [])


def _compile(source: bytes, inputs: dict[str, str], stamp: int, standards: list[Any]) -> bytes:
    pdf = _compiler().compile(
        input=source, format="pdf", sys_inputs=inputs, pdf_standards=standards, timestamp=stamp
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no single document")
    return pdf


def _compiler() -> typst.Compiler:
    """This thread's compiler. It keeps fonts and pictures parsed, and may not be shared between threads."""
    if not hasattr(_of_thread, "compiler"):
        _of_thread.compiler = typst.Compiler(root=_ROOT, font_paths=[_FONTS], ignore_system_fonts=True)
    compiler: typst.Compiler = _of_thread.compiler
    return compiler


def _lacks_a_glyph(error: typst.TypstError) -> bool:
    return "could not be displayed" in error.message or "not mapped" in error.message
