"""What money does when it is good: tickets, books, letter, counters, receipt. One story for card, cash, bank and none.

Whoever calls has made sure that the money is there, and holds the order's lock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app

from events.catalogue.finding import record_raised
from events.core import clock, jobs
from events.core.db import db
from events.guests.parties import seat_guests
from events.mail import outbox
from events.tickets import issuing
from payments.ledger import posting
from payments.ledger.models import BANK, CASH, DOOR_CASH, STRIPE_CLEARING
from payments.orders import keeping, placing
from payments.orders.models import Order, Payment
from payments.receipts import issuing as receipts

ACCOUNTS = {"stripe": STRIPE_CLEARING, "cash": CASH, "door": DOOR_CASH, "transfer": BANK}
"""Where the money is."""

Listener = Callable[[Order], None]


def init_app(app: Flask, listeners: Sequence[Listener]) -> None:
    """Know who wants to hear of an order that has just become paid: rooms above this one, called in its transaction."""
    app.extensions["bonsoir-paid"] = tuple(listeners)


@dataclass(frozen=True)
class Money:
    """What came: minor units of `currency`; `reference` names it once and for all (a payment intent, a bank's line)."""

    provider: str  # stripe, cash, door, transfer, comp, free
    reference: str
    amount: int
    currency: str


def fulfil(order: Order, money: Money, trigger: str, actor: str = "service") -> Payment:
    """Make the order paid, with all that belongs to it, in the caller's transaction; returns the fulfilling payment."""
    placing.move(order, "paid", trigger, actor)
    payment = record(order, money, "fulfilled", trigger)
    if order.total:
        posting.sale(order, money.reference, ACCOUNTS[money.provider])
    deliver(order)
    return payment


def deliver(order: Order) -> None:
    """Tickets, letter, seats, the sum raised and the receipt of an order that has just become paid."""
    _issue_tickets(order)
    outbox.put(
        "order_paid",
        f"order-paid:{order.id}",
        **order.party.letter_to,
        order_id=order.id,
        event_id=order.event_id,
    )
    for listener in current_app.extensions["bonsoir-paid"]:
        listener(order)
    # Counters last: quotas, the sum raised, the receipt's number.
    keeping.sell(order)
    record_raised(order.event_id, sum(line.gift for line in order.lines), sum(line.benefit for line in order.lines))
    if order.total:
        receipts.automatic(order)


def record(order: Order, money: Money, outcome: str, why: str) -> Payment:
    """Money as a row: `outcome` is fulfilled, refund_due or needs_review."""
    payment = Payment(
        order_id=order.id,
        provider=money.provider,
        reference=money.reference,
        amount=money.amount,
        currency=money.currency,
        received_at=clock.now(),
        outcome=outcome,
        why=why,
    )
    db.session.add(payment)
    db.session.flush()
    if money.provider == "stripe":
        jobs.put("read_payment", f"read-payment:{money.reference}", reference=money.reference)
    return payment


def _issue_tickets(order: Order) -> None:
    lines = [line for line in order.lines if line.kind == "ticket"]
    places = [issuing.Place(line.ticket_type_id or 0, line.bundle_id, line.amount, line.benefit) for line in lines]
    tickets = issuing.issue(order.event_id, order.party_id, places)
    for line, ticket in zip(lines, tickets, strict=True):
        line.ticket_id = ticket.id
    seat_guests(order.party, tickets)
    db.session.flush()
