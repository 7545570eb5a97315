"""Two people press at once, and a third gives back in Stripe's dashboard: never more than was paid."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.support.desk import Treasurer, intent_of, lines_of, paid, standing
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines

SEAT = 150_000


def all_at_once(*acts: Callable[[], object]) -> list[object]:
    """What acts that begin at the same moment give."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        barrier.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def in_the_dashboard(bought: Purchase, amount: int) -> None:
    """Somebody gives back at Stripe itself; more than is left is refused there."""
    try:
        bought.system.standin.control("refund", payment_intent=intent_of(bought), amount=amount)
    except RuntimeError:
        return


def at_stripe(bought: Purchase) -> int:
    """What went back of the payment, as Stripe counts it."""
    with bought.system.standin.books.lock:
        charges = bought.system.standin.books.all("charge")
        intent = intent_of(bought)
        return sum(charge["amount_refunded"] for charge in charges if charge["payment_intent"] == intent)


def test_two_people_give_the_same_line_back_at_once(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    owner = Treasurer(system, shop.evening, "owner")
    first, _second = lines_of(bought)
    forms = [(one, one.form(bought, **{first: "all"})) for one in (treasurer, owner)]
    answers = all_at_once(*(lambda who=who, form=form: who.send(bought, form).status for who, form in forms))
    assert sorted(map(str, answers)) == ["303", "409"]
    system.quiet()
    assert (standing(bought).refunded, at_stripe(bought)) == (SEAT, SEAT)


def test_three_people_give_back_more_than_there_is_at_once(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    forms = [treasurer.form(bought, amount="600") for _ in range(3)]
    answers = all_at_once(*(lambda form=form: treasurer.send(bought, form).status for form in forms))
    assert sorted(map(str, answers)) == ["303", "303", "409"]
    system.quiet()
    assert (standing(bought).refunded, at_stripe(bought)) == (120_000, 120_000)


def test_at_the_desk_and_in_the_dashboard_at_the_same_moment(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    form = treasurer.form(bought, **{lines_of(bought)[0]: "all"})
    all_at_once(lambda: treasurer.send(bought, form).status, lambda: in_the_dashboard(bought, 100_000), system.work)
    for _ in range(3):
        system.quiet()
        system.go_on(30)
    seen = standing(bought)
    assert at_stripe(bought) == seen.refunded <= SEAT
    assert {status for _why, status, _amount in seen.refunds} <= {"succeeded", "failed"}


def test_the_dashboard_was_faster(system: System, shop: Shop, treasurer: Treasurer) -> None:
    """The desk's row is there, Stripe has less left: its refusal is said in words, and the ticket is valid again."""
    bought = paid(shop.buy(1))
    system.standin.control("faults", events={"hold": True})
    in_the_dashboard(bought, 100_000)
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    assert standing(bought).tickets == ["void"]
    system.work()
    seen = standing(bought)
    assert (seen.refunds, seen.tickets) == ([("lines", "failed", SEAT)], ["valid"])
    assert "less than this is left of the payment" in treasurer.desk(bought).text
    system.standin.control("faults", reset=True)
    system.standin.control("deliver")
    system.quiet()
    seen = standing(bought)
    assert seen.refunds[1:] == [("external", "succeeded", 100_000)]
    assert (seen.tickets, seen.refunded, seen.receipts[-1]) == (["valid"], 100_000, ("issued", 50_000, 50_000))


def test_the_bell_of_the_dashboard_rings_while_the_desk_is_still_asking(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    """What does not fit waits until Stripe has refused the other."""
    bought = paid(shop.buy(1))
    system.standin.control("faults", requests=[{"kind": "drop", "method": "POST", "path": "/v1/refunds", "count": 3}])
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.work()  # no answer
    in_the_dashboard(bought, 100_000)
    system.quiet()
    assert [status for _why, status, _amount in standing(bought).refunds] == ["submitted"]
    system.go_on(60)
    system.work()
    system.go_on(60)
    system.quiet()
    seen = standing(bought)
    assert sorted(seen.refunds) == [("external", "succeeded", 100_000), ("lines", "failed", SEAT)]
    assert seen.tickets == ["valid"]
