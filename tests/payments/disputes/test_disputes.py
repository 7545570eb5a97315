"""Disputes from beginning to end, in any order: receipts, tickets, books; nothing is decided before the bank has."""

from typing import Any

import pytest
from sqlalchemy import select, update

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from payments.disputes.models import Dispute
from payments.reconciliation import morning
from tests.support.desk import Treasurer, intent_of, lines_of, paid, standing
from tests.support.evening import System, open_evening
from tests.support.shopping import Purchase, Shop

SEAT, MEAL, GIFT = 150_000, 90_000, 60_000


def contest(bought: Purchase, **how: Any) -> str:  # noqa: ANN401 - what the switch takes
    """The buyer's bank takes the money; the dispute's id."""
    made: dict[str, Any] = bought.system.standin.control("dispute", payment_intent=intent_of(bought), **how)
    return str(made["id"])


def close(bought: Purchase, dispute_id: str, outcome: str) -> None:
    """The bank decides."""
    bought.system.standin.control("dispute", dispute=dispute_id, outcome=outcome)


def disputes_of(bought: Purchase) -> list[tuple[str, int]]:
    """Status of each, and what is away."""
    with bought.system.looking():
        found = db.session.scalars(select(Dispute).filter_by(order_id=bought.id).order_by(Dispute.id))
        return [(dispute.status, dispute.away) for dispute in found]


@pytest.mark.both_engines
def test_while_it_is_open_tickets_stay_valid_and_the_receipt_is_contested(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(1))
    dispute_id = contest(bought)
    system.quiet()
    seen = standing(bought)
    assert disputes_of(bought) == [("needs_response", SEAT)]
    assert (seen.status, seen.tickets, seen.receipts) == ("paid", ["valid"], [("contested", SEAT, MEAL)])
    assert "contested by the bank" in treasurer.desk(bought).text
    assert "is suspended: the payment is contested" in bought.page.text
    assert bought.public["receipts"][0]["state"] == "contested"  # type: ignore[index]
    assert "dispute.opened" in bought.seen().notes
    close(bought, dispute_id, "won")
    system.quiet()
    seen = standing(bought)
    assert disputes_of(bought) == [("won", 0)]
    assert (seen.status, seen.tickets, seen.receipts) == ("paid", ["valid"], [("issued", SEAT, MEAL)])


@pytest.mark.both_engines
def test_lost_makes_the_tickets_void_and_cancels_the_receipt(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(2, gift="500"))
    dispute_id = contest(bought)
    system.quiet()
    close(bought, dispute_id, "lost")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, shop.seats()) == ("refunded", ["void", "void"], (0, 0))
    assert ([state for state, *_rest in seen.receipts], seen.raised) == (["cancelled"], (0, 0))
    assert disputes_of(bought) == [("lost", 2 * SEAT + 50_000)]


def test_a_part_lost_takes_gifts_first_and_leaves_the_tickets(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(1, gift="500"))
    dispute_id = contest(bought, amount=70_000)
    system.quiet()
    close(bought, dispute_id, "lost")
    system.quiet()
    seen = standing(bought)
    assert seen.back == [("ticket", 0, 20_000, 0), ("gift", 0, 50_000, 0)]
    assert (seen.status, seen.tickets) == ("partly_refunded", ["valid"])
    assert seen.receipts == [("cancelled", 200_000, MEAL), ("issued", 130_000, MEAL)]


