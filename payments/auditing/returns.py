"""Questions about what went back: every void ticket, freed seat and changed receipt has its refund or lost dispute."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import and_, func, select, union_all
from sqlalchemy.orm import lazyload

from events.catalogue.models import TicketTypeQuota
from events.core.db import db
from events.tickets.models import Hold, Ticket
from payments.disputes.models import OPEN, Dispute, DisputeLine
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.facts import seal
from payments.receipts.judging import refuses
from payments.receipts.models import Receipt, ReceiptPaper, ReceiptPart, ReceiptRecord
from payments.refunds.models import ENDED, TRANSITIONS, Refund, RefundLine, RefundStatus

UNDONE = and_(Refund.status.in_(ENDED), Refund.accepted_at.is_(None))
"""Stripe never took it on: it left no trace on lines, tickets and seats."""


def returned_lines() -> Iterator[str]:
    """6b. What went back of each line is the sum of its refunds and lost disputes, part by part."""
    refunds = select(RefundLine.order_line_id, RefundLine.benefit, RefundLine.gift, RefundLine.fee)
    disputes = select(DisputeLine.order_line_id, DisputeLine.benefit, DisputeLine.gift, DisputeLine.fee)
    standing = refunds.join(Refund).where(~UNDONE)
    lost = disputes.join(Dispute).where(Dispute.status == "lost")
    sums: dict[int, list[int]] = {}
    for line_id, *parts in db.session.execute(union_all(standing, lost)):
        before = sums.get(line_id, [0, 0, 0])
        sums[line_id] = [one + other for one, other in zip(before, parts, strict=True)]
    query = select(OrderLine.id, OrderLine.back_benefit, OrderLine.back_gift, OrderLine.back_fee)
    for line_id, *back in db.session.execute(query):
        if back != sums.get(line_id, [0, 0, 0]):
            yield f"order line {line_id} says that {back} went back; its refunds and disputes say {sums.get(line_id)}"


def refund_sums() -> Iterator[str]:
    """6c. A refund of a fulfilled order takes from its lines just what it gives back."""
    taken = func.coalesce(func.sum(RefundLine.benefit + RefundLine.gift + RefundLine.fee), 0)
    query = select(Refund.id, Refund.amount, taken).outerjoin(RefundLine).join(Payment, Payment.id == Refund.payment_id)
    chosen = (Refund.again_of.is_(None), Refund.why.in_(("lines", "goodwill")))
    query = query.where(Payment.outcome == "fulfilled", *chosen)
    for refund_id, amount, lines in db.session.execute(query.group_by(Refund.id)):
        if amount != lines:
            yield f"refund {refund_id} gives back {amount}, its lines sum to {lines}"


def owed() -> Iterator[str]:
    """6d. No refund that failed is left without another try: the buyer has neither the money nor the ticket."""
    again = select(Refund.again_of).where(Refund.again_of.is_not(None))
    never_taken = and_(Refund.accepted_at.is_(None), Refund.again_of.is_(None), Refund.why.in_(("lines", "goodwill")))
    query = (
        select(Refund.id, Refund.amount, Refund.currency, Order.code)
        .join(Order)
        .join(Payment, Payment.id == Refund.payment_id)
    )
    left = Payment.refunded + Payment.lost < Payment.amount
    query = query.where(Refund.status.in_(ENDED), ~never_taken, Refund.id.not_in(again), left)
    for refund_id, amount, currency, code in db.session.execute(query):
        yield f"refund {refund_id} of order {code} failed: {amount} {currency} are still owed to the buyer"


def void_tickets() -> Iterator[str]:
    """2b. A paid order's void ticket was made void by a refund or a lost dispute that stands, and no other is void."""
    refunded = select(RefundLine.ticket_id).join(Refund).where(RefundLine.ticket_id.is_not(None), ~UNDONE)
    lost = select(DisputeLine.ticket_id).where(DisputeLine.ticket_id.is_not(None))
    given = select(OrderLine.ticket_id).where(OrderLine.seat_given_at.is_not(None))
    explained = set(db.session.scalars(union_all(refunded, lost, given)))
    # Won after it was lost: the tickets are valid again where their places were still free.
    gone = set(db.session.scalars(union_all(refunded, lost.join(Dispute).where(Dispute.status == "lost"), given)))
    paid = select(Ticket.id, Ticket.status).join(OrderLine, OrderLine.ticket_id == Ticket.id).join(Order)
    paid = paid.where(Order.status != "cancelled")  # taken back whole: it cost nothing
    for ticket_id, status in db.session.execute(paid):
        if status == "void" and ticket_id not in explained:
            yield f"ticket {ticket_id} is void, and nothing was given back for it"
        if status == "valid" and ticket_id in gone:
            yield f"ticket {ticket_id} is valid, though it was given back"


