"""The web server, and the worker that may stand beside it: processes forked from one that has loaded everything.

Server and worker end together. Whoever is told tells the other, and both finish what they have in hand. When the worker
dies, the server ends with exit 1, so that whoever minds the one service starts both anew; when the server is killed,
the worker sees that it is alone, and ends.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from functools import cache, partial
from multiprocessing import connection
from multiprocessing.context import ForkProcess

import click
from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from events.core import clock, logs, working
from events.core.starting import share_memory
from events.core.web import THREADS

Factory = Callable[[], Flask]
_TOLD_TO_END = {signal.SIGINT, signal.SIGTERM}
LOOK = 1.0
"""Seconds between two looks of the worker whether the web server still lives."""


class WebServer(MPServer):
    """The web server. Whoever works beside it is told to end at the moment when it begins to end."""

    def __init__(self, application: Factory, host: str, port: int, workers: int, json: bool) -> None:
        super().__init__(
            "app:create_app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            log_level=LogLevels.warning,
            log_dictconfig=logs.config() if json else None,
            workers_kill_timeout=20,
        )
        self._application = application
        self.beside: ForkProcess | None = None

    def run(self) -> None:
        """Answer until told to end. Raises SystemExit where one of its own processes has died."""
        if multiprocessing.get_start_method() == "forkserver":  # from Python 3.14 on: nothing would be in common
            multiprocessing.set_start_method("fork", force=True)
        self.serve(target_loader=partial(_loaded, self._application), wrap_loader=False)

    def _spawn_workers(self, *given: object) -> None:
        """With signals held back, until the new processes know what to do with them."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _TOLD_TO_END)
        try:
            super()._spawn_workers(*given)  # type: ignore[no-untyped-call]
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def shutdown(self, exit_code: int = 0) -> None:
        """Let requests under way be finished."""
        if self.beside:
            self.beside.terminate()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def _loaded(application: Factory) -> Flask:
    """The application, for a process that answers: it hears of the end from the server alone.

    Ctrl-C meets every process of the group; granian's, told twice in one moment, may stand still until they are killed
    after twenty seconds. So may one that is told too early: until now it has the server's own answer to signals, and
    they are held back.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    return application()


def shared(factory: Factory) -> Factory:
    """The application, made now and once: processes forked from this one have it, and all that is loaded, in common.

    It has opened no connection to the database by then, and nobody else may hold one.
    """
    application = partial(_made, factory)
    application()
    share_memory()
    return application


@cache
def _made(factory: Factory) -> Flask:
    return factory()


def serve_and_work(make: Callable[[], WebServer], application: Factory) -> None:
    """Run the web server, and the worker in a process of its own, until both have ended.

    The worker is forked before the server is made: it has nothing of its threads, sockets, logs and signals. Raises
    ClickException when the worker has died.
    """
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(application, os.getpid()))
    worker.start()
    try:
        server = make()
        server.beside = worker
        threading.Thread(target=_mind_the_worker, args=(worker, server), daemon=True).start()
        server.run()
    finally:
        worker.terminate()
        worker.join()
    if worker.exitcode not in (0, -signal.SIGTERM):
        raise click.ClickException(f"The worker has died ({worker.exitcode}), so the web server has ended, too.")


def _mind_the_worker(worker: ForkProcess, server: WebServer) -> None:
    connection.wait([worker.sentinel])
    server.signal_handler_interrupt()  # type: ignore[no-untyped-call]


def _work(application: Factory, parent: int) -> None:
    threading.Thread(target=_mind_the_parent, args=(parent,), daemon=True).start()
    working.work(application)


def _mind_the_parent(parent: int) -> None:
    while os.getppid() == parent:
        clock.pause(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)
