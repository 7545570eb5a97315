"""Many buyers at once for the last seat, through the real web server: one has it, the others are told kindly."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from events.core.db import db
from payments.orders.models import Order
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop, new_email
from tests.support.visitor import Answer

pytestmark = pytest.mark.both_engines

BUYERS = 64


def all_press_the_button(shop: Shop) -> list[Answer]:
    """What the buyers get who send their forms at the same moment."""
    form, barrier = shop.filled(1), Barrier(BUYERS)

    def one(email: str) -> Answer:
        barrier.wait(60)
        return shop.system.visitor().post(shop.evening.form, form | {"email": email}, shop.cookies)

    with ThreadPoolExecutor(BUYERS) as pool:
        return list(pool.map(one, [new_email() for _ in range(BUYERS)]))


def orders_of(system: System, event_id: int) -> int:
    """How many orders there are for an evening."""
    with system.looking():
        return db.session.scalars(select(func.count(Order.id)).filter_by(event_id=event_id)).one()


def race(system: System, rounds: int) -> None:
    """So many evenings with one seat left."""
    for _ in range(rounds):
        shop = Shop(system, open_evening(system, places=1))
        answers = all_press_the_button(shop)
        assert Counter(answer.status for answer in answers) == {303: 1, 409: BUYERS - 1}
        assert {"No seats are left." in answer.text for answer in answers if answer.status == 409} == {True}
        assert {answer.fields["name"] for answer in answers if answer.status == 409} == {"Claire Fontaine"}
        assert shop.seats() == (1, 0)
        assert orders_of(system, shop.evening.id) == 1


def test_one_of_64_buyers_gets_the_last_seat(system: System) -> None:
    race(system, rounds=10)


@pytest.mark.soak
def test_one_of_64_buyers_gets_the_last_seat_two_hundred_times(system: System) -> None:
    race(system, rounds=200)


def test_a_table_is_sold_whole_or_not_at_all(system: System) -> None:
    shop = Shop(system, open_evening(system, places=10))
    form = shop.filled(0, **{f"ticket-{shop.evening.table}": "1"})
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.send(form | {"email": new_email()}), range(8)))
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 7}
    assert shop.seats() == (8, 0)
