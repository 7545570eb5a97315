"""Questions about seats: who has one, who is in."""

from collections.abc import Iterator

from sqlalchemy import case, func, or_, select

from events.catalogue.models import Quota
from events.core.db import db
from events.door.models import Admission, CheckList, Presence
from events.tickets.models import Hold, Ticket
from payments.orders.models import Order, OrderLine

KEEPS_TICKETS = ("paid", "partly_refunded")


def quotas() -> Iterator[str]:
    """1. Per quota, held + sold equals what the holds say, and fits."""
    seats = {
        status: func.coalesce(func.sum(case((Hold.status == status, Hold.seats), else_=0)), 0)
        for status in ("held", "sold")
    }
    counted = select(Quota.id, Quota.size, Quota.held, Quota.sold, seats["held"], seats["sold"])
    query = counted.outerjoin(Hold, Hold.quota_id == Quota.id).group_by(Quota.id)
    for quota_id, size, held, sold, are_held, are_sold in db.session.execute(query):
        if (held, sold) != (are_held, are_sold):
            yield f"quota {quota_id} counts {held} held and {sold} sold; its holds say {are_held} and {are_sold}"
        if held + sold > size:
            yield f"quota {quota_id} is overbooked: {held + sold} of {size}"


def holds() -> Iterator[str]:
    """1b. A hold stands as its order stands."""
    wanted = case(
        (Order.status.in_(("held", "waiting", "processing")), "held"),
        (Order.status.in_(("expired", "failed", "cancelled", "refund_due")), "released"),
        else_=Hold.status,  # places: what is paid is counted ticket by ticket
    )
    query = select(Order.code, Order.status, Hold.status).join(Hold, Hold.party_id == Order.party_id)
    for code, status, hold in db.session.execute(query.where(Hold.status != wanted)):
        yield f"order {code} is {status}, but its seats are {hold}"


def tickets() -> Iterator[str]:
    """2. Valid tickets are the ticket lines of paid orders, and none otherwise."""
    lines = select(Order.code).join(OrderLine).outerjoin(Ticket, Ticket.id == OrderLine.ticket_id)
    missing = lines.where(Order.status == "paid", OrderLine.kind == "ticket", Ticket.id.is_(None))
    for code in db.session.scalars(missing.distinct()):
        yield f"order {code} is paid and has a line without its ticket"
    stray = (
        select(Ticket.id)
        .outerjoin(OrderLine, OrderLine.ticket_id == Ticket.id)
        .outerjoin(Order, Order.id == OrderLine.order_id)
        .where(Ticket.status == "valid", or_(Order.id.is_(None), Order.status.not_in(KEEPS_TICKETS)))
    )
    for ticket_id in db.session.scalars(stray):
        yield f"ticket {ticket_id} is valid without a paid order"


def admissions() -> Iterator[str]:
    """10. At most one standing admission per ticket and check list, and presence says the same.

    Lists that guests may pass again and again have as many as they like.
    """
    undone = select(Admission.undoes).where(Admission.undoes.is_not(None))
    standing = Admission.undoes.is_(None) & Admission.id.not_in(undone)
    query = select(Admission.ticket_id, Admission.check_list, func.count()).where(standing)
    query = query.group_by(Admission.ticket_id, Admission.check_list)
    inside = {(ticket_id, check_list): count for ticket_id, check_list, count in db.session.execute(query)}
    here = select(Presence.ticket_id, Presence.check_list).where(Presence.scan_id.is_not(None))
    present = {(ticket_id, check_list) for ticket_id, check_list in db.session.execute(here)}
    again = set(db.session.scalars(select(CheckList.key).where(CheckList.repeats)))
    for (ticket_id, check_list), count in inside.items():
        if count > 1 and check_list not in again:
            yield f"ticket {ticket_id} is admitted {count} times on {check_list}"
    for ticket_id, check_list in sorted(inside.keys() ^ present):
        yield f"ticket {ticket_id}: presence and admissions on {check_list} differ"


def secrets() -> Iterator[str]:
    """11. Secrets are unique (an index says so) and hold at least 128 bits."""
    short = select(Ticket.id).where(or_(func.length(Ticket.code) < 26, func.length(Ticket.token) < 22))
    for ticket_id in db.session.scalars(short):
        yield f"ticket {ticket_id} has a secret that can be guessed"
    for code in db.session.scalars(select(Order.code).where(func.length(Order.token) < 22)):
        yield f"order {code} has a secret that can be guessed"
