"""Ticket types and the places they take: what may change at any time, and what not once somebody ordered.

Orders carry their own names, prices and benefits, so nothing here touches what was sold. In the caller's transaction.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from events.catalogue import checking
from events.catalogue.codes import DiscountCodeTicketType
from events.catalogue.models import Event, Quota, TicketType, TicketTypeQuota
from events.core import tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import NotFound, Refusal
from events.editor import saving
from events.editor.saving import Mistaken, Overtaken
from events.tickets import keeping_in_line


def get_type(event: Event, public_id: str) -> TicketType:
    """A ticket type of this evening; raises NotFound."""
    found = next((kind for kind in event.ticket_types if kind.public_id == public_id), None)
    if found is None:
        raise NotFound(_("This ticket is not there any more."))
    return found


def get_quota(event: Event, quota_id: int) -> Quota:
    """Places of this evening; raises NotFound."""
    found = db.session.scalar(select(Quota).where(Quota.event_id == event.id, Quota.id == quota_id))
    if found is None:
        raise NotFound(_("These seats are not there any more."))
    return found


def values_of(kind: TicketType) -> dict[str, Any]:
    """The type's columns, and the ids of its quotas."""
    columns = {column.key: getattr(kind, column.key) for column in TicketType.__table__.columns}
    return columns | {"quotas": [str(quota.id) for quota in kind.quotas]}


def add_type(event: Event, values: Mapping[str, Any], actor: str) -> TicketType:
    """A new type, the last of the list. Raises Mistaken."""
    _check(values)
    with saving.guarded(event, "price"):
        kind = TicketType(
            public_id=f"ticket-{tokens.new_reference(6).lower()}",
            position=max((one.position for one in event.ticket_types), default=-1) + 1,
        )
        _write(event, kind, values)
        event.ticket_types.append(kind)
    saving.note_changes(actor, "ticket_type.added", _subject(kind), event, {}, values_of(kind))
    return kind


def save_type(event: Event, kind: TicketType, values: Mapping[str, Any], version: int, actor: str) -> None:
    """Change a type for orders to come. Raises Overtaken, Mistaken."""
    before = values_of(kind)
    saving.claim(kind, version, _subject(kind))
    _check(values)
    if values["bundle_size"] != kind.bundle_size and saving.is_ordered(event.id):
        raise Mistaken({"bundle_size": _("Tickets were ordered already: please make a new ticket for another size.")})
    with saving.guarded(event, "price"):
        _write(event, kind, values)
    saving.note_changes(actor, "ticket_type.changed", _subject(kind), event, before, values_of(kind))


def move_type(event: Event, kind: TicketType, way: str, actor: str) -> None:
    """One place up or down in the price list; at its end nothing happens."""
    if not saving.shift(event.ticket_types, kind, way):
        return
    trail.note(actor, "ticket_type.moved", _subject(kind), event.organisation_id, event=event.id, way=way)


def remove_type(event: Event, kind: TicketType, actor: str) -> None:
    """Take away a type that nobody ordered. Raises Refusal: the rows that point to it decide, so none is missed."""
    subject, name = _subject(kind), dict(kind.name)
    try:
        with db.session.begin_nested(), saving.guarded(event, "price"):
            for links in (TicketTypeQuota, DiscountCodeTicketType):
                changed(delete(links).where(links.ticket_type_id == kind.id))
            changed(delete(TicketType).where(TicketType.id == kind.id))
            db.session.expire(event, ["ticket_types"])
    except IntegrityError as refused:
        sentence = _("Somebody ordered this ticket, so it stays. To sell no more of it, let its sale end now.")
        raise Refusal("ticket_ordered", sentence, status=409) from refused
    trail.note(actor, "ticket_type.removed", subject, event.organisation_id, event=event.id, name=name)


def add_quota(event: Event, values: Mapping[str, Any], actor: str) -> Quota:
    """New places that ticket types may draw on."""
    quota = Quota(name=values["name"], size=values["size"])
    event.quotas.append(quota)
    db.session.flush()
    saving.note_changes(actor, "quota.added", f"quota:{quota.id}", event, {}, values)
    return quota


def save_quota(event: Event, quota: Quota, values: Mapping[str, Any], was: int, actor: str) -> None:
    """Another name or size, `was` being the size that the person saw. Raises Mistaken, Overtaken.

    The condition stands in the UPDATE: whoever holds seats at this moment is counted.
    """
    before = {"name": quota.name, "size": quota.size}
    mine = update(Quota).where(Quota.id == quota.id, Quota.size == was, Quota.held + Quota.sold <= values["size"])
    if not changed(mine.values(name=values["name"], size=values["size"])):
        db.session.refresh(quota)
        if quota.size != was:
            raise Overtaken("")
        taken = quota.held + quota.sold
        raise Mistaken({"size": ngettext(
            "%(num)s seat is sold or being paid for: there cannot be fewer.",
            "%(num)s seats are sold or being paid for: there cannot be fewer.", taken,
        )})  # fmt: skip
    keeping_in_line.enlarged(quota.id, values["size"] - was)
    saving.note_changes(actor, "quota.changed", f"quota:{quota.id}", event, before, values)


def remove_quota(event: Event, quota: Quota, actor: str) -> None:
    """Take away places that nobody took. Raises Refusal."""
    if any(quota in kind.quotas for kind in event.ticket_types):
        sentence = _("A ticket takes its seats from here. Let it take them elsewhere first.")
        raise Refusal("quota_used", sentence, status=409)
    subject, name = f"quota:{quota.id}", quota.name
    try:
        with db.session.begin_nested():
            changed(delete(Quota).where(Quota.id == quota.id))
    except IntegrityError as refused:
        raise Refusal("quota_taken", _("Somebody ordered seats of these, so they stay."), status=409) from refused
    trail.note(actor, "quota.removed", subject, event.organisation_id, event=event.id, name=name)


def _check(values: Mapping[str, Any]) -> None:
    if found := {fault.field: fault.sentence for fault in checking.faults_of_offer(values)}:
        raise Mistaken(found)
    if not values["quotas"]:
        raise Mistaken({"quotas": _("Say where its seats come from.")})


def _write(event: Event, kind: TicketType, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name != "quotas":
            setattr(kind, name, value)
    kind.quotas = [quota for quota in event.quotas if str(quota.id) in values["quotas"]]


def _subject(kind: TicketType) -> str:
    return f"ticket_type:{kind.id}"
