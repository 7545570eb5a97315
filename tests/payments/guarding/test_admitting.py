"""A dining room full of honest buyers passes; who hoards seats or tries cards meets a limit, and is told until when."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import callers
from events.core.db import db, transaction
from events.core.refusal import Refusal
from payments.checkout import begin
from payments.guarding import admitting
from payments.guarding.admitting import Caller
from payments.guarding.models import Origin
from tests.support import world
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop
from tests.support.visitor import Answer

_networks, _calls = count(1), count(1)


def network() -> str:
    """An address nobody has ordered from."""
    number = next(_networks)
    return f"198.51.{100 + number // 250}.{number % 250 + 1}"


def order_from(shop: Shop, address: str, seats: int = 1, **fields: str) -> Answer:
    """One order, placed from a network address; of the same buyer's, no two are alike."""
    fields = {"phone": str(next(_calls))} | fields
    return shop.visitor.post(shop.evening.form, shop.filled(seats, **fields), {"X-Forwarded-For": address})


@pytest.fixture
def hall(system: System) -> Shop:
    """An evening with room for everybody."""
    return Shop(system, open_evening(system, 500))


def test_thirty_buyers_of_one_restaurant_pass_in_ten_minutes(system: System, hall: Shop) -> None:
    restaurant = network()
    answers = []
    for _ in range(30):
        answers.append(order_from(hall, restaurant, 2).status)
        system.go_on(20)
    assert answers == [303] * 30


@pytest.mark.both_engines
def test_a_network_cannot_hoard_seats_however_it_hurries(system: System, hall: Shop) -> None:
    hoarder = network()
    forms = [hall.filled(8) for _ in range(18)]
    with ThreadPoolExecutor(6) as pool:
        post = lambda form: hall.visitor.post(hall.evening.form, form, {"X-Forwarded-For": hoarder})  # noqa: E731
        answers = list(pool.map(post, forms))
    assert sorted(answer.status for answer in answers) == [303] * 15 + [429] * 3
    assert hall.seats() == (admitting.SEATS_PER_ADDRESS, 0)
    refusal = next(answer for answer in answers if answer.status == 429)
    assert "kept from here and not paid yet: 120." in refusal.text
    assert "come back at" in refusal.text
    assert 'value="Claire Fontaine"' in refusal.text
    assert order_from(hall, network(), 8).status == 303


def test_paid_seats_make_room_for_the_next(system: System, hall: Shop) -> None:
    email, restaurant = "host@example.org", network()
    bought = [hall.purchase(order_from(hall, restaurant, 8, email=email), email) for _ in range(5)]
    assert order_from(hall, restaurant, 1, email=email).status == 429
    bought[0].pay()
    system.quiet()
    assert order_from(hall, restaurant, 8, email=email).status == 303


def test_seats_that_ran_out_make_room_when_it_was_said(system: System, hall: Shop) -> None:
    email = "forgetful@example.org"
    answers = [order_from(hall, network(), 8, email=email).status for _ in range(6)]
    assert answers == [303] * 5 + [429]
    system.go_on(33 * 60)
    system.quiet()
    assert order_from(hall, network(), 8, email=email).status == 303


def test_a_tester_of_cards_gets_no_more_than_sixty_pay_pages_in_ten_minutes(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = world.furnish(room=500, kitchen=500)
    monkeypatch.setattr(admitting, "SEATS_PER_ADDRESS", 1000)

    def order(number: int) -> bool:
        caller = Caller(f"tester-{number}@example.org", "203.0.113.9")
        try:
            with transaction() as session:
                remember = admitting.admit(caller, 1, "Asia/Bangkok")
                event = session.get_one(Event, place.event_id)
                placed, _attempt = begin.begin(event, world.priced(place), world.BUYER)
                remember(placed.party_id)
        except Refusal:
            return False
        return True

    assert [order(number) for number in range(65)] == [True] * 60 + [False] * 5
    assert db.session.scalar(select(func.count()).select_from(Origin)) == 60


@pytest.mark.parametrize(
    ("proxies", "peer", "header", "expected"),
    [
        ("", "192.0.2.1", "", "192.0.2.1"),
        ("", "192.0.2.1", "198.51.100.7", "192.0.2.1"),  # nobody named this proxy: its word counts nothing
        ("", "127.0.0.1", "198.51.100.7", None),
        ("127.0.0.1", "127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.5, 198.51.100.7", "198.51.100.7"),  # only the last was written by ours
        ("127.0.0.1, 10.0.0.0/8", "127.0.0.1", "203.0.113.5, 198.51.100.7, 10.1.2.3", "198.51.100.7"),
        ("127.0.0.1", "127.0.0.1", "nonsense", None),
        ("127.0.0.1", "127.0.0.1", "", None),
        ("", "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_where_a_visitor_comes_from(
    house: Flask, proxies: str, peer: str, header: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.config, "TRUSTED_PROXIES", tuple(proxies.replace(",", " ").split()))
    given = {"X-Forwarded-For": header} if header else {}
    with house.test_request_context("/", environ_base={"REMOTE_ADDR": peer}, headers=given):
        assert callers.network() == expected
