"""A message's text as one reader gets it: Markdown to a few elements, and the places filled in.

What stands in a place is never read as Markdown or HTML, whatever a guest calls themselves: it is put into the finished
text. The link is put in twice over: as an address of its own while Markdown is read, then as the real one.
"""

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from events.catalogue import markdown
from events.core.i18n import gettext as _

PLACES: Final = ("name", "table", "link")
_PLACE = re.compile(r"\{(name|table|link)\}")
_LINK: Final = "https://own-page.invalid/"
"""Stands for the reader's own page until the rest is written; .invalid is nobody's (RFC 2606)."""


@dataclass(frozen=True)
class Places:
    """What is filled in for one reader; empty where nothing is known."""

    name: str
    table: str
    link: str

    def word(self, place: str) -> str:
        """What stands in a place, in the current language where nothing is known."""
        unknown = {"name": _("dear guest"), "table": _("not chosen yet"), "link": ""}
        return getattr(self, place) or unknown[place]


def line(text: str, places: Places) -> str:
    """A subject."""
    return _PLACE.sub(lambda found: places.word(found[1]), text)


def html(text: str, places: Places) -> Markup:
    """The text as safe HTML."""
    made = str(markdown.html(_with_link(text, f"<{_LINK}>")))
    filled = _PLACE.sub(lambda found: str(escape(places.word(found[1]))), made)
    return Markup(filled.replace(_LINK, str(escape(places.link))))  # noqa: S704 - cleaned, then escaped piece by piece


def plain(text: str, places: Places) -> str:
    """The text for readers without HTML: its own lines, links written out, marks of emphasis gone."""
    made = _with_link(text, _LINK)
    made = re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", r"\1: \2", made)
    made = re.sub(r"<((?:https?|mailto|tel):[^>\s]+)>", r"\1", made)
    made = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", made)
    made = re.sub(r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?!\w)", r"\1", made)
    made = re.sub(r"^#{1,6}\s+", "", made, flags=re.MULTILINE)
    filled = _PLACE.sub(lambda found: places.word(found[1]), made)
    return filled.replace(_LINK, places.link)


def unknown_places(text: str) -> list[str]:
    """What stands in braces and will never be filled in: {nmae}."""
    return sorted({word for word in re.findall(r"\{([^\W\d]\w{0,20})\}", text) if word not in PLACES})


def _with_link(text: str, bare: str) -> str:
    """{link} inside (...) is the address of a Markdown link; anywhere else it is a link by itself."""
    return text.replace("({link})", f"({_LINK})").replace("{link}", bare)
