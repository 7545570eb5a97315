"""What is measured keeps its promises: the tests' PostgreSQL, which forgets all in a power cut, would flatter."""

import gc
from collections.abc import Iterator

import pytest

from events.core import engines
from tests.support import postgres, sharing


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL as it is delivered: an answered commit is on the disk."""
    with postgres.running(postgres.AS_DELIVERED) as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def as_delivered() -> Iterator[None]:
    """SQLite as the product has it, which waits for the disk, and a collector of garbage that is spared nothing."""
    gc.unfreeze()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "_PRAGMAS", sharing.PRAGMAS)
        yield
