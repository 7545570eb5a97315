"""The picture that messengers and networks show of a shared evening: drawn by us, once per language and content."""

import json
import unicodedata
from dataclasses import asdict
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import current_app
from PIL import Image

from events.catalogue import accent
from events.catalogue.models import Event
from events.core import pdf, tokens
from events.core.i18n import capitalised, in_language, local
from events.core.i18n import moment as in_words

WIDTH: Final = 1200
HEIGHT: Final = 630
_TEMPLATE: Final = "share.typ"
_SHADES: Final = 96
"""So many colours are enough for a drawing, at a third of the weight."""


def version(event: Event, lang: str) -> str:
    """A name for what the picture shows now: it changes with every text and colour in it, and with its drawing."""
    said = json.dumps(_content(event, lang), sort_keys=True)
    return tokens.digest(f"{_drawing()} {said}")[:16]


def picture(event: Event, lang: str) -> bytes:
    """The PNG, WIDTH by HEIGHT pixels: from the folder of kept ones, or drawn now and kept there."""
    kept = _folder() / f"{event.id}-{lang}-{version(event, lang)}.png"
    try:
        return kept.read_bytes()
    except OSError:
        drawn = _drawn(_content(event, lang))
    try:
        _keep(kept, drawn, f"{event.id}-{lang}-*.png")
    except OSError:
        current_app.logger.warning("a picture for sharing cannot be kept: BONSOIR_VAR is not writable")
    return drawn


def _content(event: Event, lang: str) -> dict[str, Any]:
    with in_language(lang):
        return {
            "lang": lang,
            "kind": _drawable(local(event.kind)),
            "title": _drawable(local(event.title)),
            "when": capitalised(in_words(event.starts_at, event.time_zone)),
            "venue": _drawable(event.venue),
            "house": _drawable(event.organisation.name),
            "accent": asdict(accent.cover(event)),
        }


def _drawable(text: str) -> str:
    """Without pictures among the letters: one that no face has would be an empty box, and the others are noise."""
    plain = "".join(sign for sign in text if unicodedata.category(sign) not in ("So", "Sk", "Cn", "Co", "Cs"))
    return " ".join(plain.replace("\u200d", "").replace("\ufe0f", "").split())


def _drawn(content: dict[str, Any]) -> bytes:
    written = BytesIO()
    with Image.open(BytesIO(pdf.picture(_TEMPLATE, content))) as drawn:
        drawn.convert("RGB").quantize(_SHADES).save(written, "PNG", optimize=True)
    return written.getvalue()


def _keep(path: Path, body: bytes, older: str) -> None:
    """Put the file in its place at once, whoever else does the same, and take away what it replaces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{tokens.new_reference(8)}.part")
    part.write_bytes(body)
    part.replace(path)
    for other in path.parent.glob(older):
        if other != path:
            other.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(current_app.config["BONSOIR_VAR"]) / "share"


@lru_cache
def _drawing() -> str:
    """The version of the drawing itself."""
    return tokens.digest((pdf.TEMPLATES / _TEMPLATE).read_text(encoding="utf-8"))
