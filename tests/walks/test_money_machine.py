"""Money that cannot get lost: long random evenings against the running application.

A failure tells its steps and its seed; `BONSOIR_SEED=<seed>` meets it again, `BONSOIR_SHRINK=1` looks for fewer steps.
"""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import get_state_machine_test
from sqlalchemy import URL

from events.core.db import assert_idle
from payments.gateway.stripe_api import Gateway
from tests.support import databases, evening, postgres
from tests.support.evening import System
from tests.support.money_machine import MoneyMachine
from tests.support.signing import WEBHOOK_SECRET

SEEN = ("orders", "payments", "refunds", "lost", "rung")
RARE = ("disputes",)  # chance may leave them out of a short run
LONG = 5_000
SHRINK = (Phase.shrink,) if "BONSOIR_SHRINK" in os.environ else ()


class Houses:
    """Running systems, one after the other: a run that fails leaves its house untidy, and the next gets a new one."""

    def __init__(self, new_url: Callable[[Path], str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._new_url, self._folder, self._monkeypatch = new_url, folder, monkeypatch
        self._open = ExitStack()
        self._numbers = count(1)
        self._system: System | None = None
        self.seen: Counter[str] = Counter()

    def enter(self) -> System:
        """The system for one run; `leave` it when all was well."""
        system, self._system = self._system or self._another(), None
        return system

    def leave(self, system: System | None, figures: Mapping[str, int]) -> None:
        """The run ended well, and the next may have this system; None where its audit will never be quiet again."""
        self._system = system
        self.seen.update(figures)

    def close(self) -> None:
        """End what still runs."""
        self._open.close()

    def _another(self) -> System:
        self.close()
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        system = self._open.enter_context(evening.running(self._new_url(folder), folder))
        self._monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(system.clock_file))
        _do_not_wait(system)
        return system


def _do_not_wait(system: System) -> None:
    """The worker's calls that fail are not tried again at once, after a pause: their jobs are, when time goes on."""
    gateway = Gateway(
        "sk_test_of_the_machine",
        WEBHOOK_SECRET,
        system.standin.url,
        assert_idle=assert_idle,
        retries=0,
        rate_limit_pauses=(),
    )
    gateway.init_app(system.app)


@pytest.fixture
def sqlite_houses(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Houses]:
    """Systems of the test's own, as its clock runs years ahead."""

    def new_url(folder: Path) -> str:
        return f"sqlite:///{shutil.copyfile(sqlite_template, folder / 'bonsoir.sqlite')}"

    houses = Houses(new_url, tmp_path, monkeypatch)
    yield houses
    houses.close()


@pytest.fixture
def postgres_houses(
    postgres_server: postgres.Server, postgres_template: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Houses]:
    """The same on PostgreSQL."""

    def new_url(_folder: Path) -> str:
        return databases.text(postgres_server.create(str(postgres_template.database)))

    houses = Houses(new_url, tmp_path, monkeypatch)
    yield houses
    houses.close()


def run(houses: Houses, examples: int, steps: int) -> None:
    """So many evenings of so many steps; and more of them where chance has left out what could go wrong."""
    wanted = SEEN + RARE if examples * steps >= LONG else SEEN
    for _time in range(3):
        live(houses, examples, steps)
        sys.stdout.write(f"{dict(houses.seen)}\n")
        if not (unseen := [what for what in wanted if not houses.seen[what]]):
            return
    pytest.fail(f"nothing happened that could go wrong: {', '.join(unseen)}")


def live(houses: Houses, examples: int, steps: int) -> None:
    """Of one seed."""
    number = int(os.environ.get("BONSOIR_SEED") or int.from_bytes(os.urandom(4)))
    told = settings(
        max_examples=examples,
        stateful_step_count=steps,
        phases=(Phase.generate, *SHRINK),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    machine: Any = partial(MoneyMachine, houses)
    try:
        seed(number)(get_state_machine_test(machine, settings=told))()
    except BaseException as error:
        error.add_note(f"BONSOIR_SEED={number}")
        raise


@pytest.mark.timeout(1200)
def test_no_money_is_lost_whatever_happens(sqlite_houses: Houses) -> None:
    run(sqlite_houses, examples=30, steps=40)


@pytest.mark.soak
def test_no_money_is_lost_in_ten_thousand_steps(sqlite_houses: Houses) -> None:
    run(sqlite_houses, examples=250, steps=40)


@pytest.mark.soak
def test_no_money_is_lost_in_ten_thousand_steps_on_postgresql(postgres_houses: Houses) -> None:
    run(postgres_houses, examples=250, steps=40)
