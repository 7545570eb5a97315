"""Who is first gets the places, and no place is given twice, whatever happens at the same moment; on both engines."""

import pytest
from flask import Flask

from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.tickets.holding import SoldOut
from payments import auditing
from payments.checkout import offered
from payments.orders.pricing import Wish, quote
from payments.waiting import joining, lines, offering
from tests.payments.waiting.conftest import Line
from tests.support import world as w

pytestmark = pytest.mark.both_engines


def grow(line: Line, seats: int) -> int:
    """One more order, of so many seats, that is not paid; the room grows by as many."""
    with transaction():
        line.event().quotas[0].size += seats
    return w.buy(line.world, {"seat": seats})


def taken(line: Line) -> int:
    """Seats of the room that are held or sold."""
    return sum(w.counters(line.world.room_id))


def work() -> None:
    """One worker's round."""
    kinds = ("places_returned", offering.LAPSE)
    while jobs.run_due({kind: jobs.handlers()[kind] for kind in kinds}):
        pass


def test_places_that_come_back_are_never_bought_by_who_does_not_wait(house: Flask, line: Line) -> None:
    unpaid = [grow(line, 1) for _order in range(4)]
    secrets = [line.ask(name) for name in ("anna", "bao")]
    db.session.rollback()

    def act(number: int) -> str:
        if number < 4:
            return w.lose(unpaid[number])
        if number < 6:
            with transaction():
                joining.confirm(secrets[number - 4])
            return "joined"
        try:
            w.buy(line.world, {"seat": 1})
        except SoldOut:
            return "sold out"
        return "bought"

    done = w.in_threads(house, 9, act)
    work()
    bought = done.count("bought")
    assert set(line.states().values()) == {"offered"} or bought > 2  # who bought was there before anybody waited
    assert taken(line) <= 8
    assert auditing.audit()[0] == []


def test_one_offer_is_taken_once(house: Flask, line: Line) -> None:
    secret = line.join("anna", 2)
    w.lose(grow(line, 2))
    work()
    db.session.rollback()

    def act(number: int) -> str:
        try:
            with transaction():
                if number == 0:
                    offering.leave(secret)
                    return "left"
                event, wish = line.event(), Wish({"seat": 2})
                offered.begin_order(event, quote(event, wish, clock.now()), w.BUYER, wish, secret)
        except Refusal as refusal:
            return refusal.code
        return "taken"

    done = w.in_threads(house, 5, act)
    assert done.count("taken") + (line.states()["anna"] == "left") == 1
    assert taken(line) == (6 if "taken" in done else 4)
    assert auditing.audit()[0] == []


def test_two_workers_offer_each_place_once(house: Flask, line: Line) -> None:
    for name in ("anna", "bao", "chai"):
        line.join(name)
    unpaid = [grow(line, 1), grow(line, 1)]
    db.session.rollback()

    def act(number: int) -> int:
        if number < 2:
            w.lose(unpaid[number])
            return 0
        with transaction():
            return offering.walk(line.world.event_id)

    w.in_threads(house, 5, act)
    work()
    assert line.states() == {"anna": "offered", "bao": "offered", "chai": "waiting"}
    assert taken(line) == 6
    assert auditing.audit()[0] == []


def test_one_address_gets_one_place_however_often_it_asks_at_once(house: Flask, line: Line) -> None:
    def act(_number: int) -> str:
        try:
            with transaction():
                joining.join(line.event(), joining.Wish("seat", 1, "anna", "anna@example.org", "en"))
        except Refusal as refusal:
            return refusal.code
        return "asked"

    done = w.in_threads(house, 5, act)
    assert done.count("asked") == 3
    assert list(line.states()) == ["anna"]
    assert lines.find_line(line.world.event_id) is not None
