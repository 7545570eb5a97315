"""The line of an evening: found, begun, locked; who stands where in it."""

from collections.abc import Sequence

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.guests.parties import new_party
from events.tickets import holding
from payments.waiting.models import LIVE, TRANSITIONS, Waiting, WaitingLine, WaitingLink

_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}


def find_line(event_id: int) -> WaitingLine | None:
    """The evening's line, if anybody ever stood in it."""
    return db.session.get(WaitingLine, event_id)


def lock_line(event_id: int) -> WaitingLine | None:
    """The line, ours until the transaction ends: everything that moves it waits here, before any quota is touched."""
    query = select(WaitingLine).where(WaitingLine.event_id == event_id).with_for_update()
    return db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def get_line(event_id: int) -> WaitingLine:
    """The same, begun if there was none. Its party has no name: it only keeps places."""
    found = lock_line(event_id)
    if found is not None:
        return found
    keeper = new_party(event_id, "", "", "", "en")
    insert_once(WaitingLine, {"event_id": event_id, "party_id": keeper.id, "offer_hours": 24}, ["event_id"])
    line = lock_line(event_id)
    if line is None:
        raise LookupError(f"event {event_id} has no line")
    return line


def groups(event_id: int, *statuses: str) -> Sequence[Waiting]:
    """Groups of these statuses (else all who are in line), newly read, in their order."""
    query = select(Waiting).where(Waiting.event_id == event_id, Waiting.status.in_(statuses or LIVE))
    ordered = query.order_by(Waiting.joined_at.is_(None), Waiting.joined_at, Waiting.id)
    return db.session.scalars(ordered, execution_options={"populate_existing": True}).all()


def move(group: Waiting, status: str, **values: object) -> bool:
    """One step of TRANSITIONS if the group still stands where it was read; False otherwise. ValueError for no step."""
    before = group.status
    if (before, status) not in _ALLOWED:
        raise ValueError(f"a group does not go from {before} to {status}")
    mine = update(Waiting).where(Waiting.id == group.id, Waiting.status == before)
    won = changed(mine.values(status=status, **values)) == 1
    db.session.refresh(group)
    return won


def needs(group: Waiting) -> dict[int, int]:
    """The seats it waits for, by quota id."""
    return holding.needs([(group.ticket_type, group.count)])


def get_group(secret: str) -> Waiting:
    """The group behind a mailed link; raises NotFound."""
    query = select(Waiting).join(WaitingLink).where(WaitingLink.digest == tokens.digest(secret))
    found = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound(_("This page does not exist, or it is not for you."))
    return found


def draw_link(waiting_id: int) -> str:
    """A new secret for a letter about the group, in the caller's transaction: it stands there and nowhere else."""
    secret = tokens.new_token()
    db.session.add(WaitingLink(waiting_id=waiting_id, digest=tokens.digest(secret), made_at=clock.now()))
    return secret


def before(group: Waiting) -> Sequence[Waiting]:
    """Groups that stand in front of this one and wait for the same places."""
    quotas = needs(group).keys()
    line = groups(group.event_id, "waiting")
    ahead = line[: next((place for place, one in enumerate(line) if one.id == group.id), len(line))]
    return [one for one in ahead if needs(one).keys() & quotas]


def get_of_event(event: Event, waiting_id: int) -> Waiting:
    """A group of this evening; raises NotFound."""
    query = select(Waiting).where(Waiting.id == waiting_id, Waiting.event_id == event.id)
    found = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound(_("There is no such group in the line."))
    return found
