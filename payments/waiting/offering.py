"""Places that came back become offers: real holds with a time limit, made in order, taken through the checkout."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from events.catalogue import pages
from events.catalogue.models import Event, Quota
from events.catalogue.pages import LAST_OFFER
from events.core import clock, jobs, trail
from events.core.db import db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.jobs import TryLater
from events.core.refusal import Refusal
from events.guests import announcing
from events.guests.parties import new_party
from events.mail import outbox
from events.tickets import holding, keeping_in_line
from payments.orders.models import Order
from payments.waiting import deciding, lines
from payments.waiting.deciding import Group
from payments.waiting.models import Waiting, WaitingLine

MIND, LAPSE = "mind_lines", "lapse_offer"
EVERY = timedelta(minutes=5)
GRACE = timedelta(seconds=30)
"""Whoever presses the button in the last second is still in time."""


def returned(args: Mapping[str, Any]) -> None:
    """Job: places came back to a line."""
    with transaction():
        event_id = db.session.scalars(select(Quota.event_id).where(Quota.id == int(args["quota_id"]))).one()
        walk(event_id)


def mind(_args: Mapping[str, Any]) -> None:
    """Job, for ever, every five minutes: what no place that came back has moved, the clock may have."""
    waiting = Waiting.status.in_(("waiting", "offered", "taken"))
    query = select(Waiting.event_id).join(Event).where(waiting, Event.ends_at > clock.now() - timedelta(days=2))
    event_ids = sorted(set(db.session.scalars(query)))
    end_reading()
    for event_id in event_ids:
        with transaction():
            walk(event_id)
    raise TryLater(clock.now() + EVERY)


def lapse(args: Mapping[str, Any]) -> None:
    """Job: an offer that nobody took passes to the next; raises TryLater where it came too early."""
    with transaction():
        event_id = db.session.get_one(Waiting, int(args["waiting_id"])).event_id
        lines.lock_line(event_id)
        group = db.session.get_one(Waiting, int(args["waiting_id"]), populate_existing=True)
        if group.status != "offered" or group.offers != args["offer"] or group.offered_until is None:
            return
        over_at = group.offered_until + GRACE
        if clock.now() >= over_at:
            _withdraw(group, "lapsed")
            walk(event_id)
            return
    raise TryLater(over_at)


def walk(event_id: int) -> int:
    """Make every offer that can be made now, in order; returns how many. In the caller's transaction.

    Whoever calls may have locked orders and the line, but no quota.
    """
    line = lines.lock_line(event_id)
    if line is None:
        return 0
    _line_up_again(event_id)
    _end_in_time(event_id)
    quotas = keeping_in_line.lock(event_id)
    waiting = {group.id: group for group in lines.groups(event_id, "waiting")}
    decision = _decide(line, quotas, list(waiting.values()))
    for waiting_id, passed in decision.passed.items():
        waiting[waiting_id].passed, waiting[waiting_id].saved_since = passed, decision.saved_since[waiting_id]
    for waiting_id in decision.offers:
        _offer(line, waiting[waiting_id])
    db.session.flush()
    _keep_for(line, quotas, [group for group in waiting.values() if group.status == "waiting"])
    return len(decision.offers)


def _decide(line: WaitingLine, quotas: Sequence[Quota], waiting: Sequence[Waiting]) -> deciding.Decision:
    """Who larger than the room is (it was made smaller since) waits without anybody waiting for them."""
    kept = keeping_in_line.kept(line.party_id)
    free = {quota.id: quota.left + kept.get(quota.id, 0) for quota in quotas}
    sizes = {quota.id: quota.size for quota in quotas}
    stand = [Group(one.id, lines.needs(one), one.passed, one.saved_since) for one in waiting]
    fitting = [one for one in stand if all(sizes.get(quota, 0) >= count for quota, count in one.needs.items())]
    return deciding.walk(fitting, free, clock.now(), line.event.sales_end_at)


def _offer(line: WaitingLine, group: Waiting, actor: str = "service") -> None:
    """Raises Refusal `no_time` in the last hour of sales, SoldOut: the caller's transaction must be rolled back."""
    moment = clock.now()
    until = deciding.until(moment, pages.sales_end(group.ticket_type), line.offer_hours)
    if until is None:
        raise Refusal("no_time", _("The sale ends within the hour: no more offers are made."), status=409)
    if group.offered_until is not None:  # taken once, and that order ran out: the first limit holds
        until = min(until, group.offered_until)
    party_id = group.party_id or new_party(line.event_id, "", "", "", group.language).id
    holding.draw(line.party_id, party_id, lines.needs(group))
    number = group.offers + 1
    values = {"party_id": party_id, "offered_at": moment, "offered_until": until, "offers": number}
    lines.move(group, "offered", **values, passed=0, saved_since=None)
    jobs.put(LAPSE, f"lapse-offer:{group.id}:{number}", until + GRACE, waiting_id=group.id, offer=number)
    to = {"name": group.name, "email": group.email, "language": group.language}
    outbox.put("waiting_offer", f"waiting-offer:{group.id}:{number}", **to, waiting_id=group.id, event_id=line.event_id)
    trail.note(actor, "waiting.offered", f"waiting:{group.id}", line.event.organisation_id, seats=group.seats)


