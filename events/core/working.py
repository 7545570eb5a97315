"""The worker: it does whatever is due, one job after the other and some beside them, until it is told to end."""

import signal
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from events.core import away, jobs, lanes, set_back
from events.core.db import db, transaction

AGAIN = 2.0
"""Seconds until a worker tries again whether the database can be used."""


def work(factory: Callable[[], Flask], once: bool = False) -> None:
    """Do jobs until SIGTERM or SIGINT, the one in hand to its end; `once`: what is due now, and no more."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    app = factory()
    with app.app_context():
        _patiently(_begin, stop, once)
        if once:
            while jobs.run_due(jobs.handlers()) and not stop.is_set():
                pass
            return
        with lanes.opened(app, stop):
            while not stop.is_set():
                if not _patiently(_turn, stop, once):
                    stop.wait(0.5)


def _begin() -> int:
    with transaction():
        jobs.keep_going()
    return 1


def _turn() -> int:
    return jobs.run_due(lanes.handlers(beside=False)) or set_back.bring_forward()


def _patiently(act: Callable[[], int], stop: threading.Event, once: bool) -> int:
    """Do it, waiting while database or disk cannot be used, until told to end (then 0); `once` waits for nothing."""
    while not stop.is_set():
        try:
            return act()
        except (SQLAlchemyError, OSError) as error:
            if once or not away.is_passing(error):
                raise
            db.session.remove()
            away.warn(error, "waiting")
            stop.wait(AGAIN)
    return 0
