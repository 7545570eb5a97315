"""The invariants of the money and the seats, as read-only questions. Each answers with sentences; none means all is well."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from sqlalchemy import and_, case, func, or_, select

from events.catalogue.models import Quota, Raised
from events.core import clock, db as database
from events.core.db import db
from events.core.jobs import Job
from events.door.models import Admission, Presence
from events.mail.models import Letter
from events.tickets.models import Hold, Ticket
from payments.checkout.models import Attempt
from payments.ledger.models import STRIPE_CLEARING, JournalEntry, Posting
from payments.orders.models import TRANSITIONS, Order, OrderLine, OrderStatus, Payment
from payments.receipts.models import Receipt, ReceiptSeries
from payments.refunds.models import Refund

Rule = Callable[[], Iterator[str]]

KEEPS_TICKETS = ("paid", "partly_refunded")
APPEND_ONLY = ("journal_entry", "posting", "trail", "order_status", "admission", "scan")


def quotas() -> Iterator[str]:
    """1. Per quota, held + sold equals what the holds say, and fits."""
    seats = {
        status: func.coalesce(func.sum(case((Hold.status == status, Hold.seats), else_=0)), 0)
        for status in ("held", "sold")
    }
    query = select(Quota, seats["held"], seats["sold"]).outerjoin(Hold, Hold.quota_id == Quota.id).group_by(Quota.id)
    for quota, held, sold in db.session.execute(query):
        if (quota.held, quota.sold) != (held, sold):
            yield f"quota {quota.id} counts {quota.held} held and {quota.sold} sold; its holds say {held} and {sold}"
        if quota.held + quota.sold > quota.size:
            yield f"quota {quota.id} is overbooked: {quota.held + quota.sold} of {quota.size}"


def holds() -> Iterator[str]:
    """1b. A hold stands as its order stands."""
    wanted = case(
        (Order.status.in_(("held", "waiting", "processing")), "held"),
        (Order.status.in_(KEEPS_TICKETS), "sold"),
        (Order.status.in_(("expired", "failed", "cancelled", "refund_due", "refunded")), "released"),
        else_=Hold.status,
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


def payments() -> Iterator[str]:
    """3 and 5. A paid order has exactly one fulfilling payment; a payment that bought nothing is going back or looked at."""
    fulfilling = and_(Payment.order_id == Order.id, Payment.outcome == "fulfilled")
    query = select(Order.code, Order.status, Payment.id).outerjoin(Payment, fulfilling)
    for code, status, payment_id in db.session.execute(query):
        if status in KEEPS_TICKETS and payment_id is None:
            yield f"order {code} is {status} without a payment"
        if status in ("held", "waiting", "expired", "failed", "cancelled", "refund_due") and payment_id is not None:
            yield f"order {code} is {status}, though payment {payment_id} fulfilled it"
    unreturned = select(Payment.reference).outerjoin(Refund, Refund.payment_id == Payment.id)
    for reference in db.session.scalars(unreturned.where(Payment.outcome == "refund_due", Refund.id.is_(None))):
        yield f"payment {reference} is due back, and nobody gives it back"


def captured_equals_ledger() -> Iterator[str]:
    """4. Captured less refunded equals the clearing account, per currency."""
    captured = _sums(
        select(Payment.currency, func.sum(Payment.amount)).where(Payment.provider == "stripe"), Payment.currency
    )
    returned = _sums(
        select(Refund.currency, func.sum(Refund.amount)).where(Refund.status == "succeeded"), Refund.currency
    )
    booked = _sums(
        select(Posting.currency, func.sum(Posting.amount)).where(Posting.account == STRIPE_CLEARING), Posting.currency
    )
    for currency in sorted(captured.keys() | returned.keys() | booked.keys()):
        ours = captured.get(currency, 0) - returned.get(currency, 0)
        if ours != booked.get(currency, 0):
            yield f"{currency}: captured less refunded is {ours}, the clearing account holds {booked.get(currency, 0)}"


def refunds() -> Iterator[str]:
    """6. Refunds never exceed what was captured."""
    live = Refund.status.not_in(("failed", "canceled"))
    query = (
        select(Payment.reference, Payment.amount, func.sum(Refund.amount)).join(Refund).where(live).group_by(Payment.id)
    )
    for reference, amount, returned in db.session.execute(query.having(func.sum(Refund.amount) > Payment.amount)):
        yield f"payment {reference} of {amount} is refunded by {returned}"


def attempts() -> Iterator[str]:
    """7. No open attempt is left unasked 15 minutes past its expiry."""
    late = clock.now() - timedelta(minutes=15)
    unpolled = or_(Attempt.polled_at.is_(None), Attempt.polled_at < Attempt.expires_at)
    query = select(Attempt.id).where(Attempt.status.in_(("creating", "open")), Attempt.expires_at < late, unpolled)
    for attempt_id in db.session.scalars(query):
        yield f"attempt {attempt_id} ran out more than 15 minutes ago and nobody asked Stripe"


def held_orders() -> Iterator[str]:
    """8. A held order has a live attempt."""
    live = select(Attempt.id).where(Attempt.order_id == Order.id, Attempt.status.in_(("creating", "open"))).exists()
    for code in db.session.scalars(select(Order.code).where(Order.status == "held", ~live)):
        yield f"order {code} is held, but no attempt to pay it is alive"


def letters() -> Iterator[str]:
    """9. Each paid order has its letter, once."""
    key = func.concat("order-paid:", Order.id)
    query = select(Order.code).outerjoin(Letter, Letter.key == key)
    for code in db.session.scalars(query.where(Order.status.in_(KEEPS_TICKETS), Letter.id.is_(None))):
        yield f"order {code} is paid and has no letter"


def admissions() -> Iterator[str]:
    """10. At most one standing admission per ticket and check list, and presence says the same."""
    undone = select(Admission.undoes).where(Admission.undoes.is_not(None))
    standing = Admission.undoes.is_(None) & Admission.id.not_in(undone)
    query = select(Admission.ticket_id, Admission.check_list, func.count()).where(standing)
    query = query.group_by(Admission.ticket_id, Admission.check_list)
    inside = {(ticket_id, check_list): count for ticket_id, check_list, count in db.session.execute(query)}
    present = {
        (row.ticket_id, row.check_list)
        for row in db.session.scalars(select(Presence).where(Presence.scan_id.is_not(None)))
    }
    for (ticket_id, check_list), count in inside.items():
        if count > 1:
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


def histories() -> Iterator[str]:
    """12. Each status history is a path in the table and ends where the order stands."""
    allowed = {(before, after) for before, after, _trigger in TRANSITIONS} | {(None, "held")}
    last: dict[int, str] = {}
    for step in db.session.scalars(select(OrderStatus).order_by(OrderStatus.order_id, OrderStatus.id)):
        if (step.from_status, step.to_status) not in allowed or step.from_status != last.get(step.order_id):
            yield f"order {step.order_id} went from {step.from_status} to {step.to_status}"
        last[step.order_id] = step.to_status
    for order_id, code, status in db.session.execute(select(Order.id, Order.code, Order.status)):
        if last.get(order_id) != status:
            yield f"order {code} is {status}, its history ends with {last.get(order_id)}"


def postings() -> Iterator[str]:
    """13. Postings sum to zero per entry and currency."""
    query = select(Posting.entry_id, Posting.currency, func.sum(Posting.amount)).group_by(
        Posting.entry_id, Posting.currency
    )
    for entry_id, currency, total in db.session.execute(query.having(func.sum(Posting.amount) != 0)):
        yield f"journal entry {entry_id} is off by {total} {currency}"
    unbooked = select(Payment.reference).outerjoin(
        JournalEntry, and_(JournalEntry.ext_kind == "payment", JournalEntry.ext_id == Payment.reference)
    )
    for reference in db.session.scalars(unbooked.where(JournalEntry.id.is_(None))):
        yield f"payment {reference} is not in the books"


def leases() -> Iterator[str]:
    """14. No job is leased long past its lease; dead ones are named."""
    late = clock.now() - timedelta(minutes=5)
    for key in db.session.scalars(select(Job.key).where(Job.status == "leased", Job.leased_until < late)):
        yield f"job {key} is leased past its lease: is the worker alive?"
    for key in db.session.scalars(select(Job.key).where(Job.status == "dead")):
        yield f"job {key} was given up: look at it and send it again"


def sums() -> Iterator[str]:
    """15. Lines sum to the total, and the total is what was charged."""
    query = select(Order.code, Order.total, func.coalesce(func.sum(OrderLine.amount), 0)).outerjoin(OrderLine)
    for code, total, lines in db.session.execute(query.group_by(Order.id)):
        if total != lines:
            yield f"order {code} has a total of {total}, its lines sum to {lines}"
    charged = select(Order.code, Order.total, Payment.amount).join(Payment).where(Payment.outcome == "fulfilled")
    for code, total, amount in db.session.execute(charged.where(Payment.amount != Order.total)):
        yield f"order {code} has a total of {total}, but {amount} was charged"


def raised() -> Iterator[str]:
    """15b. What the event page says was raised is what paid orders hold."""
    query = select(Order.event_id, func.sum(OrderLine.gift), func.sum(OrderLine.benefit)).join(OrderLine)
    paid = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(query.where(Order.status == "paid").group_by(Order.event_id))
    }
    for row in db.session.scalars(select(Raised)):
        if (row.gifts, row.benefits) != paid.get(row.event_id, (0, 0)):
            yield f"event {row.event_id} shows {row.gifts} of gifts and {row.benefits} of meals; its orders hold {paid.get(row.event_id)}"


def receipts() -> Iterator[str]:
    """16. Receipt numbers per series are 1..last without a gap."""
    query = select(
        ReceiptSeries.id, ReceiptSeries.last, func.count(Receipt.id), func.coalesce(func.max(Receipt.sequence), 0)
    )
    for series_id, last, count, highest in db.session.execute(query.outerjoin(Receipt).group_by(ReceiptSeries.id)):
        if not last == count == highest:
            yield f"receipt series {series_id} ends at {last}, but holds {count} receipts up to {highest}"


def triggers() -> Iterator[str]:
    """The triggers that keep the books append-only stand in the database."""
    present = database.triggers()
    for table in APPEND_ONLY:
        if not {f"{table}_no_update", f"{table}_no_delete"} <= present:
            yield f"table {table} can be changed: its triggers are gone; run `bonsoir migrate`"


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        quotas, holds, tickets, payments, captured_equals_ledger, refunds, attempts, held_orders, letters, admissions,
        secrets, histories, postings, leases, sums, raised, receipts, triggers,
    )
}  # fmt: skip


def audit() -> tuple[list[dict[str, str]], dict[str, int]]:
    """Every violation as {"rule", "what"}, and how many rows there were to check."""
    found = [{"rule": name, "what": what} for name, rule in RULES.items() for what in rule()]
    tables = {"orders": Order, "tickets": Ticket, "payments": Payment, "letters": Letter, "receipts": Receipt}
    counted = {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()}
    return found, counted


def _sums(query: object, by: object) -> dict[str, int]:
    return {currency: int(total) for currency, total in db.session.execute(query.group_by(by))}  # type: ignore[attr-defined]
