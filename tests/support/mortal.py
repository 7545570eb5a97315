"""The system, with a web server and a worker that can be told at which commit or call they die."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from events.core import jobs
from payments.webhooks import reconciling
from tests.support import evening, killing, servers
from tests.support.evening import System

DEAD = -9


@dataclass
class Mortal:
    """The system whose web server and worker die when told, and start again."""

    system: System
    environment: dict[str, str]
    plan: Path
    _server: BaseProcess | None = None

    def serve(self) -> None:
        """Start the web server, or start it again."""
        self.stop()
        log = self.system.server_log
        command = ["serve", "--workers", "1", "--port", self.system.url.rpartition(":")[2]]
        process = self._server = killing.start(command, self.plan, log, self.environment)
        servers.wait_for(f"{self.system.url}/healthz", lambda: process.exitcode, log)

    def stop(self) -> None:
        """End the web server."""
        if self._server is not None:
            killing.end(self._server)

    def in_the_server(self, act: Callable[[], object], number: int, when: str) -> int | None:
        """Do something that the web server answers, or dies of; its exit code, None when it lives."""
        process = self._server
        assert process is not None
        with self._planned(number, when):
            try:
                act()
            except (OSError, EOFError):
                process.join(20)
        return process.exitcode

    def in_the_worker(self, number: int, when: str) -> int | None:
        """Let a worker do what is due, or die of it; its exit code."""
        with self._planned(number, when):
            process = killing.start(["work", "--once"], self.plan, self.plan.with_suffix(".log"), self.environment)
            process.join(60)
            killing.end(process)
        return process.exitcode

    def calls(self) -> list[str]:
        """What was told of the last act."""
        written = self.plan.with_suffix(".calls")
        return written.read_text(encoding="ascii").splitlines() if written.exists() else []

    def recover(self, meanwhile: Callable[[], None]) -> None:
        """Web server and worker again, leases of the dead run out, something happens, one reconcile."""
        if self._ended:
            self.serve()
        self.system.go_on(jobs.LEASE.total_seconds() + 60)
        self.system.work()
        meanwhile()
        with self.system.looking():
            reconciling.reconcile()
        self.system.work()

    @property
    def _ended(self) -> bool:
        return self._server is None or self._server.exitcode is not None

    @contextmanager
    def _planned(self, number: int, when: str) -> Iterator[None]:
        self.plan.with_suffix(".calls").unlink(missing_ok=True)
        self.plan.write_text(f"{number} {when}", encoding="ascii")
        try:
            yield
        finally:
            self.plan.unlink()


@contextmanager
def mortal(database_url: str, folder: Path) -> Iterator[Mortal]:
    """The system on a migrated, empty database; Stripe's events are lost until somebody rings."""
    with evening.unserved(database_url, folder) as (system, environment):
        made = Mortal(system, environment, folder / "death")
        system.standin.control("faults", events={"hold": True})
        try:
            made.serve()
            yield made
        finally:
            made.stop()
