"""Taking an admission back: the guest is outside again, and both facts stay on record."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from events.core import clock, facts
from events.core.db import changed, db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import figures
from events.door.devices import Badge
from events.door.models import Admission, Presence
from events.tickets.models import Ticket


def undo(badge: Badge, scan_id: str, number: int | None = None) -> dict[str, Any]:
    """Put everyone outside whom this scan let in, or the guest of this ticket alone. Asked again, it answers the same.

    Returns {"scan_id", "undone": how many tickets, "party": {"arrived", "expected"}}.
    Raises Refusal 404 `scan_not_found` when no admission on the device's list has this `scan_id`.
    """
    admissions = _let_in_by(badge, scan_id, number)
    if not admissions:
        raise Refusal("scan_not_found", gettext("There is no admission to undo."), status=404)
    for admission in admissions:
        if _put_outside(admission):
            db.session.add(_taken_back(admission, badge))
            facts.tell("admission.recorded", admission.event_id, [_fact(admission)])
    db.session.flush()
    ticket = db.session.get_one(Ticket, admissions[0].ticket_id)
    return {
        "scan_id": scan_id,
        "undone": _undone(admissions),
        "party": figures.of_party(ticket.event_id, ticket.party_id, admissions[0].check_list),
    }


def _let_in_by(badge: Badge, scan_id: str, number: int | None) -> Sequence[Admission]:
    mine = (Admission.event_id == badge.event_id, Admission.check_list == badge.check_list)
    query = select(Admission).where(*mine, Admission.scan_id == scan_id, Admission.undoes.is_(None))
    if number is not None:
        query = query.join(Ticket, Ticket.id == Admission.ticket_id).where(Ticket.number == number)
    return db.session.scalars(query.order_by(Admission.ticket_id)).all()


def _put_outside(admission: Admission) -> bool:
    """True when the guest was inside by this very admission: a later one of somebody else stays.

    Where guests may pass again, the time before counts again.
    """
    inside = (
        Presence.ticket_id == admission.ticket_id,
        Presence.check_list == admission.check_list,
        Presence.scan_id == admission.scan_id,
    )
    return changed(update(Presence).where(*inside).values(scan_id=_before(admission))) == 1


def _before(admission: Admission) -> str | None:
    """The scan of the newest other admission that nobody took back."""
    undone = select(Admission.undoes).where(Admission.undoes.is_not(None))
    mine = (Admission.ticket_id == admission.ticket_id, Admission.check_list == admission.check_list)
    others = select(Admission.scan_id).where(*mine, Admission.undoes.is_(None), Admission.id != admission.id)
    return db.session.scalar(others.where(Admission.id.not_in(undone)).order_by(Admission.id.desc()).limit(1))


def _taken_back(admission: Admission, badge: Badge) -> Admission:
    return Admission(
        event_id=admission.event_id,
        ticket_id=admission.ticket_id,
        check_list=admission.check_list,
        scan_id=admission.scan_id,
        device_id=badge.device_id,
        entered_by=badge.entered_by,
        gate=badge.gate,
        at=clock.now(),
        device_at=None,
        offline=False,
        undoes=admission.id,
    )


def _fact(admission: Admission) -> facts.Fact:
    told = {"scan_id": admission.scan_id, "check_list": admission.check_list}
    return {"ticket": admission.ticket_id, **told, "at": clock.now().isoformat(), "undone": True}


def _undone(admissions: Sequence[Admission]) -> int:
    made = [admission.id for admission in admissions]
    return len(db.session.scalars(select(Admission.id).where(Admission.undoes.in_(made))).all())
