"""Who stands at the desk in tests of money."""

import pytest

from tests.support.desk import Treasurer
from tests.support.evening import Evening, System


@pytest.fixture
def treasurer(system: System, evening: Evening) -> Treasurer:
    """Whoever keeps the money of the test's evening."""
    return Treasurer(system, evening)
