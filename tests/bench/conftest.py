"""What is measured keeps its promises: the tests' PostgreSQL, which forgets all in a power cut, would flatter."""

from collections.abc import Iterator

import pytest

from tests.support import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL as it is delivered: an answered commit is on the disk."""
    with postgres.running(postgres.AS_DELIVERED) as server:
        yield server
