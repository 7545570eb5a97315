"""The dinner with its tables, as the seating's tests know it."""

from tests.events.seating.conftest import app, staff

__all__ = ["app", "staff"]
