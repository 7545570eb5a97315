"""Stripe away for two hours, and Stripe asked too much at once: nobody loses a seat or money, nobody sees an error."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select

from events.core.db import transaction
from events.door import pairing
from events.tickets.models import Ticket
from payments.gateway.sandbox import snapshot
from payments.gateway.sandbox.server import start
from payments.orders.models import Order
from tests.support.evening import System, open_evening, running
from tests.support.shopping import Purchase, Shop
from tests.support.signing import WEBHOOK_SECRET

HOUR = 3600


@pytest.fixture
def lonely(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A system of the test's own, as its stand-in is to be stopped."""
    with running(sqlite_url, tmp_path) as system:
        monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(system.clock_file))
        yield system


def returned(system: System, books: Path) -> System:
    """The stand-in at its old address, with the books it left behind."""
    port = urlsplit(system.standin.url).port or 0
    webhook = f"{system.url}/webhooks/stripe"
    standin = start(port=port, webhook_url=webhook, webhook_secret=WEBHOOK_SECRET, retry_scale=0.05, state=books)
    return replace(system, standin=standin)


def scanned(system: System, bought: Purchase) -> str:
    """What a phone, paired now, says to the order's ticket."""
    with system.looking(), transaction() as session:
        order = session.get_one(Order, bought.id)
        code = session.scalars(select(Ticket.code).filter_by(party_id=order.party_id)).one()
        key = pairing.new_code(order.event_id, "Door A", None)
    told = system.visitor().post_json("/door/api/pair", {"code": key, "name": "A phone"}).json()
    scans = {"scans": [{"scan_id": str(uuid4()), "code": code}]}
    phone = {"Authorization": f"Bearer {told['token']}"}
    return str(system.visitor().post_json("/door/api/scans", scans, phone).json()["results"][0]["verdict"])


def pages(system: System, bought: Purchase) -> list[int]:
    """The pages of the evening, of an order and of its ticket."""
    (ticket,) = system.visitor().get(f"/o/{bought.token}.json").json()["tickets"]
    evening = f"/e/{system.visitor().get(f'/o/{bought.token}').text.split('/e/')[1].split('?')[0]}?lang=en"
    addresses = ("/", evening, f"/o/{bought.token}", ticket["url"], f"{ticket['url']}/ticket.pdf", "/readyz")
    return [system.visitor().get(address).status for address in addresses]


def by_and_by(system: System, orders: Sequence[Purchase], wanted: list[str]) -> list[str]:
    """How the orders stand when they stand as wanted, or after ten minutes: whom Stripe told 429 comes again later."""
    for _ in range(30):
        system.go_on(20)
        system.quiet()
        if (found := [order.seen().status for order in orders]) == wanted:
            break
    return found


def asked_for_all(system: System) -> None:
    """Earlier orders of the house have pay pages that ran out in this hour, too: who was told 429 asks again later."""
    for _ in range(30):
        if not system.violations():
            break
        system.go_on(20)
        system.quiet()


def test_stripe_away_for_two_hours(lonely: System, tmp_path: Path) -> None:
    shop = Shop(lonely, open_evening(lonely))
    guest = shop.buy(1)
    guest.pay()
    lonely.quiet()
    lonely.standin.control("faults", events={"lose": 99})
    unheard, idle = shop.buy(1), shop.buy(2)
    unheard.pay()
    snapshot.save(lonely.standin.books, tmp_path / "books.json")
    lonely.standin.stop()

    waiting = shop.buy(3)
    for _ in range(8):
        page = waiting.page.text
        assert "Payment is not possible right now. Your seats are kept until" in page
        assert [order.public["status"] for order in (waiting, unheard, idle)] == ["waiting", "held", "held"]
        assert shop.seats() == (6, 1)
        assert pages(lonely, guest) == [200] * 6
        lonely.go_on(HOUR / 4)
        lonely.work()
        assert waiting.page.text != page  # a new promise: the old one is over
    assert scanned(lonely, guest) == "admitted"

    back = returned(lonely, tmp_path / "books.json")
    try:
        back.go_on(60)
        back.work()
        waiting = waiting.with_page()
        assert waiting.visitor.get(f"/o/{waiting.token}/pay").location.startswith(back.standin.url)
        back.standin.control("pay", session=waiting.session_id)
        back.quiet()
        back.go_on(HOUR)
        back.quiet()
        assert [order.seen().status for order in (guest, unheard, waiting, idle)] == ["paid", "paid", "paid", "expired"]
        assert shop.seats() == (0, 5)
        assert back.violations() == []
    finally:
        back.standin.stop()


@pytest.mark.both_engines
def test_a_storm_of_429_ends_with_every_order_paid_or_expired(system: System) -> None:
    shop = Shop(system, open_evening(system, 60))
    forms = [shop.filled(1) for _ in range(16)]
    system.standin.control("faults", rate_limit=25)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(shop.send, forms))
    assert [answer.status for answer in answers] == [303] * 16
    orders = [shop.purchase(answer, form["email"]) for answer, form in zip(answers, forms, strict=True)]
    waiting = [order for order in orders if order.public["status"] == "waiting"]
    assert waiting
    assert shop.seats() == (16, 0)
    assert all(re.search("Very many people are booking|Payment is not possible", order.page.text) for order in waiting)
    system.standin.control("faults", rate_limit=25)
    assert by_and_by(system, orders, ["held"] * 16) == ["held"] * 16
    for order in orders[::2]:
        order.with_page().pay()
    system.quiet()
    system.go_on(HOUR)
    assert by_and_by(system, orders, ["paid", "expired"] * 8) == ["paid", "expired"] * 8
    assert shop.seats() == (0, 8)
    asked_for_all(system)
