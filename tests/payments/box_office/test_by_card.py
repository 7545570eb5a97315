"""Sales by card on the running system: the guest pays on a phone of their own, and nothing is lost on the way."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import select

from events.catalogue.models import Quota
from events.core.db import db, transaction
from events.door import devices, pairing
from events.door.pairing import Selling
from payments.box_office import selling
from payments.box_office.selling import Asked
from payments.checkout.begin import Buyer
from payments.checkout.models import Attempt
from payments.orders.models import Order
from payments.orders.pricing import Wish
from tests.support.evening import Evening, System


@dataclass
class Phone:
    """A phone that may sell for an evening of the running system."""

    system: System
    evening: Evening
    token: str = field(init=False)

    def __post_init__(self) -> None:
        with self.system.looking(), transaction():
            code = pairing.new_code(self.evening.id, "Door A", None, selling=Selling(sell=True))
        self.token = self.ask("POST", "pair", {"code": code, "name": "Blue phone"})["token"]

    def ask(self, method: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The door's answer, whatever its status (`code` says what was refused)."""
        headers = {"Authorization": f"Bearer {getattr(self, 'token', '')}"}
        answer = requests.request(method, f"{self.system.url}/door/api/{what}", json=body, headers=headers, timeout=20)
        return dict(answer.json())

    def sell(self, seats: int = 1, sale_id: str = "", **fields: object) -> dict[str, Any]:
        """A sale by card."""
        tickets = {self.evening.seat: seats}
        body = {"sale_id": sale_id or str(uuid4()), "tickets": tickets, "way": "card", "seller": "Noi"}
        return self.ask("POST", "sales", body | fields)

    def session(self, sale: dict[str, Any]) -> str:
        """The id of its session at the stand-in."""
        with self.system.looking():
            order = select(Order.id).filter_by(event_id=self.evening.id, code=sale["order"]).scalar_subquery()
            return str(db.session.scalars(select(Attempt.session_id).filter_by(order_id=order)).one())

    def seats(self) -> tuple[int, int]:
        """Held and sold."""
        with self.system.looking():
            quota = db.session.scalars(select(Quota).filter_by(event_id=self.evening.id, name="room")).one()
            return quota.held, quota.sold


@pytest.fixture
def phone(system: System, evening: Evening) -> Phone:
    """A phone at the evening's door."""
    return Phone(system, evening)


def test_the_volunteer_sees_the_payment_though_no_bell_rings(system: System, phone: Phone) -> None:
    system.standin.control("faults", events={"hold": True})
    sale = phone.sell(2)
    assert (sale["status"], sale["tickets"]) == ("held", [])
    assert sale["pay"]["url"].endswith("/pay")
    assert sale["pay"]["qr"].startswith("<svg")
    system.standin.control("pay", session=phone.session(sale), outcome="pay")
    system.go_on(10)
    seen = phone.ask("GET", f"sales/{sale['sale_id']}")
    assert (seen["status"], len(seen["tickets"]), seen["pay"], seen["mailed"]) == ("paid", 2, None, False)
    assert phone.seats() == (0, 2)


def test_a_sale_by_card_is_called_off_and_its_seats_are_free(system: System, phone: Phone) -> None:
    sale = phone.sell()
    assert phone.seats() == (1, 0)
    assert phone.ask("POST", f"sales/{sale['sale_id']}/cancellation")["status"] == "cancelled"
    assert phone.seats() == (0, 0)
    assert phone.ask("POST", f"sales/{sale['sale_id']}/cancellation")["code"] == "not_cancellable"


def test_who_was_faster_than_the_cancelling_has_paid(system: System, phone: Phone) -> None:
    system.standin.control("faults", events={"hold": True})
    sale = phone.sell()
    system.standin.control("pay", session=phone.session(sale), outcome="pay")
    assert phone.ask("POST", f"sales/{sale['sale_id']}/cancellation")["code"] == "paid_meanwhile"
    assert phone.ask("GET", f"sales/{sale['sale_id']}")["status"] == "paid"


def test_while_stripe_is_away_the_seats_wait_and_the_sale_goes_on(system: System, phone: Phone) -> None:
    fault = {"kind": "drop", "count": 9, "method": "POST", "path": "/v1/checkout/sessions"}
    system.standin.control("faults", requests=[fault])
    sale = phone.sell()
    assert (sale["status"], sale["pay"], phone.seats()) == ("waiting", None, (1, 0))
    system.standin.control("faults", reset=True)
    system.go_on(61)
    assert phone.ask("GET", f"sales/{sale['sale_id']}")["pay"] is not None


@pytest.mark.parametrize("again", ["the same sale", "a look"])
def test_a_server_that_dies_before_it_asks_stripe_goes_on_where_it_stopped(
    system: System, phone: Phone, again: str
) -> None:
    sale_id = str(uuid4())
    with system.looking(), transaction():  # what the request commits first, and nothing after it
        badge = devices.get_badge(phone.token)
        wish, buyer = Wish({phone.evening.seat: 1}), Buyer("", "", "", "en")
        selling.sell(badge, Asked(sale_id, wish, "card", "Noi", buyer))
    sale = phone.sell(sale_id=sale_id) if again == "the same sale" else phone.ask("GET", f"sales/{sale_id}")
    assert (sale["status"], sale["pay"] is not None, phone.seats()) == ("held", True, (1, 0))
    system.standin.control("pay", session=phone.session(sale), outcome="pay")
    system.quiet()
    assert phone.sell(sale_id=sale_id)["status"] == "paid"
    assert phone.seats() == (0, 1)
