"""Money that is not what we asked for: no ticket, a row, an alert, and a 200 for Stripe. A person decides."""

from typing import Any

import pytest

from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines

DIFFERENCES: list[dict[str, Any]] = [
    {"amount_total": 149_900},
    {"amount_total": 1},
    {"currency": "eur"},
    {"mode": "setup"},
    {"client_reference_id": "999999"},
    {"client_reference_id": None},
]


def names(difference: dict[str, Any]) -> str:
    return "-".join(f"{name}-{value}" for name, value in difference.items())


def assert_under_review(system: System, bought: Purchase) -> None:
    """No ticket and no letter, an alert in the trail, the money in the books, and the page says so."""
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.letters) == ("needs_review", [], [])
    assert [outcome for outcome, _amount in seen.payments] == ["needs_review"]
    assert "payment.needs_review" in seen.notes
    assert bought.public["status"] == "needs_review"
    assert "a person looks at it" in bought.page.text
    assert system.letters_to(bought.email) == []


@pytest.mark.parametrize("difference", DIFFERENCES, ids=names)
def test_a_difference_found_by_the_bell(system: System, shop: Shop, difference: dict[str, Any]) -> None:
    bought, rung = shop.buy(1), len(system.standin.read("deliveries")["deliveries"])
    system.edit_session(bought.session_id, **difference)
    bought.pay()
    system.quiet()
    assert_under_review(system, bought)
    assert {row["status"] for row in system.standin.read("deliveries")["deliveries"][rung:]} == {200}


@pytest.mark.parametrize("difference", DIFFERENCES, ids=names)
def test_a_difference_found_on_the_return_page(system: System, shop: Shop, difference: dict[str, Any]) -> None:
    bought = shop.buy(1)
    system.standin.control("faults", events={"lose": 50})
    system.edit_session(bought.session_id, **difference)
    bought.pay()
    assert bought.come_back().status == 302
    assert_under_review(system, bought)


def test_the_event_itself_is_not_believed(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    with system.standin.books.lock:
        session = system.standin.books.get("checkout.session", bought.session_id)
        lie = {**session, "status": "complete", "payment_status": "paid", "payment_intent": "pi_invented"}
        system.standin.books.emit("checkout.session.completed", lie)
    system.quiet()
    assert bought.seen().status == "held"
    assert bought.seen().payments == []
