"""Which fields each page of the editor has: the evening, its gifts, its look, its tickets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from events.core.i18n import LANGUAGES, NAMES
from events.core.i18n import lazy_gettext as _l
from events.editor.fields import Item

CURRENCIES = (
    *("THB", "EUR", "CHF", "GBP", "USD", "CAD", "AUD", "NZD", "SGD", "HKD", "JPY", "KRW", "MYR", "IDR", "PHP", "INR"),
    *("SEK", "NOK", "DKK", "ISK", "PLN", "CZK", "HUF", "RON", "BGN", "AED", "KWD", "BHD", "JOD", "MAD", "XOF", "BRL"),
)
ACCENTS = {
    "": _l("As the organisation"),
    "278-105": _l("Blue hour"),
    "178-75": _l("Celadon"),
    "150-80": _l("Banana leaf"),
    "225-90": _l("Lagoon"),
    "310-100": _l("Orchid"),
    "350-110": _l("Peony"),
    "20-115": _l("Pomegranate"),
    "45-95": _l("Copper"),
    "80-80": _l("Honey"),
}
"""Hue in degrees and chroma in thousandths, by name."""


@dataclass(frozen=True)
class Group:
    """Fields that stand together under a heading."""

    heading: Any
    items: tuple[Item, ...]


def items(groups: Sequence[Group]) -> tuple[Item, ...]:
    """The fields of a page, without their headings."""
    return tuple(item for group in groups for item in group.items)


def _languages() -> Iterator[tuple[str, str]]:
    return ((code, NAMES[code]) for code in LANGUAGES)


def _currencies() -> Iterable[tuple[str, str]]:
    return [(code, code) for code in CURRENCIES]


def _accents() -> Iterable[tuple[str, Any]]:
    return ACCENTS.items()


TITLE = Item(
    "title", _l("Title"), translated=True, needed=True, hint=_l("What guests remember: Keep a place for them.")
)
VENUE = Item("venue", _l("Venue"), needed=True, hint=_l("The name of the restaurant, hall or garden."))
STARTS = Item("starts_at", _l("Begins"), "moment", needed=True)
CURRENCY = Item("currency", _l("Currency"), "choice", needed=True, options=_currencies)
WRITTEN = Item("languages", _l("Languages of the page"), "many", unset=[], options=_languages)
ZONE = Item(
    "time_zone",
    _l("Time zone"),
    "zone",
    needed=True,
    hint=_l("Of the place where it happens. All hours here are hours there."),
    more={"list": "zones", "autocomplete": "off"},
)
_ALONG = {"data-follows": "starts_at"}
"""static/js/moments.js moves them with the beginning."""

EVENING = (
    Group(
        _l("What it is"),
        (
            TITLE,
            Item("kind", _l("Line above the title"), translated=True, hint=_l("A charity dinner in Bangkok.")),
            Item("hosts", _l("Line below the title"), translated=True, hint=_l("Who invites.")),
        ),
    ),
    Group(
        _l("When"),
        (
            STARTS,
            Item("ends_at", _l("Ends"), "moment", needed=True, more=_ALONG),
            Item(
                "sales_end_at", _l("Ticket sales end"), "moment", needed=True,
                hint=_l("The kitchen will thank you."), more=_ALONG,
            ),
            ZONE,
        ),
    ),
    Group(
        _l("Where"),
        (
            VENUE,
            Item("venue_address", _l("Address"), translated=True),
            Item("map_url", _l("Link to a map"), "web"),
        ),
    ),
    Group(
        _l("For questions"),
        (
            Item("phone", _l("Telephone"), "tel"),
            Item("info_url", _l("Another page about it"), "web"),
        ),
    ),
    Group(
        _l("Languages, currency, address"),
        (
            WRITTEN,
            Item(
                "language", _l("First language"), "choice", needed=True, options=_languages,
                hint=_l("For visitors whose own language is not there."),
            ),
            CURRENCY,
            Item("slug", _l("Address of the page"), "slug", needed=True, hint=_l("The part after /e/.")),
        ),
    ),
)  # fmt: skip

GIFTS = (
    Group(
        _l("Goal"),
        (
            Item(
                "goal", _l("Sum hoped for"), "amount", unset=0,
                hint=_l("Shown beside what came in. Empty: no goal is shown."),
            ),
        ),
    ),
    Group(
        _l("Gifts beside the tickets"),
        (
            Item("gift_amounts", _l("Suggested gifts"), "amounts", unset=[], hint=_l("Buttons on the order form.")),
            Item(
                "absent_gift", _l("Gift of those who cannot come"), "amount", unset=0,
                hint=_l("The last line of the price list. Empty: no such line."),
            ),
        ),
    ),
    Group(
        _l("What guests receive"),
        (
            Item(
                "benefit_description", _l("In a few words"), translated=True,
                hint=_l("Receipts name it: a dinner in three courses, drinks included."),
            ),
        ),
    ),
)  # fmt: skip

LOOK = (
    Group(_l("Colour"), (Item("accent", _l("Colour of this evening’s pages"), "choice", options=_accents),)),
    Group(
        _l("Small texts"),
        (
            Item("notice", _l("Notice at the top of every page"), translated=True, hint=_l("Usually empty.")),
            Item(
                "cause_link", _l("Words of the second button"), translated=True,
                hint=_l("It leads to the part about the cause: Where the money goes."),
            ),
        ),
    ),
)  # fmt: skip

TICKET = (
    Group(
        _l("What it is"),
        (
            Item("name", _l("Name"), translated=True, needed=True),
            Item("description", _l("A sentence about it"), translated=True),
        ),
    ),
    Group(
        _l("What it costs"),
        (
            Item("price", _l("Price"), "amount", needed=True, hint=_l("Of one seat, or of the whole table.")),
            Item(
                "benefit", _l("Of which the guest receives"), "amount", needed=True,
                hint=_l("What the meal is worth. The rest of the price is a gift, and receipts say so."),
            ),
        ),
    ),
    Group(
        _l("Seats"),
        (
            Item(
                "bundle_size", _l("Seats in one"), "number", needed=True,
                hint=_l("1 for a seat, 8 for a table of eight: it takes eight seats and gives eight tickets."),
            ),
            Item("quotas", _l("Takes its seats from"), "many", unset=[]),
            Item("refund_by_seat", _l("A table may be refunded seat by seat"), "tick", unset=False),
        ),
    ),
    Group(
        _l("In one order"),
        (
            Item("min_per_order", _l("At least"), "number", needed=True, hint=_l("If any are ordered at all.")),
            Item("max_per_order", _l("At most"), "number", needed=True),
        ),
    ),
    Group(
        _l("On sale"),
        (
            Item("sales_start_at", _l("From"), "moment", unset=None, hint=_l("Empty: from publication on.")),
            Item("sales_end_at", _l("Until"), "moment", unset=None, hint=_l("Empty: as long as the evening sells.")),
            Item(
                "hidden", _l("Hidden"), "tick", unset=False,
                hint=_l("Only those see it who have a code that opens it."),
            ),
        ),
    ),
)  # fmt: skip

QUOTA = (
    Item("name", _l("Name"), needed=True, hint=_l("For you and your colleagues: Room, Early seats.")),
    Item("size", _l("Seats"), "number", needed=True),
)

BEGINNING = (
    Item("organisation", _l("For"), "choice", needed=True),
    WRITTEN,
    TITLE,
    STARTS,
    VENUE,
    Item("places", _l("How many guests can come"), "number", needed=True),
    CURRENCY,
    Item("price", _l("Price of one seat"), "amount", needed=True),
    Item(
        "benefit",
        _l("Of which the guest receives"),
        "amount",
        needed=True,
        hint=_l("What the meal is worth. The rest is a gift."),
    ),
    ZONE,
)
