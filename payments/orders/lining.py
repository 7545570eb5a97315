"""What a buyer in line is told: the place, and how long it takes from now."""

from dataclasses import asdict, dataclass
from typing import Any

from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from payments.orders import pacing
from payments.orders.models import Order

SOONEST, LATEST = 2, 10
"""Seconds between two looks: whoever is far from the front looks seldom."""


@dataclass(frozen=True)
class Shown:
    """`place` 1 is next; `words` say how long it takes; `done` is in per cent; `look_again` in seconds.

    `overdue`: whoever should have opened the pay page has not, and the buyer may ask for it.
    """

    place: int
    words: str
    done: int
    look_again: int
    overdue: bool


def shown(order: Order) -> Shown | None:
    """The order's place in line; None when it waits for something else, or for nothing."""
    if order.status != "waiting":
        return None
    place = pacing.place_of(order.id)
    if place is None or place.seconds < -pacing.LATE:
        return None
    again = min(max(int(place.seconds) + 1, SOONEST), LATEST)
    return Shown(place.number, in_words(place.seconds), place.done, again, place.seconds < -pacing.OVERDUE)


def told(order: Order) -> dict[str, Any]:
    """The same for the page's script; nothing for an order that is not in line."""
    line = shown(order)
    return {"line": asdict(line)} if line else {}


def in_words(seconds: float) -> str:
    """How long it takes, rounded up to what people say."""
    if seconds <= 5:
        return _("It is your turn in a moment.")
    if seconds <= 55:
        return _("Your turn comes in about %(num)s seconds.", num=-int(-seconds // 10) * 10)
    minutes = -int(-seconds // 60)
    return ngettext("Your turn comes in about one minute.", "Your turn comes in about %(num)s minutes.", minutes)
