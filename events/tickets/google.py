"""A ticket for Google's wallet: a signed link that says all of it; nothing is sent to Google before it is followed.

https://developers.google.com/wallet/tickets/events/use-cases/jwt
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from events.catalogue import accent
from events.catalogue.models import Event
from events.core import clock
from events.core.i18n import gettext as _
from events.core.i18n import in_language, local
from events.core.typed import one_line
from events.tickets.models import Ticket
from events.tickets.wallets import Google

SAVE: Final = "https://pay.google.com/gp/v/save/"
LONGEST: Final = 60
"""Characters of a text on the ticket: browsers cut links that are much longer than Google's 1,800 letters."""


def save_link(ticket: Ticket, lang: str, google: Google) -> str:
    """The address that saves a valid ticket; the caller has looked that it is valid."""
    with in_language(lang):
        payload = {
            "eventTicketClasses": [_evening(ticket.event, lang, google)],
            "eventTicketObjects": [_seat(ticket, lang, google)],
        }
    claims = {
        "iss": google.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(clock.now().timestamp()),
        "payload": payload,
    }
    return SAVE + signed(claims, google)


def signed(claims: Mapping[str, Any], google: Google) -> str:
    """A JSON Web Token (RFC 7519) with RS256."""
    said = ".".join(_encoded(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()) for part in (
        {"alg": "RS256", "typ": "JWT"}, claims,
    ))  # fmt: skip
    return f"{said}.{_encoded(google.key.sign(said.encode(), PKCS1v15(), SHA256()))}"


def _evening(event: Event, lang: str, google: Google) -> dict[str, Any]:
    """The class of all tickets of one evening in one language: whoever saves first makes it."""
    where = _short(local(event.venue_address) or event.venue)
    return {
        "id": _class_id(event, lang, google),
        "issuerName": _short(event.organisation.name),
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _said(local(event.title), lang),
        "venue": {"name": _said(event.venue, lang), "address": _said(where, lang)},
        "dateTime": {"start": _iso(event.starts_at, event), "end": _iso(event.ends_at, event)},
    }


def _seat(ticket: Ticket, lang: str, google: Google) -> dict[str, Any]:
    return {
        "id": f"{google.issuer_id}.ticket-{ticket.id}",
        "classId": _class_id(ticket.event, lang, google),
        "state": "ACTIVE",
        "hexBackgroundColor": accent.cover(ticket.event).deep,
        "barcode": {"type": "QR_CODE", "value": ticket.code, "alternateText": ticket.short_number},
        "ticketNumber": ticket.short_number,
        "ticketHolderName": _short(ticket.guest_name or _("Name to come")),
        "ticketType": _said(local(ticket.ticket_type.name), lang),
    }


def _class_id(event: Event, lang: str, google: Google) -> str:
    return f"{google.issuer_id}.evening-{event.id}-{lang}"


def _said(text: str, lang: str) -> dict[str, Any]:
    return {"defaultValue": {"language": lang, "value": _short(text)}}


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def _iso(moment: datetime, event: Event) -> str:
    return moment.astimezone(ZoneInfo(event.time_zone)).isoformat(timespec="minutes")


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode("ascii")
