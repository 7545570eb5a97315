"""What the organiser sets about the line."""

from sqlalchemy import update

from events.catalogue.models import Event
from events.core import trail
from events.core.db import changed
from payments.waiting import lines
from payments.waiting.models import WaitingLine


def change(event: Event, offer_hours: int, is_open: bool, actor: str) -> None:
    """How long offers stand from now on, and whether anybody may still join. Who is in line stays there."""
    line = lines.get_line(event.id)
    before = {"offer_hours": line.offer_hours, "open": event.waiting_list}
    after = {"offer_hours": offer_hours, "open": is_open}
    changed(update(WaitingLine).where(WaitingLine.event_id == event.id).values(offer_hours=offer_hours))
    changed(update(Event).where(Event.id == event.id).values(waiting_list=is_open))
    if before != after:
        trail.note(actor, "waiting.settings", event.slug, event.organisation_id, before=before, after=after)
