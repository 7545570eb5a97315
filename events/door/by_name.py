"""A guest without a code: found by name or number, looked at, and let in by the code that we know ourselves."""

from sqlalchemy import select

from events.core import trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.door import check_in, codes
from events.door.devices import Badge
from events.door.wire import NamedGuest
from events.guests import naming
from events.guests.models import Guest, Party
from events.tickets.models import Ticket


def admit(badge: Badge, guest: NamedGuest) -> check_in.Answer:
    """As `check_in.check_in`, for a ticket's number and the name that the search showed with it; the trail notes it.

    Raises NotFound when the two do not belong together here, and AnsweredMeanwhile as there.
    """
    presented = codes.typed(_code_of(badge, guest))
    shown = check_in.Shown(guest.scan_id, presented, guest.device_at, answers=guest.answers)
    answer = check_in.check_in(badge, shown)
    details = {"ticket": f"{guest.number:04}", "verdict": answer["verdict"]}
    trail.note(badge.actor, "door.admitted_by_name", f"event:{badge.event_id}", badge.organisation_id, **details)
    return answer


def first_answer(badge: Badge, guest: NamedGuest) -> check_in.Answer:
    """What the same scan was answered before."""
    presented = codes.typed(_code_of(badge, guest))
    return check_in.first_answer(badge, check_in.Shown(guest.scan_id, presented, guest.device_at))


def _code_of(badge: Badge, guest: NamedGuest) -> str:
    query = (
        select(Ticket.code, naming.shown(), naming.host())
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .where(Ticket.event_id == badge.event_id, Ticket.number == guest.number)
        .where(Ticket.status.in_(("valid", "unpaid")))
    )
    for code, name, booked_by in db.session.execute(query):
        if guest.name == naming.told(name or booked_by):
            return str(code)
    raise NotFound(_("No guest of this evening has this number and this name."))
