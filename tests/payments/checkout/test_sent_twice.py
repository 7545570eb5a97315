"""The answer was lost, so the form is sent again: the buyer comes to the order there is, and keeps no seat twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from events.catalogue.codes import DiscountCode
from events.core import clock
from events.core.db import transaction
from payments.checkout import cancelling
from tests.payments.checkout.test_last_seat import orders_of
from tests.support.evening import System, open_evening
from tests.support.shopping import Purchase, Shop
from tests.support.visitor import Answer


def leads_to(shop: Shop, answer: Answer, order: Purchase) -> bool:
    """Whether the answer leads to the pay page of that order."""
    address = urlsplit(shop.visitor.get(answer.location).location)
    return (answer.status, address.path.rpartition("/")[2]) == (303, order.session_id)


@pytest.mark.both_engines
def test_a_form_sent_again_leads_to_the_order_there_is(system: System) -> None:
    shop = Shop(system, open_evening(system, places=2))
    form = shop.filled(2, gift="500")
    order = shop.purchase(shop.send(form), form["email"])
    assert leads_to(shop, shop.send(form), order)  # though no place is left for anybody else
    fresh = {"csrf_token": shop.filled()["csrf_token"], "lang": "fr"}  # the form was loaded anew, in another language
    assert leads_to(shop, shop.send(form | fresh), order)
    assert shop.seats() == (2, 0)
    assert orders_of(system, shop.evening.id) == 1


@pytest.mark.both_engines
@pytest.mark.parametrize("places", [20, 3])
def test_a_form_sent_four_times_at_once_is_one_order(system: System, places: int) -> None:
    shop, barrier = Shop(system, open_evening(system, places)), Barrier(4)
    form, own = shop.filled(2), shop.cookies

    def press(_number: int) -> Answer:
        barrier.wait(60)
        return system.visitor().post(shop.evening.form, form, own)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert [answer.status for answer in answers] == [303] * 4
    assert shop.seats() == (2, 0)
    assert orders_of(system, shop.evening.id) == 1


def test_another_browser_that_sends_the_same_words_has_an_order_of_its_own(shop: Shop) -> None:
    form = shop.filled(1)
    order = shop.purchase(shop.send(form), form["email"])
    other = Shop(shop.system, shop.evening)
    answer = other.send(form | {"csrf_token": other.filled()["csrf_token"]})
    assert other.purchase(answer, form["email"]).id != order.id
    assert shop.seats() == (2, 0)


@pytest.mark.parametrize("other", [{"gift": "300"}, {"name": "Claire F."}, {"phone": "1"}, {"cover_fees": "1"}])
def test_another_wish_is_another_order(shop: Shop, other: dict[str, str]) -> None:
    form = shop.filled(1)
    first, second = (shop.purchase(shop.send(sent), form["email"]) for sent in (form, form | other))
    assert first.id != second.id
    assert shop.seats() == (2, 0)


def paid(shop: Shop, order: Purchase) -> None:
    """The buyer paid."""
    order.pay()
    shop.system.quiet()


def called_off(shop: Shop, order: Purchase) -> None:
    """Staff called it off."""
    with shop.system.looking():
        cancelling.cancel(order.id, "desk")
    shop.system.quiet()


def forgotten_by_the_worker(shop: Shop, order: Purchase) -> None:
    """The promise is over, and the worker has not come by yet."""
    shop.system.go_on(2100)


@pytest.mark.parametrize("over", [paid, called_off, forgotten_by_the_worker])
def test_an_order_that_is_over_is_in_nobodys_way(shop: Shop, over: Callable[[Shop, Purchase], None]) -> None:
    form = shop.filled(1)
    first = shop.purchase(shop.send(form), form["email"])
    over(shop, first)
    second = shop.purchase(shop.send(form), form["email"])
    assert second.id != first.id
    assert leads_to(shop, shop.send(form), second)


def test_money_on_its_way_is_not_asked_for_twice(shop: Shop) -> None:
    form = shop.filled(1)
    order = shop.purchase(shop.send(form), form["email"])
    order.pay("later")
    shop.system.quiet()
    assert order.seen().status == "processing"
    answer = shop.visitor.get(shop.send(form).location)
    assert answer.location.partition("?")[0].endswith(f"/o/{order.token}")
    assert orders_of(shop.system, shop.evening.id) == 1


def test_an_order_that_costs_nothing_and_has_the_last_use_of_a_code_is_found_again(system: System, shop: Shop) -> None:
    with system.looking(), transaction() as session:
        session.add(
            DiscountCode(event_id=shop.evening.id, code="ONCE", percent_bp=10_000, use_limit=1, created_at=clock.now())
        )
    form = shop.filled(1, code="once")
    order = shop.purchase(shop.send(form), form["email"])
    answer = shop.visitor.get(shop.send(form).location)
    assert answer.location.partition("?")[0].endswith(f"/o/{order.token}")
    system.work()
    assert order.seen().letters == ["confirm_order"]
