"""The system, with a web server and a worker that can be told at which commit or call they die."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from events.core import jobs
from payments.webhooks import reconciling
from tests.support import evening, servers
from tests.support.evening import System

KILLING = Path(__file__).parent / "killing"
DEAD = -9


@dataclass
class Mortal:
    """The system whose web server and worker die when told, and start again."""

    system: System
    environment: dict[str, str]
    plan: Path
    _servers: ExitStack = field(default_factory=ExitStack)
    _process: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Start the web server, or start it again."""
        self._servers.close()
        log = self.system.server_log
        command = [sys.executable, "-m", "app", "serve", "--workers", "1", "--port", self.system.url.rpartition(":")[2]]
        self._process = self._servers.enter_context(servers.started(command, log, self.environment))
        servers.wait_for(f"{self.system.url}/healthz", self._process, log)

    def stop(self) -> None:
        """End the web server."""
        self._servers.close()

    def in_the_server(self, act: Callable[[], object], number: int, when: str) -> int | None:
        """Do something that the web server answers, or dies of; its exit code, None when it lives."""
        process = self._process
        assert process is not None
        with self._planned(number, when):
            try:
                act()
            except (OSError, EOFError):
                return process.wait(20)
        return process.poll()

    def in_the_worker(self, number: int, when: str) -> int:
        """Let a worker do what is due, or die of it; its exit code."""
        log = self.plan.with_suffix(".log")
        command = [sys.executable, "-m", "app", "work", "--once"]
        with self._planned(number, when), servers.started(command, log, self.environment) as process:
            return process.wait(60)

    def calls(self) -> list[str]:
        """What was told of the last act."""
        written = self.plan.with_suffix(".calls")
        return written.read_text(encoding="ascii").splitlines() if written.exists() else []

    def recover(self, meanwhile: Callable[[], None]) -> None:
        """Web server and worker again, leases of the dead run out, something happens, one reconcile."""
        if self._process is None or self._process.poll() is not None:
            self.serve()
        self.system.go_on(jobs.LEASE.total_seconds() + 60)
        self.system.work()
        meanwhile()
        with self.system.looking():
            reconciling.reconcile()
        self.system.work()

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
    """The system on a migrated, empty database; its web server is not started yet."""
    with evening.unserved(database_url, folder) as (system, environment):
        plan = folder / "death"
        paths = f"{KILLING}{os.pathsep}{environment['PYTHONPATH']}"
        made = Mortal(system, environment | {"PYTHONPATH": paths, "BONSOIR_DEATH": str(plan)}, plan)
        try:
            yield made
        finally:
            made.stop()
