"""The demonstration's past evening, lived through again on its own day: with everything a treasurer meets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, end_reading, transaction
from payments.checkout.begin import Buyer
from payments.demo import box_office, pledging
from payments.demo.asked import ask_guests
from payments.demo.people import Purchase, buy, let_in, purchases, wish_of
from payments.gateway.sandbox import remote
from payments.offline import arranging
from payments.orders.models import Order, Payment
from payments.refunds import requesting
from payments.webhooks import reconciling

Move = Callable[[float], None]
"""Set the demonstration's clock so many seconds away from the real one."""

STAYED_AWAY = 2
"""Guests who had a ticket and did not come."""

# Invented people to whom the rest happens: one gives a place back, one contests the payment, one pays in cash.
TWO_LESS_ONE = Purchase(Buyer("Nina Exemple", "nina.exemple@example.org", "", "fr"), {"seat": 2}, 0, ())
CONTESTED = Purchase(Buyer("Sam Placeholder", "sam.placeholder@example.org", "", "en"), {"seat": 1}, 20_000, ())
IN_CASH = Purchase(Buyer("Anong Tuayang", "anong.tuayang@example.org", "", "th"), {"seat": 1}, 0, ())


@dataclass(frozen=True)
class Stage:
    """Where the evening is played: its event, the stand-in, the clock, and who keeps the money."""

    event_id: int
    stand_in: str
    move: Move
    treasurer: str
    starts_at: datetime
    here: datetime

    def at(self, days: float) -> None:
        """So many days after the evening begins; before it when negative."""
        self.move((self.starts_at + timedelta(days=days) - self.here).total_seconds())


def hold_evening(event_id: int, stand_in: str, move: Move, treasurer: str) -> None:
    """Invented guests buy in the weeks before, and come on the evening; money goes back, is contested, is paid out."""
    starts_at = db.session.get_one(Event, event_id).starts_at
    end_reading()
    stage = Stage(event_id, stand_in, move, treasurer, starts_at, clock.now())
    guests, codes = list(purchases()), list[str]()
    for days, purchase in zip((40, 33, 21, 12), guests, strict=False):
        stage.at(-days)
        codes += buy(event_id, purchase, stand_in)
    _before(stage)
    stage.at(0)
    let_in(event_id, codes[:-STAYED_AWAY], starts_at)
    box_office.sell_and_close(event_id)
    ask_guests(event_id)
    pledging.give_in_the_room(event_id, stand_in, treasurer)
    _afterwards(stage)
    move(0)


def _before(stage: Stage) -> None:
    """A payout, two more buy, a place is given back, somebody pays in cash at the office."""
    stage.at(-11.5)
    reconciling.reconcile()
    _pay_out(stage)
    stage.at(-11)
    buy(stage.event_id, TWO_LESS_ONE, stage.stand_in)
    stage.at(-10)
    buy(stage.event_id, CONTESTED, stage.stand_in)
    reconciling.reconcile()
    stage.at(-6)
    _give_back(stage)
    stage.at(-5)
    _sell_for_cash(stage)


def _afterwards(stage: Stage) -> None:
    """A payment is contested, and the bank decides for the house; then everything that is left is paid out."""
    stage.at(4)
    reference = _payment_of(stage, CONTESTED)
    dispute = remote.control(stage.stand_in, "dispute", {"payment_intent": reference})
    reconciling.reconcile()
    stage.at(8)
    pledging.follow_up(stage.event_id, stage.stand_in, stage.treasurer)
    stage.at(25)
    remote.control(stage.stand_in, "dispute", {"dispute": dispute["id"], "outcome": "won"})
    reconciling.reconcile()
    stage.at(28)
    _pay_out(stage)


def _pay_out(stage: Stage) -> None:
    remote.control(stage.stand_in, "payout", {"currency": "thb"})
    reconciling.reconcile()


def _give_back(stage: Stage) -> None:
    order = _order_of(stage, TWO_LESS_ONE)
    line = next(line.id for line in order.lines if line.kind == "ticket")
    order_id = order.id
    with transaction():
        wish = requesting.Wish("demo-place-back", stage.treasurer, {line: "all"}, note="cannot come")
        requesting.request(order_id, wish)
    work = {"submit_refund": jobs.handlers()["submit_refund"]}
    while jobs.run_due(work):
        pass
    reconciling.reconcile()


def _sell_for_cash(stage: Stage) -> None:
    with transaction():
        event = db.session.get_one(Event, stage.event_id)
        terms = arranging.Terms("cash", stage.starts_at)
        arranging.enter(event, wish_of(event, IN_CASH), IN_CASH.buyer, terms, stage.treasurer)


def _order_of(stage: Stage, purchase: Purchase) -> Order:
    orders = db.session.scalars(select(Order).filter_by(event_id=stage.event_id).order_by(Order.id)).all()
    return next(order for order in orders if order.party.email == purchase.buyer.email)


def _payment_of(stage: Stage, purchase: Purchase) -> str:
    order_id = _order_of(stage, purchase).id
    reference = db.session.scalars(select(Payment.reference).filter_by(order_id=order_id)).one()
    end_reading()
    return reference
