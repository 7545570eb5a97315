"""A system whose web server a test may end and start again, cheaply: it is forked from one that has imported it all."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy.orm import close_all_sessions

from events.core.db import db
from tests.support import killing, servers
from tests.support.evening import System, unserved

Environment = dict[str, str]


@contextmanager
def arranged(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[System, Environment]]:
    """The system without its web server, on the same clock as the test, and the environment of its programs."""
    with unserved(url, folder) as (system, environment):
        monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(system.clock_file))
        yield system, environment
        close_all_sessions()


@contextmanager
def served(system: System, environment: Environment, folder: Path) -> Iterator[BaseProcess]:
    """A web server at the system's address, whatever its public one; it has told of no fault of ours when it ends."""
    command = ["serve", "--workers", "1", "--port", system.url.rpartition(":")[2]]
    with killing.alive(command, folder, environment, system.server_log) as process:
        servers.wait_for(f"{system.url}/healthz", lambda: process.exitcode, system.server_log)
        yield process
    said = system.server_log.read_text(errors="replace")
    assert "Traceback" not in said, said


def let_go(system: System) -> None:
    """Close this process's own connections: the database is about to go, or was cut off."""
    with system.looking():
        db.session.remove()
        db.engine.dispose()
