"""The line before Stripe: so many pay pages a second, over all processes of all hosts, in the order of arrival.

Stripe opens 25 a second for one account and refuses more. Each order that needs a pay page takes the next turn from
one row, at the end of the transaction that places it; who gets a turn in the future waits for it, and nobody overtakes.
The row counts in a time of its own, which stands still for a moment whenever Stripe says that it was too much after
all: then everybody in line moves back together.
"""

from dataclasses import dataclass

from sqlalchemy import ForeignKey, Row, case, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from events.core import clock
from events.core.db import Base, changed, db, insert_once
from payments.orders.models import Order

A_SECOND = 20
"""Fewer than Stripe takes: the rest is for what is asked a second time, and for other programs of the same account."""
STEP = 1000 // A_SECOND
AT_ONCE = 4 * STEP
"""After a quiet moment four come together and nobody waits: with the twenty of a second they are below Stripe's 25."""
SHORT = STEP * 10
"""So few in front are no line worth a page: a request waits for its turn by itself."""
STANDS_STILL = 1000
OVERDUE = 10.0
"""Seconds after the turn from which the worker must be away or far behind: then the buyer's own page asks."""
LATE = 60.0
"""Seconds after the turn from which something else than the crowd must be in the way."""
LONGEST = 10 * 60 * 1000
"""No line is longer; a turn later than that was given by a clock that went wrong, and does not count."""
_STRIPE = "stripe"


class Pace(Base):
    """When the next pay page may be opened: milliseconds since 1970, less those during which the line stood still."""

    __tablename__ = "pace"

    name: Mapped[str] = mapped_column(primary_key=True)
    next: Mapped[int]
    stood: Mapped[int]  # milliseconds in all
    stood_at: Mapped[int]  # when it last began to


class Turn(Base):
    """The place in line of an order that had to wait, in the time of its Pace: since when, and when it is its turn."""

    __tablename__ = "turn"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    since: Mapped[int]
    at: Mapped[int]


@dataclass(frozen=True)
class Place:
    """Where an order stands: `number` 1 is served next; `seconds` until its turn, then below 0; `done` in %."""

    number: int
    seconds: float
    done: int


def take(order_id: int) -> float | None:
    """Take the next turn, the last thing in the caller's transaction: the row is locked until its commit.

    None where there is no line: it may ask for itself, now or very soon. Else the seconds until its turn, which may be
    now, while somebody before it still waits.
    """
    moment = _now()
    row = _next(moment)
    if row is None:
        insert_once(Pace, {"name": _STRIPE, "next": 0, "stood": 0, "stood_at": 0}, ["name"])
        row = _next(moment)
    if row is None:
        raise LookupError("the pace has no row")
    here = moment - row.stood
    at, crowded = max(row.next - STEP, here), _somebody_waits(here)
    if at == here and not crowded:
        return None
    values = {"since": here, "at": at}
    if not insert_once(Turn, {"order_id": order_id} | values, ["order_id"]):  # it stood here for an earlier attempt
        changed(update(Turn).where(Turn.order_id == order_id).values(**values))
    return float(at - here) / 1000 if crowded or at - here > SHORT else None


def _somebody_waits(here: int) -> bool:
    """Whether somebody's turn came and nobody could ask yet: then a newcomer who asks would overtake."""
    unserved = select(Turn.order_id).join(Order, Order.id == Turn.order_id).where(Order.status == "waiting")
    lately = Turn.at.between(here - int(LATE * 1000), here)
    return db.session.scalar(unserved.where(lately).limit(1)) is not None


def _next(moment: int) -> Row[int, int] | None:
    here = moment - Pace.stood
    soonest = here - AT_ONCE
    nobody_waits = or_(Pace.next < soonest, Pace.next > here + LONGEST)
    given = case((nobody_waits, soonest), else_=Pace.next)
    statement = update(Pace).where(Pace.name == _STRIPE).values(next=given + STEP).returning(Pace.next, Pace.stood)
    return db.session.execute(statement, execution_options={"synchronize_session": False}).first()


def wait(order_id: int) -> float:
    """Seconds until the order may ask Stripe; 0 or less: now."""
    place = place_of(order_id)
    return place.seconds if place else 0.0


def place_of(order_id: int) -> Place | None:
    """The order's place in line; None where it never had to stand there."""
    query = select(Turn.since, Turn.at, Pace.stood).join(Pace, Pace.name == _STRIPE).where(Turn.order_id == order_id)
    row = db.session.execute(query).first()
    if row is None:
        return None
    here = _now() - row.stood
    ahead = row.at - here
    if ahead > LONGEST:
        return Place(1, 0.0, 100)
    share = 100 * (here - row.since) // max(row.at - row.since, 1)
    return Place(max(ahead - 1, 0) // STEP + 1, ahead / 1000, min(max(share, 0), 100))


def stand_here(order_id: int) -> None:
    """Its turn is now, or as soon as the line goes on, but nobody here can ask. In the caller's transaction."""
    row = db.session.execute(select(Pace.stood, Pace.stood_at).where(Pace.name == _STRIPE)).first()
    stood, stood_at = row or (0, 0)
    here = _now() - stood
    at = max(here, min(stood_at - stood, here) + STANDS_STILL) if stood_at else here
    insert_once(Turn, {"order_id": order_id, "since": here, "at": at}, ["order_id"])


def stand_still() -> None:
    """Stripe says 429: nobody's turn comes for a second. Many who are refused at one time stop the line once.

    In the caller's transaction. Whose turn it was (`stand_here`) is first afterwards.
    """
    moment = _now()
    goes = or_(Pace.stood_at <= moment - STANDS_STILL, Pace.stood_at > moment)
    stop = update(Pace).where(Pace.name == _STRIPE, goes)
    changed(stop.values(stood=Pace.stood + STANDS_STILL, stood_at=moment))


def _now() -> int:
    return int(clock.now().timestamp() * 1000)
