"""A treasurer at the desk, on the running system."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from events.catalogue.models import Organisation, Raised
from events.core import clock
from events.core.db import db, transaction
from events.team import signing_in
from events.team.models import Account, Membership
from events.tickets.models import Ticket
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import Receipt
from payments.refunds.models import Refund
from tests.support.evening import Evening, System
from tests.support.shopping import Purchase
from tests.support.visitor import Answer, Visitor


@dataclass
class Treasurer:
    """Signed in, with the pages of one evening."""

    system: System
    evening: Evening
    role: str = "treasurer"
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = self.system.visitor()
        with self.system.looking(), transaction():
            house = db.session.scalars(select(Organisation).order_by(Organisation.id).limit(1)).one()
            email = f"{self.role}-of-{self.evening.slug}@example.org"
            account = Account(email=email, name=self.role.title(), language="en", created_at=clock.now())
            db.session.add(account)
            db.session.flush()
            scope = {"organisation_id": house.id, "event_id": self.evening.id}
            db.session.add(Membership(account_id=account.id, role=self.role, created_at=clock.now(), **scope))
            token = signing_in.demo_key(account)
        csrf = self.visitor.get(f"/sign-in/{token}").fields["csrf_token"]
        assert self.visitor.post(f"/sign-in/{token}", {"csrf_token": csrf}).status == 303

    def desk(self, bought: Purchase) -> Answer:
        """The order's page."""
        return self.visitor.get(self.address(bought))

    def address(self, bought: Purchase) -> str:
        """Of the order's page."""
        with self.system.looking():
            code = db.session.get_one(Order, bought.id).code
        return f"/treasury/{self.evening.slug}/orders/{code}"

    def form(self, bought: Purchase, **wanted: str) -> dict[str, str]:
        """The refund form as the page gives it, with what is chosen."""
        fields = self.desk(bought).fields
        return {name: fields[name] for name in ("csrf_token", "key")} | wanted

    def refund(self, bought: Purchase, **wanted: str) -> Answer:
        """Choose, and press Refund."""
        return self.send(bought, self.form(bought, **wanted))

    def send(self, bought: Purchase, form: Mapping[str, str]) -> Answer:
        """Press Refund under a form that was filled in before."""
        return self.visitor.post(f"{self.address(bought)}/refunds", form)

    def press(self, bought: Purchase, what: str, **fields: str) -> Answer:
        """Press another button of the page: cancel, review, refunds/<id>/again."""
        csrf = self.desk(bought).fields["csrf_token"]
        return self.visitor.post(f"{self.address(bought)}/{what}", {"csrf_token": csrf} | fields)


@dataclass(frozen=True)
class Standing:
    """What is left of an order in every book of ours."""

    status: str
    tickets: list[str]
    back: list[tuple[str, int, int, int]]  # per line: kind, benefit, gift and fee that went back
    refunds: list[tuple[str, str, int]]  # why, status, amount
    receipts: list[tuple[str, int, int]]  # state, paid, benefit
    raised: tuple[int, int]  # gifts and benefits of the evening
    refunded: int  # as the payment counts it


def standing(bought: Purchase) -> Standing:
    """The order as all rooms see it."""
    with bought.system.looking():
        order = db.session.get_one(Order, bought.id)
        lines = db.session.scalars(select(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.id))
        refunds = db.session.scalars(select(Refund).filter_by(order_id=order.id).order_by(Refund.id))
        receipts = db.session.scalars(select(Receipt).filter_by(order_id=order.id).order_by(Receipt.id))
        raised = db.session.scalars(select(Raised).filter_by(event_id=order.event_id)).one()
        tickets = select(Ticket.status).filter_by(party_id=order.party_id).order_by(Ticket.id)
        payment = db.session.scalars(select(Payment).filter_by(order_id=order.id, outcome="fulfilled")).one()
        return Standing(
            order.status,
            list(db.session.scalars(tickets)),
            [(line.kind, line.back_benefit, line.back_gift, line.back_fee) for line in lines],
            [(refund.why, refund.status, refund.amount) for refund in refunds],
            [(receipt.state, receipt.paid, receipt.benefit) for receipt in receipts],
            (raised.gifts, raised.benefits),
            payment.refunded,
        )


def lines_of(bought: Purchase, kind: str = "ticket") -> list[str]:
    """The names of the page's fields for lines of one kind."""
    with bought.system.looking():
        query = select(OrderLine.id).filter_by(order_id=bought.id, kind=kind).order_by(OrderLine.id)
        return [f"line-{line_id}" for line_id in db.session.scalars(query)]


def refunds_of(bought: Purchase) -> list[int]:
    """Ids of the order's refunds, oldest first."""
    with bought.system.looking():
        return list(db.session.scalars(select(Refund.id).filter_by(order_id=bought.id).order_by(Refund.id)))


def stripe_ids(bought: Purchase) -> list[str | None]:
    """What Stripe calls them."""
    with bought.system.looking():
        return list(db.session.scalars(select(Refund.stripe_id).filter_by(order_id=bought.id).order_by(Refund.id)))


def intent_of(bought: Purchase) -> str:
    """The payment intent that paid the order."""
    with bought.system.looking():
        return db.session.scalars(select(Payment.reference).filter_by(order_id=bought.id, outcome="fulfilled")).one()


def paid(shop_buys: Purchase) -> Purchase:
    """The order after its money has come."""
    shop_buys.pay()
    shop_buys.system.quiet()
    assert shop_buys.seen().status == "paid"
    return shop_buys
