"""Questions about gifts in the room: a promise is paid when its order is, never otherwise; its course is allowed."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from events.core.db import db
from events.table_codes.models import TableCode
from payments.orders.models import Order, OrderLine
from payments.pledges.models import TRANSITIONS, Appeal, Pledge, PledgeStatus, TableGift

SHORTEST_SECRET = 22
"""128 bits in letters of six."""


def pledge_money() -> Iterator[str]:
    """22. A pledge is paid when its one order is, asks for what was promised, and for nothing but a gift."""
    other = func.sum(OrderLine.amount - OrderLine.gift)
    query = (
        select(Pledge.id, Pledge.status, Pledge.amount, Pledge.currency, Pledge.event_id)
        .add_columns(
            Order.code, Order.total, Order.currency.label("asked_in"), Order.event_id.label("of"), Order.paid_at
        )
        .add_columns(other.label("other"))
        .outerjoin(Order, Order.id == Pledge.order_id)
        .outerjoin(OrderLine, OrderLine.order_id == Order.id)
        .group_by(Pledge.id, Order.id)
        .order_by(Pledge.id)
    )
    for it in db.session.execute(query):
        if (it.status == "paid") != (it.paid_at is not None):
            paid = "paid" if it.paid_at else "unpaid"
            yield f"pledge {it.id} is {it.status}, its order {it.code or 'is none'} {paid}"
        if it.code and ((it.total, it.asked_in, it.of) != (it.amount, it.currency, it.event_id) or it.other):
            yield f"pledge {it.id} is {it.amount} {it.currency}, its order {it.code} asks for {it.total} {it.asked_in}"


def pledge_courses() -> Iterator[str]:
    """12b. Each course of a pledge is a path in the table and ends where the pledge stands."""
    allowed = {(before, after) for before, after, _trigger in TRANSITIONS} | {(None, "promised")}
    last: dict[int, str] = {}
    steps = select(PledgeStatus.pledge_id, PledgeStatus.from_status, PledgeStatus.to_status)
    for pledge_id, before, after in db.session.execute(steps.order_by(PledgeStatus.pledge_id, PledgeStatus.id)):
        if (before, after) not in allowed or before != last.get(pledge_id):
            yield f"pledge {pledge_id} went from {before} to {after}"
        last[pledge_id] = after
    for pledge_id, status in db.session.execute(select(Pledge.id, Pledge.status)):
        if last.get(pledge_id) != status:
            yield f"pledge {pledge_id} is {status}, its course ends with {last.get(pledge_id)}"


def table_gifts() -> Iterator[str]:
    """23. What is credited to a table was given at its evening; the order of a pledge is credited to the pledge's."""
    astray = select(Order.code).join(TableGift, TableGift.order_id == Order.id).join(TableCode)
    for code in db.session.scalars(astray.where(TableCode.event_id != Order.event_id)):
        yield f"order {code} is credited to a table of another evening"
    query = select(Pledge.id, Pledge.event_id, TableCode.event_id.label("of"), TableGift.code_id, Pledge.code_id)
    joined = query.join(TableCode, TableCode.id == Pledge.code_id).outerjoin(
        TableGift, TableGift.order_id == Pledge.order_id
    )
    lost = Pledge.order_id.is_not(None) & or_(TableGift.code_id.is_(None), TableGift.code_id != Pledge.code_id)
    for row in db.session.execute(joined.where(or_(TableCode.event_id != Pledge.event_id, lost))):
        yield f"pledge {row.id} is not credited to the table at which it was made"


def table_secrets() -> Iterator[str]:
    """11b. Addresses of cards, screens and promises cannot be guessed."""
    for what, column in (
        ("card", TableCode.token),
        ("screen", Appeal.token),
        ("pledge", Pledge.token),
    ):
        short = select(func.count()).where(func.length(column) < SHORTEST_SECRET)
        if count := db.session.scalar(short):
            yield f"{count} addresses of a {what} can be guessed"
