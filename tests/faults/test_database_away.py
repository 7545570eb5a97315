"""PostgreSQL stops, crashes or stands still while people buy: a sentence, a worker that waits, and nothing lost."""

import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from events.core.migrating import upgrade
from tests.support import databases, killing
from tests.support.clusters import Cluster, cluster
from tests.support.evening import open_evening
from tests.support.rush import Rush, rush
from tests.support.serving import arranged, let_go, served
from tests.support.shopping import Purchase, Shop

Programs = tuple[Shop, BaseProcess, BaseProcess]


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL that nobody else needs."""
    with cluster() as made:
        yield made


@pytest.fixture
def running(own: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """An evening on it, the web server, and the worker."""
    url = databases.text(own.start().create())
    upgrade(url)
    with (
        arranged(url, tmp_path, monkeypatch) as (system, environment),
        served(system, environment, tmp_path) as web,
        killing.alive(["work"], tmp_path, environment) as worker,
    ):
        yield Shop(system, open_evening(system, 2000)), web, worker
        let_go(system)


def away(shop: Shop, seconds: float, leave: Callable[[], None], come_back: Callable[[], object]) -> Rush:
    """Buyers before, while and after the database is not there; each is told the truth."""
    with rush(shop) as crowd:
        time.sleep(0.4)
        leave()
        time.sleep(seconds)
        come_back()
        time.sleep(0.6)
    let_go(shop.system)
    assert (crowd.cut, crowd.rude(), crowd.lost()) == (0, [], [])
    assert len(crowd.acknowledged) > 3
    return crowd


def arrives(shop: Shop, bought: Purchase, seconds: float = 40) -> bool:
    """Whether the worker sends the letter about an order."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if shop.system.letters_to(bought.email):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("seconds", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_database_away_and_then_sigterm_cost_nobody_an_order(running: Programs, own: Cluster, seconds: float) -> None:
    shop, web, worker = running
    paid = shop.buy(1)
    assert away(shop, seconds, own.stop, own.start).refused != []
    away(shop, seconds, own.hold, own.go_on)  # nobody is answered meanwhile; who waits is served afterwards
    assert away(shop, seconds, lambda: own.stop(crash=True), own.start).refused != []
    assert worker.exitcode is None, (shop.system.server_log.parent / "work.log").read_text()[-3000:]
    paid.pay()
    assert arrives(shop, paid)
    shop.system.settle_up()
    with rush(shop) as crowd:
        time.sleep(0.4)
        web.terminate()
        web.join(20)
    assert web.exitcode == 0
    assert (crowd.refused, crowd.lost()) == ([], [])
    assert shop.system.violations() == []
