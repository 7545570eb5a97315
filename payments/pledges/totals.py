"""What the room gave and promised: by table for staff, in one sum for the screen. No promise is counted as money."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from events.catalogue.finding import find_raised
from events.catalogue.models import Event
from events.core.db import db
from events.guests.models import Party
from events.table_codes import coding
from events.table_codes.models import TableCode
from payments.orders.models import Order, OrderLine
from payments.pledges import appeals
from payments.pledges.models import OWED, Appeal, Pledge, TableGift

NAMES = 6


@dataclass(frozen=True)
class OfTable:
    """A table's sums in minor units: `paid` less what went back, `promised` and not paid."""

    code: TableCode
    paid: int
    gifts: int  # how many orders
    promised: int
    promises: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing came from there."""
        return not (self.gifts or self.promises)


@dataclass(frozen=True)
class Sums:
    """An evening's gifts in the room, minor units. `lapsed` promises are not hoped for any more."""

    paid: int
    promised: int
    promises: int
    lapsed: int


@dataclass(frozen=True)
class Shown:
    """What the screen shows, minor units. The bar is as long as the goal, or as all there is when that is more."""

    gifts: int
    meals: int
    promised: int
    goal: int
    givers: int
    names: Sequence[str]

    @property
    def paid(self) -> int:
        """Money that is here."""
        return self.gifts + self.meals

    @property
    def whole(self) -> int:
        """What the bar's length stands for."""
        return max(self.goal, self.paid + self.promised, 1)

    @property
    def percent(self) -> int:
        """How much of the goal is here, rounded down."""
        return self.paid * 100 // self.goal if self.goal else 0


def by_table(event_id: int) -> list[OfTable]:
    """Every code of the evening with its sums, the room first."""
    paid, promised = _paid_by_code(event_id), _promised_by_code(event_id)
    nothing = (0, 0)
    return [
        OfTable(code, *paid.get(code.id, nothing), *promised.get(code.id, nothing))
        for code in coding.of_event(event_id)
    ]


def of_event(event_id: int) -> Sums:
    """All of the evening's tables together."""
    query = select(Pledge.status, func.sum(Pledge.amount), func.count()).where(Pledge.event_id == event_id)
    rows = db.session.execute(query.group_by(Pledge.status))
    found = {status: (int(amount), count) for status, amount, count in rows}
    promised, promises = found.get("promised", (0, 0))
    paid = sum(amount for amount, _count in _paid_by_code(event_id).values())
    return Sums(paid, promised, promises, found.get("lapsed", (0, 0))[0])


def shown(event: Event, appeal: Appeal) -> Shown:
    """What the evening's screen shows now."""
    raised = find_raised(event.id)
    tables = by_table(event.id)
    promised = sum(one.promised for one in tables) if appeal.shows_promised else 0
    counted = sum(one.gifts + (one.promises if appeal.shows_promised else 0) for one in tables)
    return Shown(
        gifts=max(raised.gifts, 0) if raised else 0,
        meals=max(raised.benefits, 0) if raised and appeal.counts == "all" else 0,
        promised=promised,
        goal=event.goal,
        givers=counted,
        names=_names(event, appeal) if appeal.shows_names and appeals.is_open(event) else (),
    )


def _paid_by_code(event_id: int) -> dict[int, tuple[int, int]]:
    kept = func.sum(OrderLine.gift - OrderLine.back_gift)
    query = select(TableGift.code_id, kept, func.count(Order.id.distinct())).join(Order, Order.id == TableGift.order_id)
    mine = query.join(OrderLine, OrderLine.order_id == Order.id).where(
        Order.event_id == event_id, Order.paid_at.is_not(None)
    )
    rows = db.session.execute(mine.group_by(TableGift.code_id))
    return {code_id: (int(amount), count) for code_id, amount, count in rows}


def _promised_by_code(event_id: int) -> dict[int, tuple[int, int]]:
    query = select(Pledge.code_id, func.sum(Pledge.amount), func.count()).where(
        Pledge.event_id == event_id, Pledge.status == "promised"
    )
    rows = db.session.execute(query.group_by(Pledge.code_id))
    return {code_id: (int(amount), count) for code_id, amount, count in rows}


def _names(event: Event, appeal: Appeal) -> list[str]:
    """The newest of those who want to be named, once each."""
    gave = (
        select(Order.paid_at, Party.name)
        .join(TableGift, TableGift.order_id == Order.id)
        .join(Party, Party.id == Order.party_id)
        .outerjoin(Pledge, Pledge.order_id == Order.id)
    )
    mine = (Order.event_id == event.id, TableGift.is_shown, Order.status == "paid", Pledge.id.is_(None))
    rows = list(db.session.execute(gave.where(*mine).order_by(Order.paid_at.desc()).limit(NAMES)))
    promised = select(Pledge.made_at, Pledge.name).where(
        Pledge.event_id == event.id, Pledge.is_shown, Pledge.name != "", _visible(appeal)
    )
    found = [(at, name) for at, name in rows if at is not None]
    found += [(at, name) for at, name in db.session.execute(promised.order_by(Pledge.made_at.desc()).limit(NAMES))]
    newest = sorted(found, key=lambda one: one[0], reverse=True)
    return list(dict.fromkeys(name for _at, name in newest if name))[:NAMES]


def _visible(appeal: Appeal) -> ColumnElement[bool]:
    return Pledge.status.in_(("promised", "paid") if appeal.shows_promised else ("paid",))


def outstanding(event_id: int) -> Sequence[Pledge]:
    """Promises that are still to be paid, the oldest first; lapsed ones among them."""
    return _pledges(event_id, Pledge.status.in_(OWED))


def settled(event_id: int) -> Sequence[Pledge]:
    """Promises that were paid or withdrawn."""
    return _pledges(event_id, Pledge.status.not_in(OWED))


def _pledges(event_id: int, *conditions: ColumnElement[bool]) -> Sequence[Pledge]:
    query = select(Pledge).where(Pledge.event_id == event_id, *conditions).order_by(Pledge.id)
    return db.session.scalars(query).all()