def test_nothing_is_given_back_while_the_bank_decides(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    form = treasurer.form(bought, **{lines_of(bought)[0]: "all"})
    contest(bought)
    system.quiet()
    answer = treasurer.send(bought, form)
    assert (answer.status, "Until it has decided, nothing can be given back." in answer.text) == (409, True)
    assert 'name="key"' not in treasurer.desk(bought).text


def test_a_dispute_that_stripe_knows_of_and_we_do_not_yet(system: System, shop: Shop, treasurer: Treasurer) -> None:
    """Stripe refuses the refund, in words; the ticket is valid as before."""
    bought = paid(shop.buy(1))
    system.standin.control("faults", events={"hold": True})
    contest(bought)
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.work()
    assert standing(bought).refunds == [("lines", "failed", SEAT)]
    assert standing(bought).tickets == ["valid"]
    assert "bank has taken this payment back" in treasurer.desk(bought).text
    system.standin.control("faults", reset=True)
    system.standin.control("deliver")
    system.quiet()
    assert standing(bought).receipts[-1][0] == "contested"


@pytest.mark.both_engines
@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_all_bells_at_the_end_in_any_order_and_twice(system: System, shop: Shop, outcome: str) -> None:
    bought = paid(shop.buy(1))
    system.standin.control("faults", events={"hold": True})
    dispute_id = contest(bought)
    close(bought, dispute_id, outcome)
    system.standin.control("faults", reset=True)
    system.standin.control("faults", events={"shuffle": True, "repeat": 10})
    system.standin.control("deliver")
    system.quiet()
    away = SEAT if outcome == "lost" else 0
    assert disputes_of(bought) == [(outcome, away)]
    assert standing(bought).tickets == (["void"] if outcome == "lost" else ["valid"])
    assert standing(bought).receipts == [("cancelled" if outcome == "lost" else "issued", SEAT, MEAL)]


def lost(bought: Purchase) -> str:
    """The bank has kept the money; the dispute's id."""
    dispute_id = contest(bought)
    close(bought, dispute_id, "lost")
    bought.system.quiet()
    assert standing(bought).tickets[0] == "void"
    return dispute_id


@pytest.mark.both_engines
def test_won_after_it_was_lost_everything_stands_again(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(2, gift="500"))
    before = standing(bought)
    dispute_id = lost(bought)
    close(bought, dispute_id, "won")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, shop.seats()) == ("paid", ["valid", "valid"], (0, 2))
    assert (seen.raised, seen.back) == (before.raised, before.back)
    assert seen.receipts == [("cancelled", 350_000, 2 * MEAL), ("issued", 350_000, 2 * MEAL)]
    assert disputes_of(bought) == [("won", 0)]


def test_won_after_others_took_the_seats_the_tickets_stay_void_and_the_money_can_go_back(system: System) -> None:
    shop = Shop(system, open_evening(system, places=2))
    treasurer = Treasurer(system, shop.evening)
    bought = paid(shop.buy(2))
    dispute_id = lost(bought)
    others = paid(shop.buy(1))
    close(bought, dispute_id, "won")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, shop.seats()) == ("paid", ["void", "void"], (0, 1))
    assert "dispute.no_seats" in bought.seen().notes
    assert "others have their seats" in treasurer.desk(bought).text
    assert standing(others).tickets == ["valid"]
    with system.looking():
        house = db.session.scalars(select(Organisation.id)).one()
        kinds = [item.kind for item in morning.items(house) if item.order_code == bought.public["code"]]
    assert kinds == ["no_seats"]


def test_won_after_a_part_was_lost(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2, gift="500"))
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    dispute_id = contest(bought, amount=100_000)
    close(bought, dispute_id, "lost")
    system.quiet()
    assert standing(bought).back[1:] == [("ticket", 0, 50_000, 0), ("gift", 0, 50_000, 0)]
    close(bought, dispute_id, "won")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets) == ("partly_refunded", ["void", "valid"])
    assert seen.back == [("ticket", MEAL, GIFT, 0), ("ticket", 0, 0, 0), ("gift", 0, 0, 0)]


def test_a_dispute_about_what_is_left_after_a_refund(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    dispute_id = contest(bought)
    system.quiet()
    assert [state for state, *_rest in standing(bought).receipts] == ["cancelled", "contested"]
    close(bought, dispute_id, "lost")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, shop.seats()) == ("refunded", ["void", "void"], (0, 0))


def test_money_that_bought_nothing_may_be_contested_too(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    system.edit_session(bought.session_id, amount_total=1)
    bought.pay()
    system.quiet()
    assert bought.seen().status == "needs_review"
    with system.standin.books.lock:
        session = system.standin.books.get("checkout.session", bought.session_id)
    made = system.standin.control("dispute", payment_intent=session["payment_intent"])
    system.quiet()
    assert [status for status, _away in disputes_of(bought)] == ["needs_response"]
    system.standin.control("dispute", dispute=made["id"], outcome="won")
    system.quiet()


def test_a_fraud_warning_is_an_alert_and_changes_nothing(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(1))
    before = standing(bought)
    system.standin.control("fraud-warning", payment_intent=intent_of(bought))
    system.quiet()
    assert "payment.fraud_warning" in bought.seen().notes
    assert standing(bought) == before


def test_why_a_payment_is_contested_is_said_in_the_readers_language(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(1))
    contest(bought)
    system.quiet()
    said = {"fraudulent": "paiement signalé comme frauduleux", "general": "", "check_returned": ""}
    for reason, words in said.items():
        with system.looking(), transaction():
            db.session.execute(update(Dispute).values(reason=reason))
        page = treasurer.visitor.get(f"{treasurer.address(bought)}?lang=fr").text
        assert f"({words})" in page if words else "()" not in page
        assert f"({reason})" not in page
