"""Facts told upwards: the room where something happens says so, and does not know who listens.

Listeners are named in app.py, as jobs and letters are. They write in the caller's transaction, so that what they keep
is there exactly when the fact is.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, current_app

Fact = Mapping[str, Any]
"""What happened, in ids and codes: never a name, never an address."""

Listener = Callable[[str, int, Sequence[Fact]], None]

_KEY = "bonsoir-listeners"


def init_app(app: Flask, listeners: Sequence[Listener]) -> None:
    """Know who listens."""
    app.extensions[_KEY] = listeners


def tell(kind: str, event_id: int, happened: Sequence[Fact]) -> None:
    """Say that something of this kind ("ticket.issued") happened to an evening, once for each fact."""
    if happened:
        for listener in current_app.extensions.get(_KEY, ()):
            listener(kind, event_id, happened)
