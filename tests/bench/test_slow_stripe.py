"""While Stripe takes three seconds to answer: webhooks, pages and scans beside it, through the real web server.

Twelve buyers press the button once a second: more than the web server has threads. `make bench` prints it.
"""

import json
import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from events.core import clock, tokens
from events.core.db import transaction
from events.door import pairing
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop
from tests.support.visitor import Visitor

SLOW = 3.0
SECONDS = 12.0
BUYERS = 12

Act = Callable[[], int]


def acts(system: System, shop: Shop) -> dict[str, Act]:
    """What must stay quick: each does one request and returns its status."""
    bought = shop.buy(1)
    bought.pay()
    system.quiet()
    with system.looking(), transaction():
        code = pairing.new_code(shop.evening.id, "Door A", None)
    told = system.visitor().post_json("/door/api/pair", {"code": code, "name": "A phone"}).json()
    phone, visitor = {"Authorization": f"Bearer {told['token']}"}, Visitor(system.url)

    def scan() -> int:
        scans = {"scans": [{"scan_id": str(uuid4()), "code": tokens.new_ticket_code()}]}
        return visitor.post_json("/door/api/scans", scans, phone).status

    def ring() -> int:
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": "balance.available",
            "created": 1,
            "livemode": False,
        }
        return system.ring(
            json.dumps(event | {"api_version": None, "data": {"object": {"object": "balance"}}}).encode()
        ).status

    return {
        "event page": lambda: visitor.get(f"/e/{shop.evening.slug}?lang=en").status,
        "order page": lambda: bought.page.status,
        "webhook": ring,
        "scan": scan,
    }


@contextmanager
def crowd(system: System, shops: list[Shop], done: list[float]) -> Iterator[None]:
    """Buyers who press the button once a second, those that wait for an answer excepted; `done` takes their seconds."""
    ended = threading.Event()

    def press(shop: Shop) -> None:
        while not ended.is_set():
            began = clock.monotonic()
            answer = shop.send(shop.filled(0, gift="100"))
            assert answer.status == 303, answer.text
            done.append(clock.monotonic() - began)
            ended.wait(1 - min(done[-1], 1))

    threads = [threading.Thread(target=press, args=(shop,)) for shop in shops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def measured(what: dict[str, Act]) -> dict[str, list[float]]:
    """Seconds of each act, done in turn for a while, ten a second."""
    found: dict[str, list[float]] = {name: [] for name in what}
    end = clock.monotonic() + SECONDS
    while clock.monotonic() < end:
        for name, act in what.items():
            began = clock.monotonic()
            assert act() == 200
            found[name].append(clock.monotonic() - began)
        clock.pause(0.1)
    return found


def said(times: list[float]) -> str:
    quantiles = statistics.quantiles(times, n=20)
    return (
        f"median {quantiles[9] * 1000:6.0f} ms   p95 {quantiles[18] * 1000:6.0f} ms   most {max(times) * 1000:6.0f} ms"
    )


@pytest.mark.both_engines
def test_slow_stripe_leaves_webhooks_pages_and_scans_as_quick_as_before(
    system: System, note: Callable[..., None]
) -> None:
    engine = system.app.config["SQLALCHEMY_DATABASE_URI"].split(":")[0].split("+")[0]
    shop = Shop(system, open_evening(system, 500))
    what = acts(system, shop)
    pressed: dict[str, list[float]] = {"Stripe quick": [], "Stripe slow": []}
    found = {}
    for name, latency in (("nobody buys", 0.0), ("Stripe quick", 0.0), ("Stripe slow", SLOW)):
        system.standin.control("faults", latency=latency)
        buyers = [Shop(system, shop.evening) for _ in range(BUYERS if name != "nobody buys" else 0)]
        with crowd(system, buyers, pressed.setdefault(name, [])):
            found[name] = measured(what)
        system.go_on(3600)
    system.standin.control("faults", reset=True)
    print(f"\n{engine}: {BUYERS} buyers, 2 workers of 4 threads")
    for act in what:
        for name, times in found.items():
            print(f"  {act:<11} {name:<13} {said(times[act])}")
        quick, slow = (statistics.median(found[name][act]) * 1000 for name in ("Stripe quick", "Stripe slow"))
        note(
            f"{act} while Stripe takes {SLOW:.0f} s", slow, "ms", engine=engine, reference=quick, against="Stripe quick"
        )
    for name in ("Stripe quick", "Stripe slow"):
        print(f"  buyers      {name:<13} {said(pressed[name])}   {len(pressed[name])} orders")
