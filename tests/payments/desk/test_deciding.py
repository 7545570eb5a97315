"""Calling off what nobody has paid (the pay page is closed first), and deciding about money under review."""

import pytest

from tests.support.desk import Treasurer, lines_of, paid
from tests.support.evening import System
from tests.support.shopping import Shop


@pytest.mark.both_engines
def test_the_pay_page_is_closed_and_the_seats_are_free(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(2)
    assert (shop.seats(), "Cancel the order" in treasurer.desk(bought).text) == ((2, 0), True)
    assert treasurer.press(bought, "cancel").status == 303
    assert (bought.seen().status, shop.seats(), bought.seen().attempts) == ("cancelled", (0, 0), ["expired"])
    with system.standin.books.lock:
        assert system.standin.books.get("checkout.session", bought.session_id)["status"] == "expired"
    system.quiet()
    assert bought.public["status"] == "cancelled"
    told = system.letters_to(bought.email)[-1]
    assert "is cancelled" in told.subject
    assert "Please do not pay for it any more" in told.text


def test_the_buyer_was_faster(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    system.standin.control("faults", events={"hold": True})
    bought.pay()
    answer = treasurer.press(bought, "cancel")
    assert (answer.status, "has just been paid" in answer.text) == (409, True)
    assert (bought.seen().status, bought.seen().tickets) == ("paid", ["valid"])


def test_nothing_is_cancelled_while_stripe_is_away(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    system.standin.control("faults", requests=[{"kind": "server_error", "path": "/v1/checkout/sessions", "count": 9}])
    answer = treasurer.press(bought, "cancel")
    assert (answer.status, "nothing was cancelled" in answer.text) == (503, True)
    assert (bought.seen().status, shop.seats()) == ("held", (1, 0))


def test_what_is_paid_is_not_cancelled(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    assert treasurer.press(bought, "cancel").status == 409
    assert bought.seen().status == "paid"


def test_money_under_review_goes_back_with_a_word_why(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    system.edit_session(bought.session_id, client_reference_id="999999")
    bought.pay()
    system.quiet()
    assert bought.seen().status == "needs_review"
    assert treasurer.press(bought, "review", note="not ours").status == 303
    assert treasurer.press(bought, "review", note="once more").status == 409
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.refunds, shop.seats()) == ("refunded", [("review", "succeeded")], (0, 0))
    assert seen.path == ["held", "needs_review", "refund_due", "refunded"]
    assert "after review: not ours" in treasurer.desk(bought).text


def test_money_under_review_is_accepted_when_it_is_what_the_order_costs(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = shop.buy(1)
    system.edit_session(bought.session_id, client_reference_id="999999")
    bought.pay()
    system.quiet()
    assert bought.seen().status == "needs_review"
    assert treasurer.press(bought, "review", decision="accept", note="asked the buyer").status == 303
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.payments) == ("paid", ["valid"], [("fulfilled", 150_000)])
    assert (seen.letters, shop.seats()) == (["order_paid"], (0, 1))


def test_another_sum_than_the_order_costs_is_not_accepted(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    with system.standin.books.lock:
        system.standin.books.get("checkout.session", bought.session_id)["amount_total"] = 149_900
    bought.pay()
    system.quiet()
    answer = treasurer.press(bought, "review", decision="accept", note="close enough")
    assert (answer.status, "it can only go back" in answer.text) == (409, True)
    assert bought.seen().status == "needs_review"


def test_money_on_its_way_is_waited_for_and_the_page_says_so(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    bought.pay("later")
    system.quiet()
    assert bought.seen().status == "processing"
    page = treasurer.desk(bought)
    assert "Until then nothing can be called off or given back" in page.text
    assert "Cancel the order" not in page.text
    assert 'name="key"' not in page.text
    assert treasurer.press(bought, "cancel").status == 409
    system.standin.control("complete-async", session=bought.session_id, outcome="failed")
    system.quiet()
    assert (bought.seen().status, shop.seats()) == ("failed", (0, 0))
    assert "nothing can be called off" not in treasurer.desk(bought).text


def test_the_history_says_why_money_went_back_in_the_readers_words(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    assert treasurer.refund(bought, **{lines_of(bought)[0]: "all"}).status == 303
    english, french = treasurer.desk(bought).text, treasurer.visitor.get(f"{treasurer.address(bought)}?lang=fr").text
    history = [page.partition('id="h-history"')[2] for page in (english, french)]
    assert ["chosen lines · Treasurer" in history[0], "lignes choisies · Treasurer" in history[1]] == [True, True]
    assert " · lines · " not in history[1]
