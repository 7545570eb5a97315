"""`--in-memory`: what tests write, PostgreSQL's clusters first of all, stays in memory where there is room.

A clone of the migrated database is 900 files: half a second on a disk, a fiftieth of one in memory. Not for bench and
soak, which are about disks too.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108  the folder within is this run's own
ROOM = 4 << 30
"""Bytes. A run takes a fraction of it."""
_MADE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--in-memory", action="store_true", help="tests write to memory, where the machine has room")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before anybody asks for a temporary folder; the run's workers inherit it."""
    if config.option.in_memory and not hasattr(config, "workerinput") and _has_room():
        config.stash[_MADE] = os.environ["TMPDIR"] = tempfile.tempdir = tempfile.mkdtemp(prefix="bonsoir-", dir=MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if made := config.stash.get(_MADE, ""):
        shutil.rmtree(made, ignore_errors=True)


def _has_room() -> bool:
    try:
        found = os.statvfs(MEMORY)
    except OSError:  # not Linux
        return False
    return found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK)
