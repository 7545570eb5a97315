"""Messages as they are written: begun, changed while they are drafts, copied, thrown away."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.editor.saving import Overtaken
from events.messages import sending
from events.messages.models import GuestMessage


def of_event(event: Event) -> Sequence[GuestMessage]:
    """Every message of the evening, the newest first."""
    query = select(GuestMessage).where(GuestMessage.event_id == event.id).order_by(GuestMessage.id.desc())
    return db.session.scalars(query).all()


def get(event: Event, message_id: int) -> GuestMessage:
    """One of them, as it stands now; raises NotFound."""
    query = select(GuestMessage).where(GuestMessage.event_id == event.id, GuestMessage.id == message_id)
    found = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound(_("This message does not exist."))
    return found


def begin(event: Event, values: Mapping[str, Any], actor: str) -> GuestMessage:
    """A new draft, in the caller's transaction."""
    message = GuestMessage(event_id=event.id, written_by=actor, created_at=clock.now(), status="draft", **values)
    db.session.add(message)
    db.session.flush()
    trail.note(actor, "message.written", f"message:{message.id}", event.organisation_id, event=event.id)
    return message


def change(message: GuestMessage, values: Mapping[str, Any], version: int) -> None:
    """Write a draft anew, in the caller's transaction. Raises Overtaken where it is none, or no longer this one."""
    try:
        sending.step(message, version, ("draft",), **values)
    except Refusal as refusal:
        raise Overtaken("") from refusal


def copy(event: Event, message: GuestMessage, actor: str) -> GuestMessage:
    """The same words as a new draft."""
    names = ("purpose", "segment", "subject", "text")
    return begin(event, {name: getattr(message, name) for name in names}, actor)


def throw_away(event: Event, message: GuestMessage, version: int, actor: str) -> None:
    """A draft that nobody needs. Raises Refusal 409: what was sent stays."""
    mine = (GuestMessage.id == message.id, GuestMessage.version == version, GuestMessage.status == "draft")
    if not changed(delete(GuestMessage).where(*mine)):
        raise Refusal("changed_meanwhile", _("This message is no draft any more. It stays."), status=409)
    trail.note(actor, "message.thrown_away", f"message:{message.id}", event.organisation_id, event=event.id)
