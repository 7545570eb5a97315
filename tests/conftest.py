"""What every test has at hand."""

import signal
from types import FrameType

import pytest

pytest_plugins = [
    "tests.support.databases",
    "tests.support.world",
    "tests.support.evening",
    "tests.support.shopping",
    "tests.support.linked",
    "tests.support.entering",
    "tests.support.staffed",
]


def pytest_configure() -> None:
    """A run that is told to end ends as after Ctrl-C: fixtures are torn down, so that nothing is left running."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    pytest.exit(f"ended by signal {number}", returncode=128 + number)
