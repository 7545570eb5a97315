"""Sales at the door over HTTP: what a phone may sell, what becomes of it, and that one sale is one sale."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from events.catalogue.models import Event, TicketType
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.refusal import Refusal
from events.door import devices
from events.door.models import Admission
from events.tickets.holding import SoldOut
from events.tickets.models import Ticket
from payments.box_office import selling
from payments.box_office.models import DoorSale
from payments.ledger.models import CASH, COMPS, DOOR_CASH
from payments.offline.models import Arrangement
from payments.orders.models import Order, OrderStatus
from payments.orders.pricing import Wish
from tests.payments.box_office.conftest import SLUG, Door
from tests.support import world as w


def code_of(answer: object) -> str:
    """Of a problem+json."""
    assert getattr(answer, "mimetype", "") == "application/problem+json"
    return str(answer.json["code"])  # type: ignore[attr-defined]


def orders() -> int:
    """How many there are."""
    end_reading()
    return db.session.scalars(select(func.count(Order.id))).one()


def test_cash_is_paid_at_once_and_lies_in_the_drawer(door: Door) -> None:
    phone = door.phone()
    sale = phone.sold("cash", 2, gift=50_000, total=350_000)
    assert (sale["status"], sale["total"], len(sale["tickets"])) == ("paid", 350_000, 2)
    assert (door.on(DOOR_CASH), door.on(CASH), w.counters(door.world.room_id)) == (350_000, 0, (0, 2))
    history = db.session.scalars(select(OrderStatus).order_by(OrderStatus.id.desc())).first()
    entered = db.session.scalars(select(Arrangement)).one()
    sold = db.session.scalars(select(DoorSale)).one()
    assert history is not None
    assert (history.trigger, history.actor) == ("paid in cash at the door", f"device:{phone.device_id}")
    assert (entered.way, entered.entered_by, sold.seller) == ("door", f"device:{phone.device_id}", "Noi")
    assert (door.letters(), door.violations()) == ([], [])


def test_the_orders_history_names_the_phone_that_sold_it(door: Door) -> None:
    door.phone(name="Door of the garden").sold("cash", 1)
    treasurer = door.person("owner", "An owner")
    page = treasurer.reads(f"/treasury/{SLUG}/orders/{db.session.scalars(select(Order)).one().code}")
    assert " · Door of the garden" in page.partition('id="h-history"')[2]


def test_who_leaves_an_address_gets_the_letter_with_the_tickets(door: Door) -> None:
    sale = door.phone().sold(name="Ploy Example", email="Ploy@Example.org", language="th")
    assert (sale["mailed"], door.letters()) == (True, ["Ploy@example.org"])
    end_reading()
    party = db.session.scalars(select(Order)).one().party
    assert (party.name, party.language) == ("Ploy Example", "th")
    assert door.phone().sell(email="nobody@").status_code == 422


def test_guests_who_have_just_bought_are_admitted_at_once(door: Door) -> None:
    phone = door.phone()
    tickets = phone.sold(seats=2)["tickets"]
    scan = {"scan_id": str(uuid4()), "code": tickets[0]["code"], "party": True}
    (answer,) = phone.post("scans", {"scans": [scan]}).json["results"]  # type: ignore[index]
    assert (answer["verdict"], answer["admitted"]) == ("admitted", 2)
    end_reading()
    assert db.session.scalars(select(func.count(Admission.id))).one() == 2


def test_the_same_sale_sent_again_is_the_same_sale(door: Door) -> None:
    phone, sale_id = door.phone(), str(uuid4())
    first = phone.sold(sale_id=sale_id)
    assert phone.sold(sale_id=sale_id.upper(), seats=3) == first
    assert phone.get(f"sales/{sale_id}").json == first
    assert (orders(), door.on(DOOR_CASH)) == (1, 150_000)


def test_a_phone_that_may_not_sell_is_told_so(door: Door) -> None:
    phone = door.phone(sell=False)
    for answer in (phone.sell(), phone.get("sales"), phone.get(f"sales/{uuid4()}")):
        assert (answer.status_code, code_of(answer)) == (403, "may_not_sell")
    assert phone.get("status").json["sells"] is False  # type: ignore[index]
    assert orders() == 0


def test_a_revoked_phone_and_a_stranger_sell_nothing(door: Door) -> None:
    phone = door.phone()
    with transaction():
        devices.revoke(door.world.event_id, phone.device_id)
    answer = phone.sell()
    assert (answer.status_code, code_of(answer)) == (401, "device_revoked")
    phone.headers = {}
    answer = phone.sell()
    assert (answer.status_code, code_of(answer)) == (401, "device_unknown")
    assert orders() == 0


def test_only_a_phone_that_may_gives_tickets_away_and_their_meal_is_a_cost(door: Door) -> None:
    refused = door.phone().sell("comp")
    assert (refused.status_code, code_of(refused)) == (403, "may_not_comp")
    sale = door.phone(comp=True).sold("comp", 2)
    assert (sale["status"], sale["total"], len(sale["tickets"])) == ("paid", 0, 2)
    assert (door.on(COMPS), door.on(DOOR_CASH), door.violations()) == (180_000, 0, [])


def test_the_price_is_the_databases_own(door: Door) -> None:
    answer = door.phone().sell(total=1)
    assert (answer.status_code, code_of(answer), orders()) == (409, "price_changed", 0)
    assert door.phone().sold(total=150_000)["total"] == 150_000


def test_the_door_sells_after_the_sale_on_the_web_but_no_hidden_ticket(door: Door) -> None:
    with transaction() as session:
        session.execute(update(Event).values(sales_end_at=clock.now()))
        session.execute(update(TicketType).where(TicketType.public_id == "table").values(hidden=True))
    phone = door.phone()
    shown = phone.get("sales").json
    assert [kind["id"] for kind in shown["types"]] == ["seat"]  # type: ignore[index]
    assert phone.sold()["status"] == "paid"
    answer = phone.sell(tickets={"table": 1})
    assert (answer.status_code, code_of(answer)) == (422, "unknown_ticket_type")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sale_id": "7"},
        {"way": "barter"},
        {"tickets": {"seat": -1}},
        {"tickets": {"seat": 1.5}},
        {"tickets": {"seat": True}},
        {"tickets": []},
        {"tickets": {"seat": 21}},
        {"tickets": {}},
        {"gift": "500"},
        {"gift": 10**12},
        {"total": -1},
        {"seller": " "},
        {"seller": 7},
        {"email": ["a@b.c"]},
    ],
)
def test_what_is_not_a_sale_sells_nothing(door: Door, wrong: dict[str, Any]) -> None:
    answer = door.phone().sell(**wrong)
    assert (answer.status_code, orders()) == (422, 0), answer.text
    code_of(answer)


def test_another_evenings_sale_is_not_found(door: Door) -> None:
    sale_id = door.phone().sold()["sale_id"]
    with transaction() as session:
        other = w.evening(session.get_one(Event, door.world.event_id).organisation, slug="other")
        for kind in other.ticket_types:
            kind.public_id = f"other-{kind.public_id}"
        session.add(other)
        session.flush()
        other_id = other.id
    stranger = type(door)(door.app, w.World(door.world.organisation_id, other_id, 0, 0)).phone()
    assert stranger.get(f"sales/{sale_id}").status_code == 404
    assert stranger.sell(tickets={"seat": 1}).status_code == 422


def sell(door: Door, token: str, sale_id: str, seats: int = 1) -> str:
    """Sell as the edge does; the status, or what was refused."""
    try:
        with transaction():
            badge = devices.get_badge(token)
            asked = selling.Asked(sale_id, Wish({"seat": seats}), "cash", "Noi", w.BUYER)
            return selling.sell(badge, asked).order.status
    except Refusal as refusal:
        return refusal.code


@pytest.mark.both_engines
def test_the_last_seat_at_the_door_and_on_the_web_is_sold_once(house: Flask) -> None:
    door = Door(house, w.furnish(room=3))
    assert door.phone().sold(seats=2)["status"] == "paid"
    token = door.phone().headers["Authorization"].removeprefix("Bearer ")

    def buyer(number: int) -> str:
        if number % 2:
            return sell(door, token, str(uuid4()))
        try:
            return "held" if w.buy(door.world) else ""
        except SoldOut:
            return "sold_out"

    results = w.in_threads(house, 6, buyer)
    assert len([one for one in results if one != "sold_out"]) == 1
    assert sum(w.counters(door.world.room_id)) == 3


@pytest.mark.both_engines
def test_one_sale_sent_many_times_at_once_is_made_once(house: Flask) -> None:
    door = Door(house, w.furnish(room=1))
    token, sale_id = door.phone().headers["Authorization"].removeprefix("Bearer "), str(uuid4())
    assert w.in_threads(house, 5, lambda _n: sell(door, token, sale_id)) == ["paid"] * 5
    assert (orders(), door.on(DOOR_CASH)) == (1, 150_000)
    end_reading()
    assert db.session.scalars(select(func.count(Ticket.id))).one() == 1
    assert door.violations() == []
