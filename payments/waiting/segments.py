"""Who waits for places, for whoever writes messages."""

from collections.abc import Iterator

from sqlalchemy import select

from events.core.db import db
from events.core.i18n import lazy_gettext as _
from events.guests.circulars import Reader
from events.messages.segments import PeopleSegment
from payments.waiting.models import Waiting

STANDING = ("waiting", "offered")


def _standing(event_id: int) -> Iterator[Reader]:
    """Those whose address is confirmed, in the order in which they came."""
    mine = (Waiting.event_id == event_id, Waiting.status.in_(STANDING))
    for group in db.session.scalars(select(Waiting).where(*mine).order_by(Waiting.joined_at, Waiting.id)):
        yield Reader(("waiting", group.id), group.name, group.email, group.language)


SEGMENTS = (PeopleSegment("waiting", _("Those on the waiting list"), _standing),)
