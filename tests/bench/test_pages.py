"""The event page against a bare page that reads one row and fills a template of 5 kB, with few orders and with many."""

import statistics
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import repeat
from pathlib import Path

import pytest

from tests.bench import hall
from tests.bench.driving import Client, Side, in_turns, serve
from tests.bench.orders import Buyers, in_turn
from tests.support.servers import free_port

ROUNDS, SECONDS = 5, 1.5
SEASONS = (1_000, 100_000)
PACE = 10


def asks(name: str, port: int, path: str, says: bytes) -> Side:
    """Somebody who reads a page again and again."""
    return Side(name, port, path, {}, _nothing(), says=says, method="GET")


def _nothing() -> Iterator[bytes]:
    return repeat(b"")


@contextmanager
def selling(side: Side) -> Iterator[None]:
    """Somebody orders all the while: each time every page of the evening is another."""
    ended = threading.Event()

    def order() -> None:
        client = Client(side)
        while not ended.wait(1 / PACE):
            client.send(next(side.bodies))
        client.close()

    with ThreadPoolExecutor(1) as pool:
        orders = pool.submit(order)
        try:
            yield
        finally:
            ended.set()
            orders.result()


@pytest.mark.both_engines
def test_event_page(database_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    engine = database_url.split(":")[0].split("+")[0]
    ports = free_port(), free_port()
    values = hall.settings(database_url, ports[0], str(tmp_path / "var"))
    slug = hall.furnish(values, sells=True)
    shares = []
    with ExitStack() as stack:
        serve(stack, "tests.bench.bare:create_app", ports[1], tmp_path / "bare.log", values)
        serve(stack, "tests.bench.ours:create_app", ports[0], tmp_path / "ours.log", values)
        ours = asks("ours", ports[0], f"/e/{slug}?lang=en", b"seats still free")
        led = asks("led", ports[0], f"/e/{slug}", b"?lang=")
        led.status = 302
        fixed, page = (
            asks(path, ports[1], path, said) for path, said in (("/fixed", b"Nothing"), ("/page", b"line 23"))
        )
        for count in SEASONS:
            hall.fill(values, slug, count)
            found = in_turns((ours, page, fixed, led), ROUNDS, SECONDS)
            rate = {name: statistics.median(times) for name, times in found.items()}
            shares.append(rate["ours"] / rate["/page"])
            with_ = f"event page, {count:,} orders"
            note(with_, rate["ours"], "/s", engine=engine, reference=rate["/page"], against="(b) page", at_least=1.0)
        note("event page", rate["ours"], "/s", engine=engine, reference=rate["/fixed"], against="(a) fixed")
        note("to one's language", rate["led"], "/s", engine=engine, reference=rate["/page"], against="(b) page")
        many, few = shares[1], shares[0]
        with selling(Buyers(ports[0], slug).side("free", in_turn(), b"/o/")):
            rate = {name: statistics.median(found) for name, found in in_turns((ours, page), ROUNDS, SECONDS).items()}
        with_ = f"event page while {PACE} orders a second are placed"
        note(with_, rate["ours"], "/s", engine=engine, reference=rate["/page"], against="(b) page")
        note("event page: many orders over few", many, "of (b)", engine=engine, reference=few, at_least=0.9)
