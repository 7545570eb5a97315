"""Questions about codes: none is used more often than it may be, and none is used up by nobody."""

from collections.abc import Iterator

from sqlalchemy import case, func, select

from events.catalogue.codes import DiscountCode
from events.core.db import db
from payments.auditing.seats import KEEPS_TICKETS
from payments.orders.models import DiscountUse, Order


def code_uses() -> Iterator[str]:
    """1c. A code counts the orders that hold or keep a use of it, and never more than its limit."""
    counted = func.count(case((DiscountUse.status != "released", 1)))
    query = select(DiscountCode.code, DiscountCode.uses, DiscountCode.use_limit, counted)
    grouped = query.outerjoin(DiscountUse, DiscountUse.code_id == DiscountCode.id).group_by(DiscountCode.id)
    for code, counts, limit, are in db.session.execute(grouped):
        if counts != are:
            yield f"code {code} counts {counts} uses; its orders say {are}"
        if limit is not None and are > limit:
            yield f"code {code} is used {are} times, though {limit} is its limit"


def used_codes() -> Iterator[str]:
    """1d. A use stands as its order stands."""
    wanted = case(
        (Order.status.in_(("held", "waiting", "processing")), "held"),
        (Order.status.in_(KEEPS_TICKETS), "kept"),
        (Order.status.in_(("expired", "failed", "cancelled", "refund_due")), "released"),
        else_=DiscountUse.status,
    )
    query = select(Order.code, Order.status, DiscountUse.status).join(DiscountUse)
    for code, status, use in db.session.execute(query.where(DiscountUse.status != wanted)):
        yield f"order {code} is {status}, but the use of its code is {use}"
