"""When the door lets people in. Without hours it always does."""

from datetime import datetime, timedelta
from typing import Final

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext, moment, time_of_day
from events.core.refusal import Refusal
from events.door.models import ENTRANCE, DoorHours

AROUND: Final = timedelta(hours=12)
"""What is checked beside the entrance may begin before the evening and end after it; by so much it is still its day."""


def find_hours(event_id: int, check_list: str = ENTRANCE) -> DoorHours | None:
    """The hours of a check list, if any are set."""
    return db.session.get(DoorHours, (event_id, check_list))


def set_hours(event_id: int, opens_at: datetime | None, closes_at: datetime | None, check_list: str = ENTRANCE) -> None:
    """Set both ends (UTC; None: open). Raises Refusal `hours_order` when the end is not after the start."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise Refusal("hours_order", gettext("The door must close after it opens."), field="closes_at")
    hours = find_hours(event_id, check_list)
    if hours is None:
        hours = DoorHours(event_id=event_id, check_list=check_list)
        db.session.add(hours)
    hours.opens_at, hours.closes_at = opens_at, closes_at


def doubt(hours: DoorHours | None, event: Event) -> str:
    """What must be wrong with hours that were set, or with the evening, moved since; "" for nothing.

    A door of another day turns away everybody, and nobody would know before the guests stand there.
    """
    if hours is None:
        return ""
    opens_at, closes_at = hours.opens_at, hours.closes_at
    begins, margin = event.starts_at, timedelta() if hours.check_list == ENTRANCE else AROUND
    if (opens_at and opens_at >= event.ends_at + margin) or (closes_at and closes_at <= begins - margin):
        when = moment(begins, event.time_zone)
        return gettext("The evening is on %(moment)s. With these hours nobody would be let in then.", moment=when)
    if hours.check_list == ENTRANCE and opens_at and opens_at > begins:
        first, late = (time_of_day(one, event.time_zone) for one in (begins, opens_at))
        return gettext("The evening begins at %(begins)s, the door opens at %(opens)s only.", begins=first, opens=late)
    return ""


def told(hours: DoorHours | None) -> dict[str, str | None]:
    """{"opens_at", "closes_at"} in ISO 8601, UTC; null where the door is open on that side."""
    ends = {"opens_at": hours and hours.opens_at, "closes_at": hours and hours.closes_at}
    return {name: moment.isoformat() if moment else None for name, moment in ends.items()}