def places() -> Iterator[str]:
    """1c. A paid party's sold seats are its tickets: those that are void count until their refund has been taken on."""
    freed = select(RefundLine.ticket_id).join(Refund).where(Refund.accepted_at.is_not(None))
    lost = select(DisputeLine.ticket_id).join(Ticket, Ticket.id == DisputeLine.ticket_id).where(Ticket.status == "void")
    given = select(OrderLine.ticket_id).where(OrderLine.seat_given_at.is_not(None))
    gone = set(db.session.scalars(union_all(freed, lost, given)))
    tickets = select(Order.party_id, TicketTypeQuota.quota_id, Ticket.id)
    tickets = tickets.where(Order.paid_at.is_not(None), Order.status != "cancelled")
    tickets = tickets.join(OrderLine, OrderLine.order_id == Order.id).join(Ticket, Ticket.id == OrderLine.ticket_id)
    tickets = tickets.join(TicketTypeQuota, TicketTypeQuota.ticket_type_id == Ticket.ticket_type_id)
    drawn = [tuple(row) for row in db.session.execute(tickets)]
    known = {(party, quota) for party, quota, _ticket in drawn}  # types may have been given other quotas since then
    taken = Counter((party, quota) for party, quota, ticket in drawn if ticket not in gone)
    holds = select(Hold.party_id, Hold.quota_id, Hold.seats, Hold.status, Order.code).join(
        Order, Order.party_id == Hold.party_id
    )
    for party_id, quota_id, seats, status, code in db.session.execute(holds.where(Order.paid_at.is_not(None))):
        sold = seats if status == "sold" else 0
        if (party_id, quota_id) in known and sold != taken[party_id, quota_id]:
            yield f"order {code} has {sold} seats of quota {quota_id}, and {taken[party_id, quota_id]} tickets for them"


def standing_receipts() -> Iterator[str]:
    """16b. An order has at most one standing receipt, and it says what has not gone back; a full return leaves none."""
    paid = func.sum(OrderLine.amount - OrderLine.back_benefit - OrderLine.back_gift - OrderLine.back_fee)
    benefit = func.sum(OrderLine.benefit - OrderLine.back_benefit - OrderLine.turned)
    sums = select(OrderLine.order_id, paid.label("paid"), benefit.label("benefit")).group_by(OrderLine.order_id)
    left = {order_id: (int(one), int(other)) for order_id, one, other in db.session.execute(sums)}
    parts: dict[int, list[int]] = {}
    for receipt_id, order_id in db.session.execute(select(ReceiptPart.receipt_id, ReceiptPart.order_id)):
        parts.setdefault(receipt_id, []).append(order_id)
    standing = select(Receipt.id, Receipt.number, Receipt.paid, Receipt.benefit)
    seen: set[int] = set()
    for receipt_id, number, shown, meal in db.session.execute(standing.where(Receipt.state != "cancelled")):
        orders = parts.get(receipt_id, [])
        for order_id in seen.intersection(orders):
            yield f"order {order_id} has more than one standing receipt: {number} is one of them"
        sums_left = [left.get(order_id, (0, 0)) for order_id in orders]  # its lines may be gone
        holds = (sum(one for one, _other in sums_left), sum(other for _one, other in sums_left))
        if (shown, meal) != holds:
            yield f"receipt {number} says {shown} with {meal} of benefit, its orders have {holds}"
        seen.update(orders)
    for order_id in {order_id for orders in parts.values() for order_id in orders} - seen:
        rest, order = left.get(order_id, (0, 0))[0], db.session.get(Order, order_id)
        if rest and order is not None and not refuses(order):
            yield f"order {order_id} has {rest} that did not go back, and no standing receipt"


def contested() -> Iterator[str]:
    """16c. A receipt is contested while a dispute of its order is open, and only then."""
    query = select(Receipt.number, Receipt.state).where(Receipt.state != "cancelled")
    disputes = select(Dispute.order_id).where(Dispute.status.in_(OPEN))
    touched = select(ReceiptPart.receipt_id).where(ReceiptPart.order_id.in_(disputes))
    disputed = set(db.session.scalars(select(Receipt.number).where(Receipt.id.in_(touched))))
    for number, state in db.session.execute(query):
        if (state == "contested") != (number in disputed):
            yield f"receipt {number} is {state}, and a dispute is {'' if number in disputed else 'not '}open"


def receipt_records() -> Iterator[str]:
    """16d. A receipt says what it said when it was issued; a kept paper has the bytes of its hash."""
    facts = select(Receipt, ReceiptRecord.facts).outerjoin(ReceiptRecord, ReceiptRecord.receipt_id == Receipt.id)
    for receipt, frozen in db.session.execute(facts.options(lazyload("*"))):
        names = ("number", "paid", "benefit", "eligible", "currency")
        if (
            frozen is None
            or any(frozen[name] != getattr(receipt, name) for name in names)
            or (seal(frozen) != receipt.seal)
        ):
            yield f"receipt {receipt.number} no longer says what it said when it was issued"
    papers = select(ReceiptPaper.receipt_id, ReceiptPaper.pdf, ReceiptPaper.sha256)
    for receipt_id, pdf, sha256 in db.session.execute(papers.execution_options(yield_per=50)):
        if hashlib.sha256(pdf).hexdigest() != sha256:
            yield f"the kept paper of receipt {receipt_id} is not the one that was issued"


def refund_histories() -> Iterator[str]:
    """12b. Each refund's history is a path in its table and ends where the refund stands."""
    allowed = {(before, after) for before, after, _trigger in TRANSITIONS}
    last: dict[int, str] = {}
    steps = select(RefundStatus.refund_id, RefundStatus.from_status, RefundStatus.to_status)
    for refund_id, before, after in db.session.execute(steps.order_by(RefundStatus.refund_id, RefundStatus.id)):
        if (before is not None and (before, after) not in allowed) or before != last.get(refund_id):
            yield f"refund {refund_id} went from {before} to {after}"
        last[refund_id] = after
    for refund_id, status in db.session.execute(select(Refund.id, Refund.status)):
        if last.get(refund_id) != status:
            yield f"refund {refund_id} is {status}, its history ends with {last.get(refund_id)}"
