"""A new release is put in place while people buy: the schema first, then the new server beside the old one."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from events.core import migrating
from events.core.db import db
from events.core.settings import ROOT
from tests.support import releases
from tests.support.evening import Evening, System, open_evening, unserved
from tests.support.fronts import KINDS, NAME, Behind, Front, front
from tests.support.rush import Rush, rush
from tests.support.servers import free_port
from tests.support.serving import arranged, let_go, served
from tests.support.shopping import Shop

GIVES_UP = 10.0
"""Seconds for which a migration waits for a table on PostgreSQL, and everybody behind it."""
NOTICED = 5.0
"""Seconds until a proxy has noticed for sure that a server is there again (docs/running.md)."""
LONGEST = 8.0
"""Seconds; whoever waits as long thinks that the page is gone."""


def added(release: releases.Release, folder: Path) -> str:
    """An evening with room for all, made by the release's own command; its name in addresses."""
    example = (ROOT / "docs" / "example-evening.toml").read_text(encoding="utf-8")
    file = folder / "evening.toml"
    file.write_text(example.replace("size = 60", "size = 5000").replace("2027-", "2037-"), encoding="utf-8")
    return release.run("add", str(file)).strip().rpartition("/")[2]


def shop_behind(system: System, before: Front, slug: str) -> Shop:
    """Its order form, as people reach it."""
    shop = Shop(system, Evening(0, slug, "", ""))
    shop.visitor = Behind(before)
    seat = next(name for name in shop.visitor.get(f"/e/{slug}/order").fields if name.startswith("ticket-"))
    shop.evening = replace(shop.evening, seat=seat.removeprefix("ticket-"))
    return shop


def unharmed(crowd: Rush) -> None:
    """Whoever ordered was answered, soon, and has the order."""
    assert (crowd.cut, [answer.words for answer in crowd.refused], crowd.lost()) == (0, [], [])
    assert crowd.slowest < LONGEST


@pytest.mark.both_engines
def test_people_buy_while_the_next_release_changes_the_schema(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with arranged(database_url, tmp_path, monkeypatch) as (system, environment):
        with served(system, environment, tmp_path), rush(Shop(system, open_evening(system, 5000))) as crowd:
            time.sleep(0.5)
            sold = len(crowd.acknowledged)
            releases.expand(database_url, tmp_path)
            migrated = len(crowd.acknowledged)
            assert migrating.faults(database_url) is None  # the old program may even be started again
            time.sleep(0.5)
        assert min(sold, len(crowd.acknowledged) - migrated) > 3
        unharmed(crowd)
        assert system.violations() == []
        let_go(system)


@pytest.mark.soak
def test_a_migration_that_is_held_up_gives_up_and_they_buy_on(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with arranged(postgres_url, tmp_path, monkeypatch) as (system, environment):
        shop = Shop(system, open_evening(system, 5000))
        with served(system, environment, tmp_path), rush(shop) as crowd, system.looking():
            with db.engine.connect() as long_export:
                long_export.execute(text("SELECT id FROM party"))
                with pytest.raises(OperationalError, match="lock timeout"):
                    releases.expand(postgres_url, tmp_path)
                time.sleep(0.5)
                sold = len(crowd.acknowledged)
                time.sleep(0.5)
            assert len(crowd.acknowledged) > sold > 3
        assert (crowd.cut, crowd.rude(), crowd.lost()) == (0, [], [])
        assert crowd.slowest < LONGEST + GIVES_UP
        let_go(system)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nobody_notices_an_upgrade(engine: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    new = f"sqlite:///{tmp_path}/bonsoir.sqlite"
    url = new if engine == "sqlite" else request.getfixturevalue("empty_postgres_url")
    ports = free_port(), free_port()
    with unserved(url, tmp_path, furnished=False) as (system, settings), front(kind, ports, tmp_path / "front") as made:
        before, after = releases.pair(tmp_path, settings | {"PUBLIC_URL": f"https://{NAME}"})
        before.run("migrate")
        slug = added(before, tmp_path)
        with ExitStack() as old, ExitStack() as beside, ExitStack() as anew:
            old.enter_context(before.serving(ports[0], tmp_path / "before.log"))
            shop = shop_behind(system, made, slug)
            paid = shop.buy()
            paid.pay()
            with rush(shop) as crowd:
                steps = (
                    lambda: after.run("migrate"),
                    lambda: beside.enter_context(after.serving(ports[1], tmp_path / "beside.log")),
                    lambda: made.turn(*ports),
                    old.close,
                    lambda: anew.enter_context(after.serving(ports[0], tmp_path / "anew.log")),
                    lambda: made.turn(*reversed(ports)),
                    beside.close,
                )
                sold = [go_on(crowd, step) for step in steps]
            assert (paid.come_back().status, paid.seen().status) == (302, "paid")
        print(f"{engine}, {kind}: orders after each step {sold}, longest wait {crowd.slowest:.1f} s")  # noqa: T201
        assert sold == sorted(set(sold))
        unharmed(crowd)
        assert system.violations() == []
        let_go(system)


def go_on(crowd: Rush, step: Callable[[], object]) -> int:
    """Do it while they buy, and let them buy on; how many orders were taken by then."""
    step()
    time.sleep(NOTICED)
    return len(crowd.acknowledged)


@pytest.mark.parametrize(
    ("there", "fits"), [("0001", True), ("0002", True), ("0002a", True), ("0003", False), ("0000", False), ("x", False)]
)
def test_code_runs_on_its_own_schema_and_on_the_next_releases(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, there: str, fits: bool
) -> None:
    engine = create_engine(sqlite_url, poolclass=NullPool)
    own = str(migrating.revision(engine))
    assert (own[:4].isdigit(), migrating.fits(engine)) == (True, True)
    number = f"{int(own[:4]) + int(there[:4]) - 1:04}{there[4:]}" if there[:4].isdigit() else there
    monkeypatch.setattr(migrating, "revision", lambda _engine: number)
    assert migrating.fits(engine) is fits
