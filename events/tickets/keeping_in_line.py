"""Places that return while people stand in line: kept by one party of the evening, so that nobody else can take them.

A quota with a keeper gives nothing back to the public: whatever is released becomes the keeper's, held like any other
seat, until it is drawn for those in line or the line ends. The quota's row decides, and is locked while it does.
"""

from collections.abc import Collection

from sqlalchemy import case, select, update

from events.catalogue.models import Quota
from events.core import jobs, tokens
from events.core.db import changed, db
from events.tickets.models import Hold

RETURNED = "places_returned"
"""The job that is put when a keeper got something; a room above makes offers of it."""


def let_go(quota_id: int, seats: int, *, held: int = 0, sold: int = 0) -> None:
    """Take `held` and `sold` off the counters; the seats are for those in line, if there are any, else for all."""
    kept = case((Quota.keeper_id.is_not(None), seats), else_=0)
    fewer = update(Quota).where(Quota.id == quota_id)
    moved = fewer.values(held=Quota.held - held + kept, sold=Quota.sold - sold).returning(Quota.keeper_id)
    _keep(quota_id, db.session.execute(moved, execution_options={"synchronize_session": False}).scalar_one(), seats)


def enlarged(quota_id: int, seats: int) -> None:
    """So many places were added to a quota, in the caller's transaction: they are for those in line, if there are any.

    `seats` below one does nothing.
    """
    if seats < 1:
        return
    more = update(Quota).where(Quota.id == quota_id, Quota.keeper_id.is_not(None))
    moved = more.values(held=Quota.held + seats).returning(Quota.keeper_id)
    keeper_id = db.session.execute(moved, execution_options={"synchronize_session": False}).scalar_one_or_none()
    _keep(quota_id, keeper_id, seats)


def _keep(quota_id: int, keeper_id: int | None, seats: int) -> None:
    if keeper_id is not None:
        add(keeper_id, quota_id, seats)
        jobs.put(RETURNED, f"places-returned:{tokens.new_token(12)}", quota_id=quota_id)


def lock(event_id: int) -> list[Quota]:
    """The evening's quotas, newly read, ours until the transaction ends; in the order in which all lock them."""
    query = select(Quota).where(Quota.event_id == event_id).order_by(Quota.id).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def kept(keeper_id: int) -> dict[int, int]:
    """What the keeper has now, by quota id."""
    query = select(Hold.quota_id, Hold.seats).where(Hold.party_id == keeper_id, Hold.status == "held")
    return {row.quota_id: row.seats for row in db.session.execute(query)}


def begin(keeper_id: int, quota_ids: Collection[int]) -> None:
    """From now on what returns to these quotas is kept. What is free already stays on sale."""
    free = update(Quota).where(Quota.id.in_(quota_ids), Quota.keeper_id.is_(None))
    changed(free.values(keeper_id=keeper_id))


def end(keeper_id: int, quota_id: int) -> None:
    """Nobody waits for this quota any more: what was kept of it is for all. The quota is locked by the caller."""
    changed(update(Quota).where(Quota.id == quota_id, Quota.keeper_id == keeper_id).values(keeper_id=None))
    seats = take(keeper_id, quota_id)
    if seats:
        changed(update(Quota).where(Quota.id == quota_id).values(held=Quota.held - seats))


def take(party_id: int, quota_id: int, most: int | None = None) -> int:
    """Take up to `most` (else all) of a party's held seats from its hold; returns how many. No counter moves."""
    mine = (Hold.party_id == party_id, Hold.quota_id == quota_id, Hold.status == "held")
    query = select(Hold.seats).where(*mine).with_for_update()
    seats = db.session.scalar(query) or 0
    count = seats if most is None else min(seats, most)
    if count and count == seats:
        changed(update(Hold).where(*mine).values(status="released"))
    elif count:
        changed(update(Hold).where(*mine).values(seats=seats - count))
    return count


def add(party_id: int, quota_id: int, seats: int) -> None:
    """More held seats for a party; no counter moves."""
    mine = (Hold.party_id == party_id, Hold.quota_id == quota_id)
    if changed(update(Hold).where(*mine, Hold.status == "held").values(seats=Hold.seats + seats)):
        return
    if changed(update(Hold).where(*mine, Hold.status == "released").values(seats=seats, status="held")):
        return
    db.session.add(Hold(party_id=party_id, quota_id=quota_id, seats=seats, status="held"))
    db.session.flush()
