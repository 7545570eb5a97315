"""A PostgreSQL of a test's own, that can be stopped, started again, and held still."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support import postgres


class Cluster:
    """One server on one folder; its databases outlive it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binaries, self._user = postgres.prepared(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> postgres.Server:
        """Begin to answer. What is committed survives a crash of the program, though not of the machine."""
        settings = {**postgres.QUICK, "synchronous_commit": "on"}
        self._process = postgres.start(self._binaries, self._user, self._folder, settings)
        return postgres.answering(self._process, self._folder)

    def stop(self, *, crash: bool = False) -> None:
        """End: every connection is cut. With `crash` nothing is written to the end, as in a power cut."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            self._process.wait(30)

    def hold(self) -> None:
        """Stand still: connections stay, and nobody answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """As if nothing had been."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        for process in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):  # a connection's, that has just ended
                os.kill(process, number)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A new cluster, not yet started; gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="bonsoir-pg-"))
    try:
        made = Cluster(folder)
        try:
            yield made
        finally:
            if made._process is not None:
                made.go_on()
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _children(parent: int) -> list[int]:
    """Processes that a process has started."""
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]
