"""The invitation on paper: what, when, where and why, and a code that leads to the evening's page."""

from dataclasses import asdict
from typing import Any, Final

from events.catalogue import accent
from events.catalogue.models import Event
from events.core import pdf
from events.core.i18n import capitalised, in_language, local, money
from events.core.i18n import gettext as _
from events.core.i18n import moment as in_words
from events.mail.links import absolute
from events.tickets.qr import svg_of_address

SIZES: Final = ("a5", "a4")
LONGEST: Final = (90, 240)
"""Letters of a cause's heading and of the line below it that leave room for when and where."""


def print_invitation(event: Event, lang: str, size: str = "a5") -> bytes:
    """One page, A5 or A4, in PDF/A and PDF/UA. It names no guest: anybody may have it."""
    with in_language(lang):
        return pdf.render("invitation.typ", {**_page(event, lang), "size": size})


def _page(event: Event, lang: str) -> dict[str, Any]:
    address = absolute("catalogue.event", slug=event.slug, lang=lang)
    return {
        "lang": lang,
        "invited": _("You are invited"),
        "title": local(event.title),
        "kind": local(event.kind),
        "hosts": local(event.hosts),
        "cause": _cause(event),
        "facts": [
            [_("When"), capitalised(in_words(event.starts_at, event.time_zone)), ""],
            [_("Where"), event.venue, local(event.venue_address)],
            *([[_("The carte"), line, ""]] if (line := _price(event)) else []),
        ],
        "call": _("Take your seat"),
        "address": absolute("catalogue.event", slug=event.slug).partition("://")[2],
        "symbol": svg_of_address(address),
        "code": _("QR code that opens the page of the evening"),
        "asks": event.phone and f"{_('Questions:')} {event.phone}",
        "house": event.organisation.name,
        "accent": asdict(accent.cover(event)),
    }


def _cause(event: Event) -> list[str]:
    """Heading of what the money is for and the line below it, left out where they are too long; empty for none."""
    cause = next((block.content for block in event.blocks if block.kind == "cause"), {})
    texts = (local(cause.get("title")), local(cause.get("intro")))
    return [text if len(text) <= most else "" for text, most in zip(texts, LONGEST, strict=True)] if any(texts) else []


def _price(event: Event) -> str:
    """The first seat that everybody may buy: "A seat · 2,500 ฿"; where there are tables alone, the first of them."""
    kinds = [kind for kind in event.ticket_types if not kind.hidden and kind.price]
    offered = min(kinds, key=lambda kind: kind.bundle_size > 1, default=None)
    return f"{local(offered.name)} · {money(offered.price, event.currency)}" if offered else ""
