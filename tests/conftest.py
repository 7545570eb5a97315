"""What every test has at hand."""

import gc
import signal
from types import FrameType

import pytest

pytest_plugins = [
    "tests.support.in_memory",
    "tests.support.sharing",
    "tests.support.databases",
    "tests.support.world",
    "tests.support.evening",
    "tests.support.shopping",
    "tests.support.linked",
    "tests.support.entering",
    "tests.support.staffed",
    "tests.support.one_browser",
]


def pytest_configure() -> None:
    """A run that is told to end ends as after Ctrl-C: fixtures are torn down, so that nothing is left running."""
    signal.signal(signal.SIGTERM, _end)


LONG = ("tests/walks/", "tests/faults/", "tests/test_demo.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: a worker that begins it last would keep all others waiting."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection() -> None:
    """What is imported stays: the collector need not go through all of it again and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


def _end(number: int, _frame: FrameType | None) -> None:
    pytest.exit(f"ended by signal {number}", returncode=128 + number)
