"""Whoever runs a job for long says from time to time that it is alive, so that no other host takes the job over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

EVERY = 30.0
"""Seconds between two signs of life: a quarter of a lease, so that one may fail."""
AT_MOST = 240
"""Signs of life, two hours of them: after that, whoever hangs is followed by another."""


@contextmanager
def kept(renew: Callable[[], bool]) -> Iterator[None]:
    """Call `renew` again and again, in a thread and a context of its own, until the block ends or it returns False."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    over = Event()
    keeper = Thread(target=_keep, args=(app, renew, over), name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep(app: Flask, renew: Callable[[], bool], over: Event) -> None:
    for _time in range(AT_MOST):
        if over.wait(EVERY):
            return
        with suppress(SQLAlchemyError), app.app_context():  # a database that is away now may be there the next time
            if not renew():
                return