def _keep_for(line: WaitingLine, quotas: Sequence[Quota], waiting: Sequence[Waiting]) -> None:
    """What returns is kept while somebody waits for it, and no longer."""
    wanted = {quota_id for group in waiting for quota_id in lines.needs(group)}
    keeping_in_line.begin(line.party_id, wanted)
    for quota in quotas:
        if quota.id not in wanted:
            keeping_in_line.end(line.party_id, quota.id)


def _line_up_again(event_id: int) -> None:
    """Whoever took an offer and lost the order before the offer's own limit stands in their old place again."""
    lost = Order.status.in_(("expired", "failed"))
    query = select(Waiting).join(Order, Order.id == Waiting.order_id)
    mine = (Waiting.event_id == event_id, Waiting.status == "taken", lost, Waiting.offered_until > clock.now())
    for group in db.session.scalars(query.where(*mine), execution_options={"populate_existing": True}).all():
        others = [one for one in lines.groups(event_id) if one.email == group.email]
        if not others:
            lines.move(group, "waiting", order_id=None)


def _end_in_time(event_id: int) -> None:
    """Nobody waits for what is no longer sold; of a cancelled evening they are told."""
    moment = clock.now()
    for group in lines.groups(event_id, "waiting", "offered"):
        if group.event.is_cancelled:
            to = {"name": group.name, "email": group.email, "language": group.language}
            announcing.tell_other(event_id, f"waiting:{group.id}", to, "waiting")
    for group in lines.groups(event_id, "unconfirmed", "waiting"):
        kind = group.ticket_type
        if kind.event.status != "published" or moment >= pages.sales_end(kind) - LAST_OFFER:
            lines.move(group, "over")


def offer_by_hand(event: Event, waiting_id: int, actor: str) -> None:
    """Staff offer places to one group, whoever stands before it. Raises NotFound, Refusal not_waiting, SoldOut."""
    line = lines.get_line(event.id)
    group = lines.get_of_event(event, waiting_id)
    if group.status != "waiting":
        raise Refusal("not_waiting", _("This group does not wait any more."), status=409)
    keeping_in_line.lock(event.id)
    _offer(line, group, actor)
    walk(event.id)


def remove(event: Event, waiting_id: int, actor: str) -> None:
    """Staff take a group out of the line; places offered to it pass to the next. Raises NotFound, Refusal."""
    lines.get_line(event.id)
    group = lines.get_of_event(event, waiting_id)
    _take_out(group, "removed")
    trail.note(actor, "waiting.removed", f"waiting:{group.id}", event.organisation_id)
    walk(event.id)


def leave(secret: str) -> Waiting:
    """The group goes by its own wish. Raises NotFound; leaving twice leaves once."""
    event_id = lines.get_group(secret).event_id
    lines.lock_line(event_id)
    group = lines.get_group(secret)
    if group.status in ("unconfirmed", "waiting", "offered"):
        _take_out(group, "left")
        walk(event_id)
    return group


def _take_out(group: Waiting, status: str) -> None:
    if group.status == "offered":
        _withdraw(group, status)
    elif group.status in ("unconfirmed", "waiting"):
        lines.move(group, status)
    else:
        raise Refusal("not_waiting", _("This group does not wait any more."), status=409)


def _withdraw(group: Waiting, status: str) -> None:
    lines.move(group, status)
    if group.party_id is not None:
        holding.release(group.party_id)


def tell_moved(args: Mapping[str, Any]) -> None:
    """Job: who stands in line hears that the evening is elsewhere, or at another time."""
    moved = announcing.Moved(**args)
    with transaction():
        for group in lines.groups(moved.event_id, "waiting", "offered"):
            to = {"name": group.name, "email": group.email, "language": group.language}
            announcing.tell_moved_to(moved, f"waiting:{group.id}", to, "waiting")


JOBS = {LAPSE: lapse, MIND: mind, announcing.IN_LINE: tell_moved}
