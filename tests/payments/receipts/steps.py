"""What tests of the receipts' pages do beside looking at them: settings, sign-in, payments, a payout, a refund."""

from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.team import signing_in
from events.team.models import Account, Membership
from payments.ledger.models import BalanceTransaction, Payout
from payments.orders.models import Order
from payments.receipts import following, organisations
from payments.receipts.models import Receipt
from tests.support import world as w


def set_up(made: w.World, **values: object) -> None:
    """Change the organisation's settings, in a transaction of its own."""
    with transaction():
        organisation = db.session.get_one(Event, made.event_id).organisation
        organisations.change(organisation, {**organisations.house_of(organisation).values, **values}, "test")


def staff(made: w.World, visitor: FlaskClient) -> None:
    """Sign the visitor in as a treasurer."""
    moment = clock.now()
    with transaction():
        account = Account(email="treasurer@example.org", name="Treasurer", language="en", created_at=moment)
        account.memberships = [Membership(organisation_id=made.organisation_id, role="treasurer", created_at=moment)]
        db.session.add(account)
        db.session.flush()
        token = signing_in.demo_key(account)
    visitor.set_cookie("lang", "en")
    assert visitor.post(f"/sign-in/{token}").status_code == 303


def paid(made: w.World, tickets: dict[str, int] | None = None, gift: int = 0, cover_fees: bool = False) -> Order:
    """A paid order."""
    order_id = w.buy(made, tickets, gift, cover_fees)
    assert w.pay(order_id) == "paid"
    return w.order(order_id)


def receipts_of(order: Order) -> list[Receipt]:
    """As they stand now, oldest first."""
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Receipt).where(Receipt.order_id == order.id).order_by(Receipt.id)))


def credit(order: Order, on: datetime) -> None:
    """The card payment reaches the organisation's account with a payout of that day."""
    stripe = {"organisation_id": order.organisation_id, "currency": "eur", "created_at": on}
    with transaction():
        db.session.add(
            Payout(
                id="po_1",
                status="paid",
                amount=48_000,
                automatic=True,
                reconciliation="completed",
                arrival_at=on,
                **stripe,
            )
        )
        db.session.add(
            BalanceTransaction(
                id="txn_1", category="charge", type="charge", amount=50_000, fee=2_000, net=48_000, available_on=on,
                reference=w.session_of(order.id).payment_intent, payout_id="po_1", **stripe,
            )
        )  # fmt: skip


def cancel(order: Order) -> None:
    """The whole order went back."""
    for line in order.lines:
        line.back_benefit, line.back_gift = line.benefit, line.gift
    db.session.flush()
    following.follow(order)
