"""The cards that stand on the tables, on paper: two to a sheet, cut once and folded once."""

from typing import Any

from events.catalogue.models import Event
from events.core import pdf
from events.core.i18n import gettext as _
from events.core.i18n import in_language, language, local
from events.mail.links import absolute
from events.table_codes import coding
from events.table_codes.models import TableCode
from events.tickets import qr


def cards_pdf(event: Event) -> bytes:
    """A card for every table that has a code, and one for the room."""
    part = cards(event)
    return pdf.render("papers.typ", {"lang": language(), "title": part["title"], "parts": [part]})


def cards(event: Event) -> dict[str, Any]:
    """The part of the cards, to be bound with others. Each says its words in every language of the evening."""
    return {
        "kind": "tents",
        "lang": language(),
        "title": _("Cards for the tables"),
        "event": local(event.title),
        "cards": [_card(event, code) for code in coding.of_event(event.id) if code.is_room or code.table],
    }


def _card(event: Event, code: TableCode) -> dict[str, Any]:
    address = absolute("pledges.table_page", token=code.token)
    return {
        "title": local(event.title, event.language),
        "lang": event.language,
        "symbol": qr.svg_of_address(address),
        "alt": _("Code that opens %(address)s", address=address),
        "address": address.partition("://")[2],
        "words": [_words(lang, code) for lang in event.languages],
    }


def _words(lang: str, code: TableCode) -> dict[str, str]:
    with in_language(lang):
        return {
            "lang": lang,
            "call": _("Give for the cause"),
            "how": _("Point your phone here: give now, or promise a gift for later."),
            "table": code.words,
        }
