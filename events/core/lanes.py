"""Jobs that spend their time waiting for somebody else run side by side, in a lane of their own beside all others.

So nobody's pay page waits for letters to be printed, nor for somebody else's call. One thread claims them, the kinds in
the order in which the application names them and each kind in its own order; each is leased as any job is: whoever dies
has taken nothing along.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.exc import DBAPIError, TimeoutError

from events.core import jobs
from events.core.db import db
from events.core.jobs import Handler, Lease

WIDTH = 8
"""Jobs at one time; with the two threads beside them they fit into the pool of connections."""
AT_MOST_OTHERS = WIDTH // 2
"""Of them such of any kind but the first, so that what nobody stands before leaves the machine to those who wait."""
NAPS = (0.05, 0.5)
"""Seconds until the next look: just after something was due, and while nothing is."""


def handlers(beside: bool) -> dict[str, Handler]:
    """The running application's jobs: those of the lane, or all others."""
    return {kind: handler for kind, handler in jobs.handlers().items() if (kind in jobs.beside()) == beside}


@contextmanager
def opened(app: Flask, stop: threading.Event) -> Iterator[None]:
    """The lane, as long as the context lasts. What breaks it sets `stop`, and is raised at the end."""
    with ThreadPoolExecutor(1, "lane") as one:
        lane = one.submit(_run, app, stop)
        try:
            yield
        finally:
            stop.set()
            lane.result()


def _run(app: Flask, stop: threading.Event) -> None:
    free, others, nap = threading.Semaphore(WIDTH), threading.Semaphore(AT_MOST_OTHERS), NAPS[-1]
    try:
        with ThreadPoolExecutor(WIDTH, "beside") as pool, app.app_context():
            mine = handlers(beside=True)
            kinds = [kind for kind in jobs.beside() if kind in mine]
            while not stop.is_set():
                free.acquire()
                if (lease := _claim(kinds, others)) is not None:
                    held = [free] if lease.kind == kinds[0] else [free, others]
                    pool.submit(_do, app, lease, mine[lease.kind], held)
                    nap = NAPS[0]
                else:
                    free.release()
                    stop.wait(nap)
                    nap = min(nap * 2, NAPS[-1])
    finally:
        stop.set()


def _claim(kinds: Sequence[str], others: threading.Semaphore) -> Lease | None:
    """The next job, of the first kind if one is due; none while the database is away, which is others' business.

    A job of another kind holds one of `others` until it is done.
    """
    lease = _due(*kinds[:1])
    if lease is None and len(kinds) > 1 and others.acquire(blocking=False):
        lease = _due(*kinds[1:])
        if lease is None:
            others.release()
    return lease


def _due(*kinds: str) -> Lease | None:
    try:
        return jobs.claim(kinds)
    except (DBAPIError, TimeoutError):  # of the database, and of the pool
        db.session.remove()
        return None


def _do(app: Flask, lease: Lease, handler: Handler, held: Sequence[threading.Semaphore]) -> None:
    try:
        with app.app_context():
            jobs.run(lease, handler)
    finally:
        for one in held:
            one.release()
