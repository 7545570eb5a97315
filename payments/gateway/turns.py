"""Half of a web worker's threads may wait for Stripe at one time; the others go on with pages, webhooks and scans.

Nothing another process needs is kept here: whoever gets no turn leaves the call to the worker, by a row.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app

from events.core.web import THREADS

_EXTENSION = "bonsoir-turns"


def init_app(app: Flask) -> None:
    """One set of turns for each process that serves `app`."""
    app.extensions[_EXTENSION] = threading.BoundedSemaphore(max(1, THREADS // 2))


@contextmanager
def taken() -> Iterator[bool]:
    """Whether this request may ask Stripe now. It never waits for its turn."""
    turns = cast(threading.BoundedSemaphore, current_app.extensions[_EXTENSION])
    mine = turns.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            turns.release()
