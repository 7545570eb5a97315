"""The way to the money: Stripe away, answers lost, cards declined, pages run out. Seats return by proof alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from payments.checkout.models import Attempt
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines

SESSIONS = "/v1/checkout/sessions"


def break_sessions(system: System, kind: str, count: int, **more: object) -> None:
    """The next requests that open a pay page fail in this way."""
    fault = {"kind": kind, "count": count, "method": "POST", "path": SESSIONS} | more
    system.standin.control("faults", requests=[fault])


def sessions_of(system: System, bought: Purchase) -> list[str]:
    """Every pay page the stand-in has for an order, oldest first."""
    with system.standin.books.lock:
        found = system.standin.books.all("checkout.session")
        return [session["id"] for session in found if session["client_reference_id"] == str(bought.id)]


def reached(system: System, bought: Purchase) -> Purchase:
    """The purchase with the pay page that its own page now leads to."""
    answer = bought.visitor.get(f"/o/{bought.token}/pay")
    assert answer.status == 303
    assert answer.location.startswith(f"{system.standin.url}/c/pay/cs_")
    (session_id,) = sessions_of(system, bought)
    return Purchase(system, bought.visitor, bought.email, bought.token, bought.id, session_id)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(system: System, shop: Shop) -> None:
    break_sessions(system, "answer_lost", 1)
    bought = shop.buy(1)
    assert sessions_of(system, bought) == [bought.session_id]
    assert bought.seen().path == ["held"]


def test_an_evening_whose_tickets_are_paid_for_is_kept_on_for_the_next_order(system: System, shop: Shop) -> None:
    with system.looking():
        before = db.session.get_one(Event, shop.evening.id).mark
    shop.buy(1).pay()
    system.settle_up()
    with system.looking():
        evening = db.session.get_one(Event, shop.evening.id)
        assert (evening.mark, evening.next_ticket_number) == (before, 2)


def test_an_answer_lost_again_and_again_waits_and_finds_the_same_session(system: System, shop: Shop) -> None:
    break_sessions(system, "answer_lost", 3)
    waiting = shop.buy(1)
    assert waiting.seen().status == "waiting"
    system.go_on(61)
    system.work()
    bought = reached(system, waiting)
    with system.looking():
        keys = list(db.session.scalars(select(Attempt.idempotency_key).filter_by(order_id=bought.id)))
    assert len(keys) == 1
    assert bought.seen().path == ["held", "waiting", "held"]


@pytest.mark.parametrize("kind", ["drop", "rate_limit", "server_error", "server_error_after"])
def test_while_stripe_is_away_the_seats_are_kept_and_the_page_says_so(system: System, shop: Shop, kind: str) -> None:
    break_sessions(system, kind, 20)
    waiting = shop.buy(2)
    assert waiting.public["status"] == "waiting"
    busy = "Very many people are booking at this minute. Nobody can take your seats any more"
    away = "Payment is not possible right now. Your seats are kept until"
    assert (busy if kind == "rate_limit" else away) in waiting.page.text
    assert 'http-equiv="refresh"' in waiting.page.text
    assert shop.seats() == (2, 0)
    system.standin.control("faults", reset=True)
    system.go_on(61)
    system.work()
    bought = reached(system, waiting)
    bought.pay()
    system.quiet()
    assert bought.seen().status == "paid"
    assert shop.seats() == (0, 2)


def test_a_declined_card_may_be_followed_by_a_good_one(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay("decline")
    system.quiet()
    assert bought.seen().status == "held"
    bought.pay("pay")
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.payments) == ("paid", [("fulfilled", 150_000)])
    assert len(system.letters_to(bought.email)) == 1


def test_seats_return_when_stripe_says_that_the_page_ran_out(system: System, shop: Shop) -> None:
    bought = shop.buy(3)
    assert shop.seats() == (3, 0)
    system.go_on(33 * 60)
    system.quiet()
    assert bought.seen().path == ["held", "expired"]
    assert shop.seats() == (0, 0)
    assert "free again" in bought.page.text


def test_seats_do_not_return_by_our_clock_alone(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    away = [{"kind": "drop", "count": 1000, "path": f"{SESSIONS}/{bought.session_id}"}]
    system.standin.control("faults", requests=away, events={"hold": True})
    system.go_on(60 * 60)
    system.work()
    assert bought.seen().status == "held"
    assert shop.seats() == (1, 0)
    system.standin.control("faults", reset=True)
    system.go_on(60 * 60)
    system.work()
    assert bought.seen().status == "expired"
    assert shop.seats() == (0, 0)


def test_slow_money_keeps_the_seats_until_it_comes(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay("promptpay")
    system.quiet()
    assert bought.public["status"] == "processing"
    system.go_on(2 * 60 * 60)
    system.quiet()
    assert shop.seats() == (1, 0)
    system.standin.control("complete-async", session=bought.session_id)
    system.quiet()
    assert bought.seen().path == ["held", "processing", "paid"]
    told, tickets = system.letters_to(bought.email)
    words = ("the money is under way", "1,500", f"/o/{bought.token}")
    assert [word for word in words if word not in told.text] == []
    assert ("the money is under way" in tickets.text, told.attachments) == (False, [])


def test_money_that_is_slow_by_seconds_alone_is_told_by_the_tickets(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay("promptpay")
    system.quiet()
    assert bought.public["status"] == "processing"
    system.standin.control("complete-async", session=bought.session_id)
    system.quiet()
    system.go_on(60 * 60)
    system.quiet()
    assert [letter.subject for letter in system.letters_to(bought.email)] == ["Your seat: The dinner"]


def test_slow_money_that_never_comes_returns_the_seats(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay("later")
    system.quiet()
    system.standin.control("complete-async", session=bought.session_id, outcome="failed")
    system.quiet()
    seen = bought.seen()
    assert (seen.path, seen.tickets, seen.payments) == (["held", "processing", "failed"], [], [])
    assert shop.seats() == (0, 0)
    (letter,) = system.letters_to(bought.email)
    assert "The bank refused the payment, and the seats are free again. Nothing was charged." in letter.text


def test_the_database_is_never_held_while_stripe_thinks(system: System, shop: Shop) -> None:
    """Eight buyers whose pay pages take a second each: with the database held, they would wait in a row."""
    break_sessions(system, "timeout", 8, seconds=1.0)
    forms = [shop.filled(1) for _ in range(8)]
    began = clock.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert [answer.status for answer in pool.map(shop.send, forms)] == [303] * 8
    assert clock.monotonic() - began < 6


@pytest.mark.parametrize("outcome", ["leave", "later"])
def test_a_gift_without_a_seat_is_told_nothing_of_seats_or_tickets(system: System, shop: Shop, outcome: str) -> None:
    bought = shop.buy(0, gift="500")
    if outcome != "leave":
        bought.pay(outcome)
        system.quiet()
    said = bought.page.text.partition("<main")[2].partition("</section>")[0]
    assert "thanks come" in said
    assert [word for word in ("seats", "tickets") if word in said] == []
