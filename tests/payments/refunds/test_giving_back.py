"""Money that buys nothing goes back: once, in full, with a letter, and the books stay equal to Stripe's."""

import pytest

from tests.support.evening import System, open_evening
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines


def run_out(system: System, bought: Purchase) -> None:
    """The pay page runs out, and everybody knows."""
    system.go_on(33 * 60)
    system.quiet()
    assert bought.seen().status == "expired"


def pay_after_all(system: System, bought: Purchase) -> None:
    """Money on a session that was closed: what slow banks and second browser windows bring about."""
    system.edit_session(bought.session_id, status="open", payment_status="unpaid", payment_intent=None)
    bought.pay()


def refunds_at_stripe(system: System, bought: Purchase) -> list[tuple[str, int]]:
    """Status and amount of every refund of what the session's payments brought."""
    with system.standin.books.lock:
        books = system.standin.books
        intents = {
            intent["id"] for intent in books.all("payment_intent") if intent["metadata"]["order"] == str(bought.id)
        }
        return [(one["status"], one["amount"]) for one in books.all("refund") if one["payment_intent"] in intents]


def test_late_money_takes_its_seats_again_where_there_are_some(system: System, shop: Shop) -> None:
    bought = shop.buy(2)
    run_out(system, bought)
    pay_after_all(system, bought)
    system.quiet()
    seen = bought.seen()
    assert (seen.path, seen.tickets) == (["held", "expired", "paid"], ["valid", "valid"])
    assert (shop.seats(), refunds_at_stripe(system, bought)) == ((0, 2), [])
    assert [letter.recipients for letter in system.letters_to(bought.email)] == [(bought.email,)]


def test_late_money_without_seats_goes_back_once(system: System) -> None:
    shop = Shop(system, open_evening(system, places=1))
    late = shop.buy(1)
    run_out(system, late)
    other = shop.buy(1)
    other.pay()
    system.quiet()
    system.standin.control("faults", events={"repeat": 20})
    pay_after_all(system, late)
    system.quiet()
    late.come_back()
    system.quiet()
    seen = late.seen()
    assert (seen.status, seen.tickets, seen.payments) == ("refunded", [], [("refund_due", 150_000)])
    assert seen.refunds == [("late", "succeeded")]
    assert refunds_at_stripe(system, late) == [("succeeded", 150_000)]
    assert (seen.letters, len(system.letters_to(late.email))) == (["late_refund"], 1)
    assert other.seen().tickets == ["valid"]
    assert shop.seats() == (0, 1)
    assert "paid back in full" in late.page.text


def test_a_second_payment_of_one_order_goes_back_once(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay()
    system.quiet()
    pay_after_all(system, bought)
    system.quiet()
    bought.come_back()
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.tickets) == ("paid", ["valid"])
    assert seen.payments == [("fulfilled", 150_000), ("refund_due", 150_000)]
    assert seen.refunds == [("duplicate", "succeeded")]
    assert refunds_at_stripe(system, bought) == [("succeeded", 150_000)]
    assert seen.letters == ["order_paid", "duplicate_refund"]
    assert len(system.letters_to(bought.email)) == 2
    assert shop.seats() == (0, 1)


@pytest.mark.parametrize("kind", ["answer_lost", "drop"])
def test_a_refund_whose_answer_is_lost_is_made_once(system: System, shop: Shop, kind: str) -> None:
    bought = shop.buy(1)
    bought.pay()
    system.quiet()
    lost = {"kind": kind, "count": 3, "method": "POST", "path": "/v1/refunds"}
    system.standin.control("faults", requests=[lost])
    pay_after_all(system, bought)
    system.quiet()
    system.standin.control("faults", reset=True)
    for _ in range(3):
        system.go_on(30 * 60)
        system.work()
    assert refunds_at_stripe(system, bought) == [("succeeded", 150_000)]
    assert bought.seen().refunds == [("duplicate", "succeeded")]
