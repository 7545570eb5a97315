"""Getting into the line: asked for at the page, confirmed from the mailed link; one place for each address."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from events.catalogue import pages
from events.catalogue.models import Event, TicketType
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from events.mail import outbox
from events.tickets import holding
from payments.guarding import tallies
from payments.waiting import lines, offering
from payments.waiting.models import LIVE, Waiting

PER_NETWORK, PER_ADDRESS, WITHIN = 30, 3, timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """Who wants how many of which type (by its public id), as typed; `network` is the caller's, None where unknown."""

    kind: str
    count: int
    name: str
    email: str
    language: str
    network: str | None = None


def join(event: Event, wish: Wish) -> None:
    """Put the letter whose link gives a place in line. What it answers never tells who stands there already.

    Raises Refusal: unknown_ticket_type, list_closed, too_few, too_many, too_large, places_left, too_many_tries.
    """
    kind = _check(event, wish)
    _count(wish)
    lines.get_line(event.id)
    email = wish.email.lower()
    query = select(Waiting).where(Waiting.event_id == event.id, Waiting.email == email, Waiting.status.in_(LIVE))
    group = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if group is None:
        group = Waiting(event_id=event.id, email=email, status="unconfirmed")
        db.session.add(group)
    if group.status == "unconfirmed":  # nobody has shown yet that the address is theirs: the last wish counts
        group.ticket_type_id, group.count = kind.id, wish.count
        group.name, group.language, group.asked_at = wish.name, wish.language, clock.now()
    db.session.flush()
    key = f"waiting-link:{group.id}:{clock.now():%Y%m%dT%H%M%S.%f}"
    to = {"name": group.name, "email": wish.email, "language": group.language}
    outbox.put("waiting_link", key, **to, waiting_id=group.id, event_id=event.id)


def confirm(secret: str) -> Waiting:
    """The address is theirs: the group stands in line from now on, and has its offer at once if there is one to make.

    Confirming twice does it once. Raises NotFound, Refusal list_closed.
    """
    event_id = lines.get_group(secret).event_id
    lines.lock_line(event_id)
    group = lines.get_group(secret)
    if group.status != "unconfirmed":
        return group
    if not pages.may_wait(group.ticket_type, clock.now()):
        raise _closed()
    lines.move(group, "waiting", joined_at=clock.now())
    trail.note("buyer", "waiting.joined", f"waiting:{group.id}", group.event.organisation_id, seats=group.seats)
    offering.walk(event_id)
    db.session.refresh(group)
    return group


def _check(event: Event, wish: Wish) -> TicketType:
    kind = next((one for one in event.ticket_types if one.public_id == wish.kind and not one.hidden), None)
    if kind is None:
        sentence = _("This ticket does not belong to this evening.")
        raise Refusal("unknown_ticket_type", sentence, field="ticket")
    if not pages.may_wait(kind, clock.now()):
        raise _closed()
    if wish.count < kind.min_per_order:
        least = kind.min_per_order
        raise Refusal("too_few", ngettext("At least %(num)s in one order.", "At least %(num)s in one order.", least),
                      field="count")  # fmt: skip
    if wish.count > kind.max_per_order:
        most = kind.max_per_order
        raise Refusal("too_many", ngettext("At most %(num)s in one order.", "At most %(num)s in one order.", most),
                      field="count")  # fmt: skip
    wanted = holding.needs([(kind, wish.count)])
    if any(quota.size < wanted[quota.id] for quota in kind.quotas):
        raise Refusal("too_large", _("There will never be so many seats of this kind."), field="count")
    if kind.left >= wish.count:
        sentence = _("These seats are still to be had: you can order them at once.")
        raise Refusal("places_left", sentence, status=409)
    return kind


def _count(wish: Wish) -> None:
    keys = [("waiting-email", wish.email.lower(), PER_ADDRESS)]
    keys += [("waiting-network", wish.network, PER_NETWORK)] if wish.network else []
    for kind, value, most in keys:
        if tallies.add(tallies.digest(kind, value), WITHIN, most) is not None:
            sentence = _("This was asked for too often within an hour. Please try again later.")
            raise Refusal("too_many_tries", sentence, status=429)


def _closed() -> Refusal:
    return Refusal("list_closed", _("The waiting list of this evening is closed."), status=409)
