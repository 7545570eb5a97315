"""A treasurer who enters orders that no card pays."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from events.core.db import db
from payments.ledger.models import JournalEntry, Posting
from payments.orders.models import Order
from tests.support.desk import Treasurer
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop, new_email
from tests.support.visitor import Answer

BOUNDARY = "a-line-of-no-bank"


@dataclass
class Desk:
    """A treasurer who enters orders."""

    shop: Shop
    treasurer: Treasurer

    @property
    def home(self) -> str:
        """The treasury of the evening."""
        return f"/treasury/{self.shop.evening.slug}"

    def enter(self, way: str, seats: int = 1, **fields: str) -> Answer:
        """The form of a new order, filled in and sent."""
        page = f"{self.home}/orders/new"
        known = self.treasurer.visitor.get(page).fields
        typed = {f"ticket-{self.shop.evening.seat}": str(seats), "name": "Malee Sponsor", "way": way, "language": "en"}
        return self.treasurer.visitor.post(page, known | typed | {"email": new_email()} | fields)

    def entered(self, way: str, seats: int = 1, **fields: str) -> Purchase:
        """The order that came of it."""
        answer = self.enter(way, seats, **fields)
        assert answer.status == 303, answer.text
        return self.purchase(answer.location.rpartition("/")[2])

    def purchase(self, code: str) -> Purchase:
        """An order by its code."""
        with self.shop.system.looking():
            order = db.session.scalars(select(Order).filter_by(event_id=self.shop.evening.id, code=code)).one()
            return Purchase(self.shop.system, self.shop.visitor, order.party.email, order.token, order.id)

    def reference(self, bought: Purchase) -> str:
        """What the transfer must say."""
        with self.shop.system.looking():
            return db.session.get_one(Order, bought.id).transfer_reference

    def press(self, address: str, **fields: str) -> Answer:
        """Press a button of the transfers' page."""
        token = self.treasurer.visitor.get(f"{self.home}/transfers").fields["csrf_token"]
        return self.treasurer.visitor.post(f"{self.home}{address}", {"csrf_token": token} | fields)

    def upload(self, text: str) -> Answer:
        """Show a bank's file."""
        token = self.treasurer.visitor.get(f"{self.home}/transfers").fields["csrf_token"]
        parts = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="bank.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
        )
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.treasurer.visitor.post(f"{self.home}/statements", parts.encode(), kind)


@pytest.fixture
def desk(system: System, shop: Shop) -> Desk:
    """The treasurer's desk of the test's evening."""
    return Desk(shop, Treasurer(system, shop.evening))


def booked(system: System, account: str, order_id: int) -> int:
    """What entries about an order moved on an account."""
    with system.looking():
        code = db.session.get_one(Order, order_id).code
        query = select(func.coalesce(func.sum(Posting.amount), 0)).join(JournalEntry)
        about = (Posting.account == account, JournalEntry.memo.like(f"Order {code}%"))
        return int(db.session.scalars(query.where(*about)).one())
