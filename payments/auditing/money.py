"""Questions about money: what was charged, what is owed, what the books say."""

from collections.abc import Iterator

from sqlalchemy import Select, and_, func, select

from events.catalogue.models import Raised
from events.core.db import db
from payments.auditing.seats import KEEPS_TICKETS
from payments.disputes.models import Dispute
from payments.ledger.models import STRIPE_CLEARING, JournalEntry, Posting, StrayPayment
from payments.ledger.movements import OWN_KINDS
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import Receipt, ReceiptSeries
from payments.refunds.models import ENDED, TAKEN, Refund

OWN = ("payment", "refund", "refund_failure", "dispute", "dispute_reversal")
"""Kinds of entries that we write by ourselves about money in clearing."""
UNPAID = ("held", "waiting", "expired", "failed", "cancelled", "refund_due")


def payments() -> Iterator[str]:
    """3. A paid order has its payment; one that bought nothing is going back or looked at.

    A refund that failed gives nothing back: a person must find another way.
    """
    fulfilling = and_(Payment.order_id == Order.id, Payment.outcome == "fulfilled")
    query = select(Order.code, Order.status, Payment.id, Payment.amount).outerjoin(Payment, fulfilling)
    for code, status, payment_id, amount in db.session.execute(query):
        if status in KEEPS_TICKETS and not payment_id:
            yield f"order {code} is {status} without a payment"
        if status in UNPAID and amount:  # what cost nothing may be taken back
            yield f"order {code} is {status}, though payment {payment_id} fulfilled it"
    unreturned = Payment.refunded + Payment.lost < Payment.amount
    for reference in db.session.scalars(select(Payment.reference).where(Payment.outcome == "refund_due", unreturned)):
        yield f"payment {reference} is due back, and nobody gives it back"


def fulfilling() -> Iterator[str]:
    """5. At most one payment fulfils an order."""
    query = select(Order.code, func.count()).join(Payment, Payment.order_id == Order.id)
    query = query.where(Payment.outcome == "fulfilled").group_by(Order.id)
    for code, count in db.session.execute(query.having(func.count() > 1)):
        yield f"order {code} is fulfilled by {count} payments"


def captured_equals_ledger() -> Iterator[str]:
    """4. Captured less refunded less disputed is what our own entries put into clearing, per currency.

    What Stripe takes of it and pays out is rule 17's.
    """
    money = select(Payment.currency, func.sum(Payment.amount)).group_by(Payment.currency)
    back = select(Refund.currency, func.sum(Refund.amount)).join(Payment).group_by(Refund.currency)
    away = select(Dispute.currency, func.sum(Dispute.away)).group_by(Dispute.currency)
    books = select(Posting.currency, func.sum(Posting.amount)).join(JournalEntry).group_by(Posting.currency)
    strays = _sums(select(StrayPayment.currency, func.sum(StrayPayment.amount)).group_by(StrayPayment.currency))
    captured = _added(_sums(money.where(Payment.provider == "stripe")), strays)
    returned = _sums(back.where(Refund.status.in_(TAKEN), Payment.provider == "stripe"))
    disputed = _sums(away)
    own = JournalEntry.ext_kind.in_(sorted(OWN_KINDS))
    booked = _sums(books.where(Posting.account == STRIPE_CLEARING, own))
    for currency in sorted(captured.keys() | returned.keys() | booked.keys()):
        ours = captured.get(currency, 0) - returned.get(currency, 0) - disputed.get(currency, 0)
        if ours != booked.get(currency, 0):
            holds = booked.get(currency, 0)
            yield f"{currency}: captured less refunded and disputed is {ours}, our entries left {holds} in clearing"


def _added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {currency: one.get(currency, 0) + other.get(currency, 0) for currency in one.keys() | other.keys()}


def _sums(query: Select[str, int]) -> dict[str, int]:
    return {currency: int(total) for currency, total in db.session.execute(query)}


def refunds() -> Iterator[str]:
    """6. Refunds never exceed what was captured, and the payment's own count of them is theirs."""
    live = and_(Refund.payment_id == Payment.id, Refund.status.not_in(ENDED))
    returned = func.coalesce(func.sum(Refund.amount), 0)
    query = select(Payment.reference, Payment.amount, Payment.refunded, Payment.lost, returned).outerjoin(Refund, live)
    for reference, amount, counted, lost, back in db.session.execute(query.group_by(Payment.id)):
        if back + lost > amount:
            yield f"payment {reference} of {amount} is refunded by {back} and lost by {lost}"
        if counted != back:
            yield f"payment {reference} counts {counted} refunded, its refunds sum to {back}"


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
    for reference in db.session.scalars(unbooked.where(JournalEntry.id.is_(None), Payment.amount > 0)):
        yield f"payment {reference} is not in the books"


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
    """15b. What the event page says was raised is what paid orders hold, less what went back of it."""
    gifts = func.sum(OrderLine.gift - OrderLine.back_gift + OrderLine.turned)
    benefits = func.sum(OrderLine.benefit - OrderLine.back_benefit - OrderLine.turned)
    sums = select(Order.event_id, gifts, benefits).join(OrderLine)
    query = sums.where(Order.paid_at.is_not(None)).group_by(Order.event_id)
    paid = {event_id: (gifts, benefits) for event_id, gifts, benefits in db.session.execute(query)}
    said = select(Raised.event_id, Raised.gifts, Raised.benefits)
    shown = {event_id: (gifts, benefits) for event_id, gifts, benefits in db.session.execute(said)}
    for event_id in sorted(paid.keys() | shown.keys()):
        says, holds = shown.get(event_id, (0, 0)), paid.get(event_id, (0, 0))
        if says != holds:
            yield (
                f"event {event_id} shows {says[0]} of gifts and {says[1]} of meals; "
                f"its orders hold {holds[0]} and {holds[1]}"
            )


def receipts() -> Iterator[str]:
    """16. Receipt numbers per series are 1..last without a gap."""
    query = select(
        ReceiptSeries.id, ReceiptSeries.last, func.count(Receipt.id), func.coalesce(func.max(Receipt.sequence), 0)
    )
    for series_id, last, count, highest in db.session.execute(query.outerjoin(Receipt).group_by(ReceiptSeries.id)):
        if not last == count == highest:
            yield f"receipt series {series_id} ends at {last}, but holds {count} receipts up to {highest}"
