"""The ticket on paper: an A5 page that one likes to hold, or one for a telephone; one per guest.

All text arrives in the guest's language and already formatted: this module decides where it stands, not what it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from events.catalogue import accent
from events.core import pdf
from events.tickets import qr

# Beyond this a compile's memory grows faster than it saves time.
MOST_PAGES: Final = 250

# What a page names in its own language: keys of PaperTicket.labels.
LABELS: Final = ("guest", "guest_to_come", "when", "where", "seat", "code", "one_entry", "questions")


# What each size of paper is drawn by: A5 for a printer, and a page as narrow as a telephone.
TEMPLATES: Final = {"a5": "ticket.typ", "phone": "ticket_phone.typ"}

Accent = accent.Cover


@dataclass(frozen=True)
class PaperTicket:
    """One guest's page. Lines that are None (or "") are left out; `labels` carries every key of LABELS.

    `code` is the 26 characters of the symbol, `number` the short number under it ("nº 0047"); `lang` is "fr", "en"
    or "th".
    """

    code: str
    number: str
    event_title: str
    event_kind: str
    when_line: str
    venue: str
    ticket_name: str
    lang: str
    labels: Mapping[str, str]
    host_line: str | None = None
    address_line: str | None = None
    phone: str | None = None
    guest_name: str | None = None
    table: str | None = None
    remark: str | None = None
    price_line: str | None = None
    gift_line: str | None = None
    meal_line: str | None = None
    accent: Accent = Accent()


def ticket_pdf(tickets: Sequence[PaperTicket], size: str = "a5") -> bytes:
    """One PDF with a page per ticket, in the order given; `size` is a key of TEMPLATES.

    Raises ValueError for none or more than MOST_PAGES.
    """
    if not 0 < len(tickets) <= MOST_PAGES:
        raise ValueError(f"between 1 and {MOST_PAGES} tickets fit one document")
    return pdf.render(TEMPLATES[size], {"tickets": [_page(ticket) for ticket in tickets]})


def _page(ticket: PaperTicket) -> dict[str, Any]:
    missing = set(LABELS) - set(ticket.labels)
    if missing:
        raise ValueError(f"labels lack {', '.join(sorted(missing))}")
    return {**asdict(ticket), "symbol": qr.svg(ticket.code)}
