"""How an evening is doing: places, money raised, names still missing, who is in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from events.catalogue.models import Event, Raised, TicketType
from events.core.db import db
from events.door import figures as door
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Places:
    """A quota or a ticket type, in places (not bundles). `held` and `size` are a quota's alone."""

    name: str | Mapping[str, str]
    sold: int
    left: int
    held: int | None = None
    size: int | None = None


@dataclass(frozen=True)
class Figures:
    """One evening in numbers; money in minor units of the event's currency."""

    quotas: list[Places]
    types: list[Places]
    gifts: int
    benefits: int
    goal: int
    unnamed: int
    arrived: int
    expected: int

    @property
    def raised(self) -> int:
        """Gifts and meals together, minor units."""
        return self.gifts + self.benefits

    @property
    def gift_share(self) -> float:
        """Length of the gifts' bar, 0 to 1, on a scale that ends at the goal or at the sum raised."""
        return self.gifts / self._scale

    @property
    def benefit_share(self) -> float:
        """Length of the meals' bar on the same scale."""
        return self.benefits / self._scale

    @property
    def sold(self) -> int:
        """Places sold, over all ticket types."""
        return sum(kind.sold for kind in self.types)

    @property
    def held(self) -> int:
        """Places somebody is paying for now."""
        return sum(quota.held or 0 for quota in self.quotas)

    @property
    def _scale(self) -> int:
        return max(self.goal, self.raised, 1)


def of_event(event: Event) -> Figures:
    """All figures of one event, in a handful of queries."""
    raised = db.session.scalars(select(Raised).where(Raised.event_id == event.id)).first()
    inside = door.of_event(event.id)
    sold = _sold_by_type(event.id)
    return Figures(
        quotas=[Places(quota.name, quota.sold, quota.left, quota.held, quota.size) for quota in event.quotas],
        types=[_places(kind, sold.get(kind.id, 0)) for kind in event.ticket_types],
        gifts=raised.gifts if raised else 0,
        benefits=raised.benefits if raised else 0,
        goal=event.goal,
        unnamed=_unnamed(event.id),
        arrived=inside["arrived"],
        expected=inside["expected"],
    )


def _places(kind: TicketType, sold: int) -> Places:
    return Places(kind.name, sold, kind.left * kind.bundle_size)


def _sold_by_type(event_id: int) -> dict[int, int]:
    counting = (
        select(Ticket.ticket_type_id, func.count())
        .where(Ticket.event_id == event_id, Ticket.status.in_(("valid", "unpaid")))
        .group_by(Ticket.ticket_type_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counting)}


def _unnamed(event_id: int) -> int:
    nameless = select(func.count()).where(
        Ticket.event_id == event_id, Ticket.status == "valid", func.coalesce(Ticket.guest_name, "") == ""
    )
    return db.session.scalar(nameless) or 0
