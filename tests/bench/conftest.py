"""The parts of `make bench` are tests of pytest's, for its fixtures; what they find becomes one report.

Nothing here is judged by pass or fail but whether the answers were right: a target that is missed stands in the table.
"""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from events.core import engines
from tests.bench import driving, report
from tests.bench.report import Figure
from tests.support import postgres, sharing

_FIGURES = pytest.StashKey[list[Figure]]()
_ABOUT = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--haste", action="store_true", help="one short round of each comparison: does all of it run?")
    parser.addoption("--figures", type=Path, default=report.FILE, help="where the JSON of the report goes")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = []
    if config.getoption("--haste", False):
        driving.HASTE.append(0.3)
    config.stash[_ABOUT] = report.circumstances()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[postgres.Server]:
    """A PostgreSQL as it is delivered, where an answered commit is on the disk; that of the tests would flatter."""
    with postgres.running(postgres.AS_DELIVERED) as server:
        with psycopg.connect(postgres.address(server.url)) as connection:
            version = connection.info.server_version
        request.config.stash[_ABOUT]["postgresql"] = f"{version // 10_000}.{version % 10_000}"
        yield server


@pytest.fixture(scope="session", autouse=True)
def as_delivered() -> Iterator[None]:
    """SQLite as the product has it, which waits for the disk, and a collector of garbage that is spared nothing."""
    gc.unfreeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_PRAGMAS", sharing.PRAGMAS)
        yield


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`note(what, ours, unit, ...)`: one line of the report, as Figure has it."""
    figures = request.config.stash[_FIGURES]
    part = Path(str(request.node.path)).stem.removeprefix("test_")

    def add(what: str, ours: float, unit: str, **further: Any) -> None:
        figures.append(Figure(part, what, ours, unit, **further))
        print("\n" + next(iter(list(report.table(figures[-1:]))[1:])))

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table, and the file."""
    if not (figures := config.stash[_FIGURES]):
        return
    file = config.getoption("--figures", report.FILE)
    report.write(file, figures, config.stash[_ABOUT])
    terminalreporter.section("what was found")
    for line in report.table(figures):
        terminalreporter.write_line(line)
    missed = sum(one.met is False for one in figures)
    judged = sum(one.met is not None for one in figures)
    terminalreporter.write_line(f"\n{judged - missed} of {judged} targets met. Written to {file}")
