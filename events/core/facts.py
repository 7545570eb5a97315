"""Facts told upwards: the room where something happens says so, and does not know who listens.

Listeners are named in app.py, as jobs and letters are. They write in the caller's transaction, so that what they keep
is there exactly when the fact is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from flask import Flask, current_app
from sqlalchemy import ColumnElement, or_

Fact = Mapping[str, Any]
"""What happened, in ids and codes: never a name, never an address."""


class Listener(Protocol):
    """Somebody further up who hears of facts. A module with these two functions is one."""

    def hears(self, event_id: ColumnElement[int], organisation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition "somebody wants to know of this evening", for a query that asks more."""

    def listen(self, kind: str, event_id: int, happened: Sequence[Fact]) -> None:
        """Hear of what happened, in the transaction in which it happens."""


_KEY = "bonsoir-listeners"


def init_app(app: Flask, listeners: Sequence[Listener]) -> None:
    """Know who listens."""
    app.extensions[_KEY] = listeners


def heard(event_id: ColumnElement[int], organisation_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition "anybody listens to this evening": who asks so much anyway need not tell what nobody hears."""
    return or_(*(listener.hears(event_id, organisation_id) for listener in current_app.extensions[_KEY]))


def tell(kind: str, event_id: int, happened: Sequence[Fact]) -> None:
    """Say that something of this kind ("ticket.issued") happened to an evening, once for each fact."""
    if happened:
        for listener in current_app.extensions.get(_KEY, ()):
            listener.listen(kind, event_id, happened)
