"""Questions about waiting lists and seats given back: what is kept for whom, for how long, and what became of it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from events.catalogue.models import Quota
from events.core import clock
from events.core.db import db
from events.tickets.models import Hold
from payments.auditing.books import totals
from payments.ledger.models import BENEFITS, JournalEntry, Posting
from payments.orders.models import Order, OrderLine
from payments.waiting.models import Waiting, WaitingLine

LATE = timedelta(minutes=15)
"""A worker that runs takes seconds."""


def offers() -> Iterator[str]:
    """8b. An offer holds seats, and not past its time; whoever has none holds none."""
    mine = select(Hold.party_id).where(Hold.status == "held")
    query = select(Waiting.id, Waiting.status, Waiting.offered_until, Waiting.party_id.in_(mine))
    for waiting_id, status, until, holds in db.session.execute(query.where(Waiting.party_id.is_not(None))):
        if (status == "offered") != holds:
            yield f"group {waiting_id} in line is {status}, and {'holds seats' if holds else 'holds none'}"
        if status == "offered" and until is not None and until < clock.now() - LATE:
            yield f"the offer to group {waiting_id} is over, and nobody else has been asked"


def lines() -> Iterator[str]:
    """8c. What returns is kept by the evening's own line, only while it keeps it, and nothing is sold from there."""
    kept = select(Hold.quota_id, Quota.keeper_id, Hold.party_id, Hold.status)
    kept = kept.join(Quota, Quota.id == Hold.quota_id).join(WaitingLine, WaitingLine.party_id == Hold.party_id)
    for quota_id, keeper_id, party_id, status in db.session.execute(kept.where(Hold.status != "released")):
        if status == "sold" or keeper_id != party_id:
            yield f"places of quota {quota_id} are {status} by a line that does not keep it"
    strange = select(Quota.id).outerjoin(
        WaitingLine, (WaitingLine.party_id == Quota.keeper_id) & (WaitingLine.event_id == Quota.event_id)
    )
    for quota_id in db.session.scalars(strange.where(Quota.keeper_id.is_not(None), WaitingLine.event_id.is_(None))):
        yield f"what returns to quota {quota_id} is kept by nobody's line"


def seats_given() -> Iterator[str]:
    """15c. What became a gift when seats were given back is what the books moved from meals to gifts."""
    turned = select(Order.currency, func.sum(OrderLine.turned)).join(Order).where(OrderLine.turned > 0)
    moved = select(Posting.currency, func.sum(Posting.amount)).join(JournalEntry)
    moved = moved.where(JournalEntry.ext_kind == "seat_given", Posting.account == BENEFITS)
    lines_say, books_say = totals(turned.group_by(Order.currency)), totals(moved.group_by(Posting.currency))
    for currency in sorted(lines_say.keys() | books_say.keys()):
        ours, booked = lines_say.get(currency, 0), books_say.get(currency, 0)
        if ours != booked:
            yield f"{ours} {currency} of meals became gifts with seats given back, {booked} in the books"
