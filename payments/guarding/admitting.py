"""Whether one more order may be placed from here: limits that a tester of cards meets and a dining room does not.

An honest restaurant is one network address with thirty buyers in ten minutes; the limits leave it twice as much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Executable, bindparam, func, or_, select

from events.core import clock
from events.core.db import insert_once, rows, table_of
from events.core.i18n import gettext as _
from events.core.i18n import time_of_day
from events.core.refusal import Refusal
from events.guests.models import Party
from payments.guarding import tallies
from payments.guarding.models import Origin
from payments.orders.models import UNPAID, Order, OrderLine

PER_ADDRESS, ADDRESS_WINDOW = 60, timedelta(minutes=10)
PER_EMAIL, EMAIL_WINDOW = 60, timedelta(hours=1)
SEATS_PER_ADDRESS, SEATS_PER_EMAIL = 120, 40
"""Held and not paid, at one time. The largest order a form takes is far smaller; who goes back and begins anew fits."""


class TooMany(Refusal):
    """Too many orders or unpaid seats; `again_at` is when the next will be taken (UTC)."""

    def __init__(self, code: str, sentence: str, again_at: datetime) -> None:
        super().__init__(code, sentence, status=429)
        self.again_at = again_at


@dataclass(frozen=True)
class Caller:
    """Who wants to order: the e-mail address, and the network's; None where it tells nothing (see access.py)."""

    email: str
    network: str | None


@dataclass(frozen=True)
class Limits:
    """How many orders in ten minutes come from one network, and from one `place` inside it where that is told."""

    network: int = PER_ADDRESS
    place: str | None = None
    at_place: int = PER_ADDRESS


USUAL = Limits()


def admit(caller: Caller, seats: int, zone: str, limits: Limits = USUAL) -> Callable[[int], None]:
    """Count the order; raises TooMany. What is returned remembers the order's party, once it is placed.

    In the caller's transaction, before seats are touched: the tallies' rows make two orders of one caller follow one
    another, so that the sum of seats is exact. `zone` is the one in which the refusal tells the time.
    """
    network = tallies.digest("network", caller.network) if caller.network else None
    email = tallies.digest("email", caller.email.lower())
    if limits.place:
        _count(limits.place, ADDRESS_WINDOW, limits.at_place, zone)
    if network:
        _count(network, ADDRESS_WINDOW, limits.network, zone)
        _fits(_UNPAID_FROM, network, seats, SEATS_PER_ADDRESS, zone)
    _count(email, EMAIL_WINDOW, PER_EMAIL, zone)
    _fits(_UNPAID_OF, caller.email, seats, SEATS_PER_EMAIL, zone)
    return lambda party_id: _remember(party_id, network)


def _count(key: str, window: timedelta, most: int, zone: str) -> None:
    again_at = tallies.add(key, window, most)
    if again_at is not None:
        sentence = _(
            "Very many orders were begun from here. Please come back at %(time)s.", time=_clear(again_at, zone)
        )
        raise TooMany("too_many_orders", sentence, again_at)


def _fits(unpaid: Executable, mine: str, seats: int, most: int, zone: str) -> None:
    """Whether the caller's unpaid seats and these are few enough."""
    if not seats:
        return
    ((held, until),) = rows(unpaid, {"mine": mine})
    if held and held + seats > most:
        again_at = max(until, clock.now())
        sentence = _(
            "Seats kept from here and not paid yet: %(seats)s. Please pay for them first, or come back at %(time)s.",
            seats=held,
            time=_clear(again_at, zone),
        )
        raise TooMany("too_many_held", sentence, again_at)


def _clear(when: datetime, zone: str) -> str:
    """The minute after, so that nobody comes a few seconds early."""
    return time_of_day(when + timedelta(minutes=1), zone)


def _remember(party_id: int, network: str | None) -> None:
    if network:
        insert_once(Origin, {"party_id": party_id, "key": network, "at": clock.now()}, ["party_id"])


# Made once: to write a statement anew costs more than to run it. How an order stands is asked in counting, not among
# the conditions: in a rush of unpaid orders a planner that has not heard of them yet would begin with all of those.
_O, _L, _P, _F = (table_of(model).c for model in (Order, OrderLine, Party, Origin))
_HELD = or_(*(_O.status == one for one in UNPAID))
_SEATS = table_of(OrderLine).join(table_of(Order)).join(table_of(Party))
_UNPAID = select(func.count().filter(_HELD), func.min(_O.held_until).filter(_HELD)).where(_L.kind == "ticket")
_UNPAID_OF: Final = _UNPAID.select_from(_SEATS).where(_P.email == bindparam("mine"))
_FROM_HERE = _SEATS.join(table_of(Origin), _F.party_id == _P.id)
_UNPAID_FROM: Final = _UNPAID.select_from(_FROM_HERE).where(_F.key == bindparam("mine"))
