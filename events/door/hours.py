"""When the door lets people in. Without hours it always does."""

from datetime import datetime

from events.core.db import db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door.models import ENTRANCE, DoorHours


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


def told(hours: DoorHours | None) -> dict[str, str | None]:
    """{"opens_at", "closes_at"} in ISO 8601, UTC; null where the door is open on that side."""
    ends = {"opens_at": hours and hours.opens_at, "closes_at": hours and hours.closes_at}
    return {name: moment.isoformat() if moment else None for name, moment in ends.items()}
