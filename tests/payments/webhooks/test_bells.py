"""Whatever comes first, however often: one order, its tickets, one letter."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines


def all_at_once(*acts: Callable[[], object]) -> list[object]:
    """What acts that begin at the same moment give."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        barrier.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def assert_bought_once(system: System, bought: Purchase) -> None:
    """One paid order of two tickets, one payment, one letter written, one letter received."""
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.tickets) == ("paid", ["valid", "valid"])
    assert [outcome for outcome, _amount in seen.payments] == ["fulfilled"]
    assert (seen.letters, len(system.letters_to(bought.email))) == (["order_paid"], 1)
    assert seen.path == ["held", "paid"]


def test_the_bell_before_the_return_page(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    bought.pay()
    system.quiet()
    assert bought.seen().status == "paid"
    assert bought.come_back().status == 302
    assert_bought_once(system, bought)
    assert shop.seats() == (0, 2)


def test_the_return_page_before_the_bell(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    system.standin.control("faults", events={"hold": True})
    bought.pay()
    bought.come_back()
    assert bought.seen().status == "paid"
    system.standin.control("faults", reset=True)
    assert system.standin.control("deliver")["released"] > 0
    assert_bought_once(system, bought)


def test_the_bell_rung_twice_at_once_and_once_more_later(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    system.standin.control("faults", events={"repeat": 20})
    bought.pay()
    system.quiet()
    event = system.event_of(bought.session_id)
    assert [system.ring(event).status for _ in range(2)] == [200, 200]
    system.go_on(3600)
    assert system.ring(event).status == 200
    assert_bought_once(system, bought)


def test_a_bell_that_comes_an_hour_late_without_anybody_on_the_return_page(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    system.standin.control("faults", events={"hold": True})
    bought.pay()
    system.go_on(3600)
    system.standin.control("faults", reset=True)
    system.standin.control("deliver")
    assert_bought_once(system, bought)


def test_a_bell_that_never_rings_is_not_needed(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    system.standin.control("faults", events={"lose": 50})
    bought.pay()
    system.go_on(240)  # the worker looks after each attempt by itself
    system.work()
    assert_bought_once(system, bought)


def test_bells_and_return_pages_and_workers_all_at_the_same_moment(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    system.standin.control("faults", events={"hold": True})
    bought.pay()
    event = system.event_of(bought.session_id)
    bells: list[Callable[[], object]] = [lambda: system.ring(event).status for _ in range(4)]
    returns: list[Callable[[], object]] = [lambda: bought.come_back().status for _ in range(4)]
    workers: list[Callable[[], object]] = [system.work for _ in range(2)]
    answers = all_at_once(*bells, *returns, *workers)
    assert answers == [200] * 4 + [302] * 4 + [None] * 2
    system.standin.control("faults", reset=True)
    system.standin.control("deliver")
    assert_bought_once(system, bought)
