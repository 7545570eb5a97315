"""What an evening and a fiscal year brought: raised, what the guests received, fees, and what is left for the cause.

An evening is reckoned from its orders and Stripe's movements, a year from the books; both in minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from events.catalogue.models import Event, Organisation
from events.core.db import db
from events.door import figures as door
from events.seating.models import Catering
from events.tickets.models import Ticket
from payments.auditing import facts
from payments.auditing.facts import Fact
from payments.box_office.models import Drawer
from payments.ledger import periods
from payments.ledger.models import (
    ADJUSTMENTS,
    BENEFITS,
    COMPS,
    FEE_COVER,
    GIFTS,
    OVER_SHORT,
    STRIPE_FEES,
    JournalEntry,
    Posting,
)
from payments.ledger.periods import CLOSING, DAY, OPENING
from payments.orders.models import Order, OrderLine

INCOME = (BENEFITS, GIFTS, FEE_COVER)
FEES = (STRIPE_FEES, ADJUSTMENTS)


@dataclass(frozen=True)
class Reckoning:
    """Sums of an evening or a period, minor units of one currency, all above zero when all is well.

    `benefits` is what was paid for what guests receive; `cost` what that costs the house; `fees` are Stripe's alone;
    `over_short` is what drawers had too much, or below zero what was missing in them: no fee, and shown by itself.
    """

    currency: str
    gifts: int = 0
    benefits: int = 0
    fee_cover: int = 0
    cost: int = 0
    fees: int = 0
    over_short: int = 0

    @property
    def raised(self) -> int:
        """Everything that was paid and did not go back."""
        return self.gifts + self.benefits + self.fee_cover

    @property
    def net(self) -> int:
        """What is left for the cause; below zero when an evening cost more than it brought."""
        return self.raised - self.cost - self.fees + self.over_short


@dataclass(frozen=True)
class Restaurant:
    """Covers of an evening. `seated` is None while nobody was let in; `price` 0 while none is agreed.

    Of a cancelled evening only what was guaranteed may still have to be paid.
    """

    guaranteed: int
    sold: int
    comp: int
    seated: int | None
    price: int
    is_cancelled: bool

    @property
    def due(self) -> int:
        """Covers to pay: those that were guaranteed, or came; before the evening, those that are expected."""
        expected = 0 if self.is_cancelled else self.sold + self.comp
        return max(self.guaranteed, expected if self.seated is None else self.seated)

    @property
    def amount(self) -> int:
        """What the restaurant gets, minor units."""
        return self.due * self.price


@dataclass(frozen=True)
class Evening:
    """One evening with its sums, its restaurant and its drawer at the door."""

    event: Event
    sums: Reckoning
    restaurant: Restaurant
    drawer: Drawer | None


def of_event(event: Event, known: Sequence[Fact] | None = None) -> Evening:
    """One evening. `known` are the organisation's facts, if they are at hand."""
    known = facts.of_organisation(event.organisation_id) if known is None else known
    mine = [fact for fact in known if fact.event_id == event.id]
    fees = sum(row.fee for fact in mine for row in fact.moved if row.currency == event.currency)
    back = OrderLine.amount - OrderLine.back_benefit - OrderLine.back_gift - OrderLine.back_fee
    gift = OrderLine.gift - OrderLine.back_gift + OrderLine.turned
    kept = (func.sum(gift), func.sum(OrderLine.benefit - OrderLine.back_benefit - OrderLine.turned))
    query = select(*kept, func.sum(back), func.sum(OrderLine.comped)).join(Order, Order.id == OrderLine.order_id)
    row = db.session.execute(query.where(Order.event_id == event.id, Order.paid_at.is_not(None))).one()
    gifts, benefits, paid, comped = (int(one or 0) for one in row)
    meals = restaurant_of(event)
    cost = meals.amount if meals.price else benefits + comped
    drawer = db.session.get(Drawer, event.id)
    over_short = drawer.difference if drawer else 0
    sums = Reckoning(event.currency, gifts, benefits, paid - gifts - benefits, cost, fees, over_short)
    return Evening(event, sums, meals, drawer)


def restaurant_of(event: Event) -> Restaurant:
    """Covers: guaranteed, sold, invited, and seated as the door counted them. Who pays nothing is invited.

    A void ticket is no cover, whatever of its price was kept.
    """
    agreed = db.session.get(Catering, event.id)
    lines = select(func.count()).select_from(OrderLine).join(Order, Order.id == OrderLine.order_id)
    mine = lines.join(Ticket, Ticket.id == OrderLine.ticket_id).where(Order.event_id == event.id)
    expected = mine.where(Order.paid_at.is_not(None), Ticket.status == "valid")
    arrived = door.of_event(event.id)["arrived"]
    return Restaurant(
        guaranteed=agreed.guaranteed if agreed else 0,
        sold=db.session.scalar(expected.where(OrderLine.amount > 0)) or 0,
        comp=db.session.scalar(expected.where(OrderLine.amount == 0)) or 0,
        seated=arrived or None,
        price=agreed.cover_price if agreed else 0,
        is_cancelled=event.is_cancelled,
    )


def of_period(organisation: Organisation, first: date, last: date) -> dict[str, Reckoning]:
    """The books of some days, both included, by currency. What guests receive costs what they paid for it."""
    found = _sums(organisation.id, first, last)
    return {currency: _reckoned(currency, sums) for currency, sums in sorted(found.items())}


def by_month(organisation: Organisation, first: date, last: date) -> list[tuple[date, dict[str, Reckoning]]]:
    """The same month by month, each named by its first day."""
    months, day = [], first
    while day <= last:
        end = periods.end_of_month(day)
        months.append((day, of_period(organisation, day, min(end, last))))
        day = end + DAY
    return months


def year_of(organisation: Organisation, year: int) -> tuple[date, date]:
    """First and last day of a fiscal year, named by the calendar year in which it begins."""
    start = organisation.fiscal_year_start
    return date(year, start, 1), date(year + 1, start, 1) - DAY


def _sums(organisation_id: int, first: date, last: date) -> dict[str, dict[str, int]]:
    """By currency and account; the entries that close and open years are left out."""
    query = select(Posting.currency, Posting.account, func.sum(Posting.amount)).join(JournalEntry)
    wanted = (
        JournalEntry.organisation_id == organisation_id,
        JournalEntry.effective_on.between(first, last),
        JournalEntry.journal.not_in((CLOSING, OPENING)),
        Posting.account.in_((*INCOME, *FEES, OVER_SHORT, COMPS)),
    )
    found: dict[str, dict[str, int]] = {}
    for currency, account, amount in db.session.execute(
        query.where(*wanted).group_by(Posting.currency, Posting.account)
    ):
        found.setdefault(currency, {})[account] = int(amount)
    return found


def _reckoned(currency: str, sums: Mapping[str, int]) -> Reckoning:
    benefits = -sums.get(BENEFITS, 0)
    return Reckoning(
        currency,
        gifts=-sums.get(GIFTS, 0),
        benefits=benefits,
        fee_cover=-sums.get(FEE_COVER, 0),
        cost=benefits + sums.get(COMPS, 0),
        fees=sum(sums.get(account, 0) for account in FEES),
        over_short=-sums.get(OVER_SHORT, 0),
    )
