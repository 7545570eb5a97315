"""Buyers at the order form, and what became of their orders."""

from dataclasses import dataclass, field, replace
from itertools import count
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from events.catalogue.models import Quota
from events.core.db import db
from events.core.trail import TrailEntry
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.checkout.models import Attempt
from payments.orders.models import Order, OrderStatus, Payment
from payments.refunds.models import Refund
from tests.support.evening import Evening, System
from tests.support.visitor import Answer, Visitor

_numbers = count(1)


@dataclass(frozen=True)
class Seen:
    """An order as it stands in the database now."""

    status: str
    path: list[str]  # every status it had
    tickets: list[str]
    payments: list[tuple[str, int]]  # outcome, amount
    letters: list[str]  # kinds
    refunds: list[tuple[str, str]]  # why, status
    attempts: list[str]
    notes: list[str]  # of the trail


@dataclass(frozen=True)
class Purchase:
    """An order placed through the form."""

    system: System
    visitor: Visitor
    email: str
    token: str
    id: int
    session_id: str = ""

    @property
    def page(self) -> Answer:
        """The buyer's page."""
        return self.visitor.get(f"/o/{self.token}?lang=en")

    @property
    def public(self) -> dict[str, object]:
        """The buyer's page for programs."""
        told: dict[str, object] = self.visitor.get(f"/o/{self.token}.json").json()
        return told

    def pay(self, outcome: str = "pay") -> None:
        """Press a button of the pay page: pay, decline, later, promptpay."""
        self.system.standin.control("pay", session=self.session_id, outcome=outcome)

    def with_page(self) -> "Purchase":
        """The same with the pay page that it has by now."""
        with self.system.looking():
            attempt = db.session.scalars(select(Attempt).filter_by(order_id=self.id, status="open")).one()
            return replace(self, session_id=attempt.session_id or "")

    def come_back(self) -> Answer:
        """Follow the pay page's way back to us."""
        return self.visitor.get(f"/o/{self.token}/paid?session={self.session_id}")

    def seen(self) -> Seen:
        """What the database holds."""
        with self.system.looking():
            order = db.session.get_one(Order, self.id)
            steps = select(OrderStatus.to_status).filter_by(order_id=self.id).order_by(OrderStatus.id)
            payments = select(Payment.outcome, Payment.amount).filter_by(order_id=self.id).order_by(Payment.id)
            refunds = select(Refund.why, Refund.status).filter_by(order_id=self.id).order_by(Refund.id)
            return Seen(
                order.status,
                list(db.session.scalars(steps)),
                list(db.session.scalars(select(Ticket.status).filter_by(party_id=order.party_id))),
                [(row.outcome, row.amount) for row in db.session.execute(payments)],
                list(db.session.scalars(select(Letter.kind).filter_by(recipient_email=self.email).order_by(Letter.id))),
                [(row.why, row.status) for row in db.session.execute(refunds)],
                list(db.session.scalars(select(Attempt.status).filter_by(order_id=self.id).order_by(Attempt.id))),
                list(db.session.scalars(select(TrailEntry.action).filter_by(subject=order.code))),
            )


@dataclass
class Shop:
    """The order form of one evening."""

    system: System
    evening: Evening
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = self.system.visitor()

    def filled(self, seats: int | str = 1, **fields: str) -> dict[str, str]:
        """The form as a buyer fills it in, its CSRF token among the fields."""
        page = self.visitor.get(self.evening.form)
        assert page.status == 200, self._why(page)
        known = {name: value for name, value in page.fields.items() if name != "action"}
        wanted = {f"ticket-{self.evening.seat}": str(seats), "name": "Claire Fontaine", "email": new_email()}
        return known | wanted | fields

    @property
    def cookies(self) -> dict[str, str]:
        """The visitor's cookies, for others to share its CSRF token."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())}

    def send(self, fields: dict[str, str]) -> Answer:
        """Press the form's button."""
        return self.visitor.post(self.evening.form, fields)

    def buy(self, seats: int = 1, **fields: str) -> Purchase:
        """An order with its pay page, or waiting when Stripe is away."""
        form = self.filled(seats, **fields)
        answer = self.send(form)
        assert answer.status == 303, self._why(answer)
        return self.purchase(answer, form["email"])

    def purchase(self, answer: Answer, email: str) -> Purchase:
        """The order behind the form's redirect: to the pay page, or to the buyer's own."""
        parts = urlsplit(answer.location)
        last = parts.path.rpartition("/")[2]
        known = Attempt.session_id == last if last.startswith("cs_") else Order.token == last
        with self.system.looking():
            row = db.session.execute(select(Order.token, Order.id).outerjoin(Attempt).where(known)).one()
        return Purchase(self.system, self.visitor, email, row.token, row.id, last if last.startswith("cs_") else "")

    def _why(self, answer: Answer) -> str:
        """What went wrong: the page's words, and the end of the server's log."""
        return f"{answer.words}\n{self.system.server_log.read_text(errors='replace')[-2000:]}"

    def seats(self) -> tuple[int, int]:
        """Held and sold seats of the room."""
        with self.system.looking():
            quota = db.session.scalars(select(Quota).filter_by(event_id=self.evening.id, name="room")).one()
            return quota.held, quota.sold


def new_email() -> str:
    """An address nobody has used."""
    return f"buyer-{next(_numbers)}@example.org"


@pytest.fixture
def shop(system: System, evening: Evening) -> Shop:
    """The order form of the test's evening."""
    return Shop(system, evening)
