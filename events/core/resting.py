"""Kinds of jobs that this process leaves alone for a while, because whom they speak to gives no answer.

Otherwise one mail server that hangs would hold up payments behind a queue of letters. Kept in the process: another
worker finds out by itself, and nobody needs to know.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import current_app

from events.core import clock

REST = timedelta(seconds=15)


class Unreachable(Exception):  # noqa: N818 - the world's fault
    """Raised by a handler `from` what it met, when whom it speaks to gives no answer. Tried again for ever."""


def met(kind: str, error: Exception) -> Exception:
    """What a handler really met; where that was silence, its kind rests."""
    if isinstance(error, Unreachable) and isinstance(error.__cause__, Exception):
        rest(kind)
        return error.__cause__
    return error


def rest(kind: str) -> None:
    """Leave the kind alone from now on, for REST."""
    _since()[kind] = clock.now()


def awake(kinds: Iterable[str]) -> tuple[str, ...]:
    """Those that do not rest. A clock that is set back wakes all."""
    since, moment = _since(), clock.now()
    return tuple(kind for kind in kinds if kind not in since or not since[kind] <= moment < since[kind] + REST)


def _since() -> dict[str, datetime]:
    since: dict[str, datetime] = current_app.extensions.setdefault("bonsoir-resting", {})
    return since
