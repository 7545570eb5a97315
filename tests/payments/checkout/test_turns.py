"""Many pay at one time while Stripe is slow: some wait for it, the others go on by themselves."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from events.core.db import db
from events.core.web import THREADS
from payments.checkout.models import Attempt
from tests.support.crowd import many_before
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop, new_email

pytestmark = pytest.mark.both_engines

BUYERS = 12
WORKERS = 2


def line_of(order: Purchase) -> dict[str, object]:
    """What programs are told of an order's place in line."""
    told: dict[str, object] = order.visitor.get(f"/o/{order.token}.json").json()["line"]
    return told


def test_no_more_than_half_of_the_threads_wait_for_stripe(system: System, shop: Shop) -> None:
    forms = [shop.filled(1) for _ in range(BUYERS)]
    system.standin.control("faults", latency=4.0)
    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(shop.send, forms))
    system.standin.control("faults", latency=0.0)
    assert [answer.status for answer in answers] == [303] * BUYERS
    sent_on = [answer for answer in answers if "/o/" in answer.location]
    assert len(sent_on) >= BUYERS - WORKERS * THREADS // 2
    orders = [shop.purchase(answer, form["email"]) for answer, form in zip(answers, forms, strict=True)]
    in_turn = [order for order in orders if not order.session_id]
    assert all("Very many people are booking at this minute" in order.page.text for order in in_turn)
    assert all(f"url=/o/{order.token}/pay" in order.page.text for order in in_turn)
    system.work()
    for order in in_turn:
        with system.looking():
            attempt = db.session.scalars(select(Attempt).filter_by(order_id=order.id)).one()
        assert order.visitor.get(f"/o/{order.token}/pay").location == attempt.url
        order.with_page().pay()
    system.quiet()
    assert {order.seen().status for order in in_turn} == {"paid"}
    assert in_turn[0].seen().path == ["held", "waiting", "held", "paid"]


def test_a_page_that_waits_long_says_that_payment_is_not_possible(system: System, shop: Shop) -> None:
    forms = [shop.filled(1) for _ in range(BUYERS)]
    system.standin.control("faults", latency=3.0)
    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(shop.send, forms))
    page = next(answer.location for answer in answers if "/o/" in answer.location)
    system.go_on(61)
    assert "Payment is not possible right now" in system.visitor().get(f"{page}?lang=en").text
    system.standin.control("faults", latency=0.0)


def test_whose_turn_nobody_served_asks_by_themselves(system: System, shop: Shop) -> None:
    form = shop.filled(1)
    many_before(system, 3)
    first = shop.purchase(shop.send(form), form["email"])
    assert first.visitor.get(f"/o/{first.token}/pay").location == f"/o/{first.token}?on=1"
    system.go_on(4)
    second = shop.purchase(shop.send(form | {"email": new_email()}), form["email"])
    assert [order.public["status"] for order in (first, second)] == ["waiting", "waiting"]
    assert [line_of(order)["overdue"] for order in (first, second)] == [False, False]
    system.go_on(11)
    assert [line_of(order)["overdue"] for order in (first, second)] == [True, True]
    for order in (first, second):
        assert order.visitor.get(f"/o/{order.token}/pay").location.startswith(system.standin.url)
    assert [order.seen().path for order in (first, second)] == [["held", "waiting", "held"]] * 2
