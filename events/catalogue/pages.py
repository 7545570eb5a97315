"""What the public pages say, decided before a template writes it: what may be bought, what is left, what came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.catalogue.models import Block, Event, Quota, Raised, TicketType
from events.core.i18n import gettext as _
from events.core.i18n import moment as in_words
from events.core.i18n import ngettext

# Blocks of these kinds stand after the facts of how to come; the organiser's own order holds among them.
AFTERWORD = ("partners", "press", "questions", "help")
LAST_OFFER = timedelta(hours=1)
"""In the last hour of sales places are offered to nobody in line any more: there is no time for the next."""


@dataclass(frozen=True)
class Dish:
    """A ticket type as a line of the carte. `gone` says why it cannot be bought now, `hint` until when or how few.

    `may_wait`: it is sold out, and places that come back may be waited for.
    """

    type: TicketType
    gone: str | None
    hint: str | None
    may_wait: bool = False


@dataclass(frozen=True)
class Sum:
    """What came in, in minor units, and how it fills the bar: shares of the goal, or of itself when it passed it."""

    gifts: int
    benefits: int
    goal: int

    @property
    def total(self) -> int:
        """Gifts and benefits together."""
        return self.gifts + self.benefits

    @property
    def percent(self) -> int:
        """How much of the goal is reached, rounded down: the last baht counts."""
        return self.total * 100 // self.goal if self.goal else 0

    @property
    def gift_share(self) -> float:
        """Width of the solid part, 0 to 1."""
        return self.gifts / self._whole

    @property
    def meal_share(self) -> float:
        """Width of the hatched part, 0 to 1."""
        return self.benefits / self._whole

    @property
    def _whole(self) -> int:
        return max(self.goal, self.total, 1)


@dataclass(frozen=True)
class EventPage:
    """Everything the event page shows. `stage`: on_sale, sold_out, closed, cancelled or past."""

    event: Event
    stage: str
    dishes: Sequence[Dish]
    raised: Sum
    places_left: int
    places: int
    days: int  # until it begins, counted in days of the calendar where it takes place; negative afterwards
    opening: Sequence[Block]  # causes, before the prices
    middle: Sequence[Block]
    afterword: Sequence[Block]

    @property
    def countdown(self) -> str:
        """How long it is until then, as one would say it; empty for an evening that does not come any more."""
        if self.is_past or self.stage == "cancelled" or self.days < 0:
            return ""
        if self.days == 0:
            return _("today")
        return _("tomorrow") if self.days == 1 else ngettext("in %(num)s day", "in %(num)s days", self.days)

    @property
    def is_past(self) -> bool:
        """Whether the candles are out."""
        return self.stage == "past"

    @property
    def can_order(self) -> bool:
        """Whether the order form takes anything: places, or at least gifts."""
        return self.stage == "on_sale" or (self.stage == "sold_out" and self.event.absent_gift > 0)

    @property
    def first_price(self) -> TicketType | None:
        """The ticket type named beside the button on phones: the first that can be bought."""
        return next((dish.type for dish in self.dishes if not dish.gone), None)


def event_page(event: Event, raised: Raised | None, moment: datetime) -> EventPage:
    """Decide what the page of this evening says at `moment`. Reads nothing but what is given."""
    dishes = [_dish(ticket_type, moment) for ticket_type in event.ticket_types if not ticket_type.hidden]
    left, places = places_of(event)
    opening = [block for block in event.blocks if block.kind == "cause"]
    return EventPage(
        event=event,
        stage=stage(event, moment, any(not dish.gone for dish in dishes)),
        dishes=dishes,
        raised=Sum(raised.gifts if raised else 0, raised.benefits if raised else 0, event.goal),
        places_left=left,
        places=places,
        days=days_until(event, moment),
        opening=opening,
        middle=[block for block in event.blocks if block.kind not in ("cause", *AFTERWORD)],
        afterword=[block for block in event.blocks if block.kind in AFTERWORD],
    )


def days_until(event: Event, moment: datetime) -> int:
    """Midnights between `moment` and the evening, where it takes place."""
    zone = ZoneInfo(event.time_zone)
    return (event.starts_at.astimezone(zone).date() - moment.astimezone(zone).date()).days


def right_until(event: Event, moment: datetime) -> datetime:
    """The next moment at which the page may say something else by itself: midnight at the latest."""
    zone = ZoneInfo(event.time_zone)
    tomorrow = moment.astimezone(zone).date() + timedelta(days=1)
    moments = [datetime.combine(tomorrow, time(), zone), event.ends_at, event.sales_end_at]
    for ticket_type in event.ticket_types:
        moments += [ticket_type.sales_start_at or moment, sales_end(ticket_type)]
        moments += [ticket_type.sales_end_at or moment, sales_end(ticket_type) - LAST_OFFER]
    return min(one for one in moments if one > moment)


def stage(event: Event, moment: datetime, any_left: bool) -> str:
    """Where the evening stands for a visitor: on_sale, sold_out, closed, cancelled or past."""
    if event.status == "cancelled":
        return "cancelled"
    if event.status == "archived" or moment >= event.ends_at:
        return "past"
    if moment >= event.sales_end_at:
        return "closed"
    return "on_sale" if any_left else "sold_out"


def unavailable(ticket_type: TicketType, moment: datetime) -> str | None:
    """Why this type cannot be bought at `moment`, in words; None when it can (the event's own end of sales apart)."""
    zone = ticket_type.event.time_zone
    if ticket_type.sales_start_at is not None and moment < ticket_type.sales_start_at:
        return _("On sale from %(moment)s", moment=in_words(ticket_type.sales_start_at, zone))
    if ticket_type.left == 0:
        return _sold_out(ticket_type)
    if not ticket_type.on_sale(moment):
        return _("No longer on sale")
    return None


def places_of(event: Event) -> tuple[int, int]:
    """Places left and places in all. A quota that limits a part of a larger one (early birds) is not counted twice."""
    quotas = {quota.id: quota for ticket_type in event.ticket_types for quota in ticket_type.quotas}
    rooms = [quota for quota in quotas.values() if not _is_inner(quota, event)]
    return sum(quota.left for quota in rooms), sum(quota.size for quota in rooms)


def _is_inner(quota: Quota, event: Event) -> bool:
    """Whether every type that draws on this quota draws on a larger one, too."""
    drawing = [ticket_type.quotas for ticket_type in event.ticket_types if quota in ticket_type.quotas]
    return all(any(other.size > quota.size for other in quotas) for quotas in drawing)


def _dish(ticket_type: TicketType, moment: datetime) -> Dish:
    gone = unavailable(ticket_type, moment)
    waits = ticket_type.left == 0 and may_wait(ticket_type, moment)
    return Dish(ticket_type, gone, None if gone else _hint(ticket_type), waits)


def may_wait(ticket_type: TicketType, moment: datetime) -> bool:
    """Whether one may wait for this type: the list is open, it is sold to all, and there is room and time for it."""
    event, least = ticket_type.event, ticket_type.bundle_size * ticket_type.min_per_order
    is_on = event.waiting_list and event.status == "published" and not ticket_type.hidden
    fits = all(quota.size >= least for quota in ticket_type.quotas)
    return is_on and fits and ticket_type.on_sale(moment) and moment < sales_end(ticket_type) - LAST_OFFER


def sales_end(ticket_type: TicketType) -> datetime:
    """Until when places of this type can be ordered."""
    return min(ticket_type.event.sales_end_at, ticket_type.sales_end_at or ticket_type.event.sales_end_at)


def _hint(ticket_type: TicketType) -> str | None:
    if ticket_type.sales_end_at is not None:
        end = in_words(ticket_type.sales_end_at, ticket_type.event.time_zone)
        return _("Until %(moment)s", moment=end)
    if ticket_type.left <= 5:
        return ngettext("%(num)s left", "%(num)s left", ticket_type.left)
    return None


def _sold_out(ticket_type: TicketType) -> str:
    """A type with a quota of its own says how many went; the others just that all are taken."""
    emptied = [quota.size for quota in ticket_type.quotas if quota.left < ticket_type.bundle_size]
    largest = max(quota.size for quota in ticket_type.quotas) if ticket_type.quotas else 0
    if emptied and min(emptied) < largest:
        return ngettext("The only one is taken", "All %(num)s are taken", min(emptied))
    return _("Sold out")
