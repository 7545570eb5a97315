"""A ticket as a pass for Apple's wallet: what stands on it, in the guest's language and in those of the evening.

https://developer.apple.com/library/archive/documentation/UserExperience/Reference/PassKit_Bundle/
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from events.catalogue import accent
from events.catalogue.models import Event
from events.core import pdf
from events.core.i18n import capitalised, in_language, local
from events.core.i18n import gettext as _
from events.core.i18n import moment as in_words
from events.core.typed import one_line
from events.mail.links import absolute
from events.tickets.models import Ticket
from events.tickets.sealing import seal
from events.tickets.wallets import Apple

IMAGES: Final = {"icon": (29, 29), "logo": (50, 50), "thumbnail": (90, 90)}
"""Name, and the size in points; each is drawn for screens of one, two and three pixels a point."""
STAYS_FRESH: Final = timedelta(hours=12)
"""So long after the evening the wallet still shows the pass among those that are good."""

Content = dict[str, Any]


def apple_pass(ticket: Ticket, lang: str, apple: Apple) -> bytes:
    """The signed pass of a valid ticket; the caller has looked that it is valid.

    Its texts are those of `lang`; a telephone in another of the evening's languages finds its own beside them.
    """
    said = {code: _texts(ticket, code) for code in dict.fromkeys((lang, *ticket.event.languages))}
    files = {"pass.json": json.dumps(_pass(ticket, said[lang], apple), ensure_ascii=False).encode()}
    for code, texts in said.items():
        files[f"{code}.lproj/pass.strings"] = _strings(zip(_flat(said[lang]), _flat(texts), strict=True))
    return seal({**files, **_images(accent.cover(ticket.event))}, apple)


def _pass(ticket: Ticket, texts: Content, apple: Apple) -> Content:
    event, shades = ticket.event, accent.cover(ticket.event)
    return {
        "formatVersion": 1,
        "passTypeIdentifier": apple.pass_type_id,
        "teamIdentifier": apple.team_id,
        "serialNumber": f"ticket-{ticket.id}",
        "organizationName": one_line(event.organisation.name),
        "logoText": one_line(event.organisation.name),
        "description": texts["description"],
        "relevantDate": _iso(event.starts_at, event),
        "expirationDate": _iso(event.ends_at + STAYS_FRESH, event),
        "sharingProhibited": True,  # who passes a ticket on gives it a new code: a copy would open no second seat
        "foregroundColor": _rgb("#f6f5f1"),
        "backgroundColor": _rgb(shades.deep),
        "labelColor": _rgb(shades.line),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": ticket.code,
                "messageEncoding": "iso-8859-1",
                "altText": texts["alt"],
            }
        ],
        "eventTicket": texts["fields"],
    }


def _texts(ticket: Ticket, lang: str) -> Content:
    """Everything on the pass that a person reads, in one language; the same places in each."""
    with in_language(lang):
        event = ticket.event
        fields = {
            "headerFields": [_field("number", _("Ticket"), ticket.short_number)],
            "primaryFields": [_field("evening", local(event.kind), local(event.title))],
            "secondaryFields": [_field("when", _("When"), capitalised(in_words(event.starts_at, event.time_zone)))],
            "auxiliaryFields": [
                _field("guest", _("Guest"), ticket.guest_name or _("Name to come")),
                _field("where", _("Where"), event.venue),
            ],
            "backFields": list(_back(ticket, lang)),
        }
        return {
            "description": one_line(local(event.title)),
            "alt": _("no. %(number)s", number=ticket.short_number),
            "fields": fields,
        }


def _back(ticket: Ticket, lang: str) -> Iterator[Content]:
    event = ticket.event
    yield _field("kind", _("Your seat"), local(ticket.ticket_type.name))
    yield _field("address", _("Where"), ", ".join(filter(None, (event.venue, local(event.venue_address)))))
    if event.map_url:
        yield _field("map", _("See the map"), event.map_url)
    if event.phone:
        yield _field("phone", _("A question"), event.phone)
    yield _field("page", _("Your ticket"), absolute("tickets.ticket", token=ticket.token, lang=lang))
    yield _field("entry", "", _("One code, one entry."))


def _field(key: str, label: str, value: str) -> Content:
    return {"key": key, "label": one_line(label), "value": one_line(value)}


def _flat(texts: Content) -> Iterator[str]:
    """The texts in the order of their places."""
    yield from (texts["description"], texts["alt"])
    for fields in texts["fields"].values():
        for field in fields:
            yield from (field["label"], field["value"])


def _strings(pairs: Iterator[tuple[str, str]]) -> bytes:
    """Apple's list of translations, text by text; what is empty or the same in both needs none."""
    known = {said: meant for said, meant in pairs if said and said != meant}
    return "".join(f'"{_quoted(said)}" = "{_quoted(meant)}";\n' for said, meant in known.items()).encode()


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _iso(moment: datetime, event: Event) -> str:
    return moment.astimezone(ZoneInfo(event.time_zone)).isoformat(timespec="minutes")


def _rgb(shade: str) -> str:
    red, green, blue = bytes.fromhex(shade.removeprefix("#"))
    return f"rgb({red}, {green}, {blue})"


@lru_cache(maxsize=32)
def _images(shades: accent.Cover) -> Mapping[str, bytes]:
    """The pictures of a pass in these colours, by file name."""
    return {
        f"{name}{'' if scale == 1 else f'@{scale}x'}.png": pdf.picture(
            "wallet.typ", {"kind": name, "width": width, "height": height, "accent": asdict(shades)}, scale
        )
        for name, (width, height) in IMAGES.items()
        for scale in (1, 2, 3)
    }
