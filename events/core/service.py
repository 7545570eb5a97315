"""Flask's application as this service has it."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Service(Flask):
    """A Flask application without asynchronous functions."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is. Flask looks into every one it calls, a dozen with each request, for one that is."""
        return func
