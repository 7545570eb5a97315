"""Stripe answers 500 once, and repeats it under the same key for a day or more: the buyer does not wait so long."""

from tests.support.desk import Treasurer, lines_of, paid, standing
from tests.support.evening import System
from tests.support.shopping import Shop

SEAT = 150_000


def test_after_an_hour_stripe_is_asked_under_another_key(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    failing = {"kind": "server_error", "method": "POST", "path": "/v1/refunds"}
    system.standin.control("faults", requests=[failing])
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    for minutes in (0, 1, 30):
        system.go_on(minutes * 60)
        system.work()
        assert standing(bought).refunds == [("lines", "submitted", SEAT)]
    system.go_on(3600)
    system.work()
    assert standing(bought).refunds == [("lines", "succeeded", SEAT)]
    assert standing(bought).refunded == SEAT
