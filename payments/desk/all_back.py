"""The evening does not take place: what was paid for it goes back order by order, after one decision.

Each order is a refund like any other, in a transaction of its own: killed between two of them, the job goes on where it
stood, for what has gone back is no longer due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import case, func, or_, select

from events.catalogue.models import Event
from events.core import jobs, trail
from events.core.db import db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.models import Party
from events.tickets.models import Ticket
from payments.disputes.models import ASKING, OPEN, Dispute
from payments.orders.models import Order, OrderLine, Payment
from payments.refunds import choosing, requesting, steps
from payments.refunds.models import ENDED, Refund

JOB: Final = "give_all_back"
EVERYTHING, SEATS = "everything", "seats"
"""All that is left of an order; or what was paid for its seats, and the fees that the buyer took over."""


@dataclass(frozen=True)
class Due:
    """An order with guests who would have come, and what is left of it, in minor units."""

    order_id: int
    code: str
    buyer: str
    provider: str
    everything: int
    seats: int
    is_contested: bool

    @property
    def is_by_card(self) -> bool:
        """Whether it goes back without a person's hand."""
        return self.provider == "stripe" and not self.is_contested


def due(event: Event) -> list[Due]:
    """What is still to go back of a cancelled evening, oldest first; nothing of one that takes place.

    A gift without a seat, or of a seat that was given up before, stays given.
    """
    if not event.is_cancelled:
        return []
    left = OrderLine.amount - OrderLine.back_benefit - OrderLine.back_gift - OrderLine.back_fee
    expected = Ticket.status == "valid"
    for_seats = case((or_(expected, OrderLine.kind == "fee_cover"), left), else_=0)
    contested = select(Dispute.id).where(Dispute.order_id == Order.id, Dispute.status.in_((*ASKING, *OPEN))).exists()
    named = (Order.id, Order.code, Party.name, Payment.provider)
    query = (
        select(*named, func.sum(left), func.sum(for_seats), contested)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Party, Party.id == Order.party_id)
        .join(Payment, (Payment.order_id == Order.id) & (Payment.outcome == "fulfilled"))
        .outerjoin(Ticket, Ticket.id == OrderLine.ticket_id)
        .where(Order.event_id == event.id, Order.status.in_(requesting.REFUNDABLE))
        .group_by(*named)
        .having(func.count().filter(expected) > 0, func.sum(left) > 0)
        .order_by(Order.id)
    )
    rows = db.session.execute(query)
    return [
        Due(order_id, code, buyer, provider, int(everything), int(seats), bool(is_contested))
        for order_id, code, buyer, provider, everything, seats, is_contested in rows
    ]


def so_far(event: Event) -> Mapping[str, tuple[int, int]]:
    """All refunds of the evening: how many of each status, and their sum."""
    query = select(Refund.status, func.count(), func.sum(Refund.amount)).join(Order, Order.id == Refund.order_id)
    rows = db.session.execute(query.where(Order.event_id == event.id).group_by(Refund.status))
    return {status: (count, int(amount)) for status, count, amount in rows}


def owed(event: Event) -> list[Refund]:
    """Those that failed, and that no later one has paid."""
    query = select(Refund).join(Order, Order.id == Refund.order_id).where(Order.event_id == event.id)
    return [one for one in db.session.scalars(query.where(Refund.status.in_(ENDED))) if steps.is_owed(one)]


def is_under_way(event: Event) -> bool:
    """Whether a decision is still being carried out."""
    mine = jobs.Job.key.startswith(_key(event.id, ""), autoescape=True)
    waits = jobs.Job.status.in_(("queued", "leased", "retry"))
    return db.session.scalar(select(jobs.Job.id).where(jobs.Job.kind == JOB, mine, waits).limit(1)) is not None


def start(event: Event, what: str, key: str, actor: str, note: str) -> None:
    """Let all that was paid by card go back, in the caller's transaction. `key` comes with the form: twice is once.

    `what` is EVERYTHING or SEATS. Raises Refusal nothing_due.
    """
    dues = [one for one in due(event) if one.is_by_card]
    if not dues:
        raise Refusal("nothing_due", _("Nothing is left to go back by card."), status=409)
    args: dict[str, Any] = {"event_id": event.id, "what": what, "form": key, "actor": actor, "note": note}
    if jobs.put(JOB, _key(event.id, key), **args):
        amount = sum(one.seats if what == SEATS else one.everything for one in dues)
        trail.note(
            actor, "refunds.all_requested", event.slug, event.organisation_id,
            event=event.id, orders=len(dues), amount=amount, what=what,
        )  # fmt: skip


def give_back(args: Mapping[str, Any]) -> None:
    """Job: a refund for every order that is still due; whatever cannot go back now stays on the list."""
    event = db.session.get_one(Event, int(args["event_id"]), populate_existing=True)
    order_ids = [one.order_id for one in due(event) if one.is_by_card]
    end_reading()
    for order_id in order_ids:
        try:
            with transaction():
                _request(order_id, args)
        except Refusal:
            continue


def _request(order_id: int, args: Mapping[str, Any]) -> None:
    lines = db.session.get_one(Order, order_id).lines
    wanted = {line.id: choosing.ALL for line in _of(lines, args["what"])}
    wish = requesting.Wish(f"all:{args['form']}", args["actor"], wanted, note=args["note"])
    requesting.request(order_id, wish)


def _of(lines: Sequence[OrderLine], what: str) -> list[OrderLine]:
    left = [line for line in lines if line.left or choosing.standing_ticket(line)]
    if what == EVERYTHING:
        return left
    return [line for line in left if choosing.standing_ticket(line) or line.kind == "fee_cover"]


def _key(event_id: int, key: str) -> str:
    return f"give-all-back:{event_id}:{key}"
