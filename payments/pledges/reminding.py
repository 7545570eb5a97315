"""Promises are remembered: as often as the evening's terms say, or when staff ask; and let go when the time is over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from events.core import clock, trail
from events.core.db import changed, db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.jobs import TryLater
from events.core.refusal import Refusal
from payments.pledges import course
from payments.pledges.models import Appeal, Pledge

JOB = "pledges"
EVERY = timedelta(hours=1)
OFTEN = timedelta(hours=12)
"""Staff remind nobody twice within this time."""


def remind(pledge: Pledge, actor: str = "service") -> bool:
    """One reminder, in the caller's transaction; False where nobody can be written to, or somebody just did."""
    count = pledge.reminders
    here = (Pledge.id == pledge.id, Pledge.status == "promised", Pledge.reminders == count, Pledge.email != "")
    if not changed(update(Pledge).where(*here).values(reminders=count + 1, reminded_at=clock.now())):
        return False
    db.session.refresh(pledge)
    trail.note(actor, "pledge.reminded", f"pledge:{pledge.id}", pledge.event.organisation_id, times=count + 1)
    return course.write(pledge, "pledge_reminder", f"pledge-reminder:{pledge.id}:{count + 1}")


def remind_by_hand(pledge: Pledge, actor: str) -> None:
    """The same when staff ask. Raises Refusal: not_reminded."""
    if pledge.reminded_at is not None and pledge.reminded_at > clock.now() - OFTEN:
        raise Refusal("not_reminded", _("This person was reminded a few hours ago."), status=409)
    if not remind(pledge, actor):
        sentence = _("There is no e-mail address to write to, or nothing is owed any more.")
        raise Refusal("not_reminded", sentence, status=409)


def remind_all(event_id: int, actor: str) -> int:
    """Everybody whose promise is open and who was not reminded just now; how many. In the caller's transaction."""
    rested = or_(Pledge.reminded_at.is_(None), Pledge.reminded_at <= clock.now() - OFTEN)
    query = select(Pledge).where(Pledge.event_id == event_id, Pledge.status == "promised", Pledge.email != "", rested)
    return sum(remind(pledge, actor) for pledge in db.session.scalars(query.order_by(Pledge.id)).all())


def work(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every hour."""
    look()
    raise TryLater(clock.now() + EVERY)


def look() -> tuple[int, int]:
    """Remind whose time has come, let go of what is long over; how many of each."""
    moment = clock.now()
    appeals = db.session.scalars(select(Appeal)).all()
    due = [pledge_id for appeal in appeals for pledge_id in _ids(appeal, _is_due(appeal, moment))]
    over = [
        pledge_id for appeal in appeals if appeal.lapse_days for pledge_id in _ids(appeal, _is_over(appeal, moment))
    ]
    end_reading()
    return sum(map(_remind, due)), sum(map(_lapse, over))


def _is_due(appeal: Appeal, moment: datetime) -> ColumnElement[bool]:
    last = func.coalesce(Pledge.reminded_at, Pledge.made_at)
    rested = last <= moment - timedelta(days=appeal.remind_days)
    return (Pledge.reminders < appeal.remind_times) & (Pledge.email != "") & rested


def _is_over(appeal: Appeal, moment: datetime) -> ColumnElement[bool]:
    return Pledge.made_at <= moment - timedelta(days=appeal.lapse_days)


def _ids(appeal: Appeal, condition: ColumnElement[bool]) -> list[int]:
    mine = (Pledge.event_id == appeal.event_id, Pledge.status == "promised")
    return list(db.session.scalars(select(Pledge.id).where(*mine, condition).order_by(Pledge.id)))


def _remind(pledge_id: int) -> bool:
    with transaction():
        return remind(db.session.get_one(Pledge, pledge_id))


def _lapse(pledge_id: int) -> bool:
    with transaction():
        pledge = db.session.get_one(Pledge, pledge_id)
        return pledge.status == "promised" and course.move(pledge, "lapsed", "the time is over")
