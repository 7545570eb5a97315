"""The dinner with its tables, as the seating's tests know it."""

from tests.events.seating.conftest import staff

__all__ = ["staff"]
