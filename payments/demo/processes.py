"""The demonstration's servers: each a process of its own, started and ended by its id, on this machine only."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from events.core import clock
from events.core.settings import ROOT

PATIENCE = 60.0
"""Seconds until a server that does not answer counts as failed."""


class DidNotStart(Exception):
    """A server ended, or did not answer in time; the message says which and where its words are."""


class Processes:
    """Children that end with us."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
        """Start `python -m ...`; returns its first line when it prints one to say that it is ready, else nothing."""
        with (self._logs / f"{name}.log").open("w", encoding="utf-8") as log:
            child = subprocess.Popen(  # noqa: S603 - our own modules, with arguments of our own
                [sys.executable, "-m", *arguments],
                cwd=ROOT,
                env=dict(os.environ) | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if name in SPEAKING else log,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C reaches us alone, and we end them in order
            )
        self._children[name] = child
        if name not in SPEAKING:
            return ""
        line = cast(IO[str], child.stdout).readline().strip()
        if not line:
            raise DidNotStart(f"The {name} did not start: see {self._logs / name}.log.")
        return line

    def wait_until(self, ready: Callable[[], bool], name: str) -> None:
        """Wait for a server's first answer."""
        end = clock.monotonic() + PATIENCE
        while not ready():
            if self.ended() or clock.monotonic() > end:
                raise DidNotStart(f"The {name} did not start: see {self._logs / name}.log.")
            clock.pause(0.05)

    def ended(self) -> list[str]:
        """Names of children that are no more."""
        return [name for name, child in self._children.items() if child.poll() is not None]

    def stop(self) -> None:
        """End all, the newest first; whoever does not listen is killed."""
        for child in reversed(self._children.values()):
            _signal(child, signal.SIGTERM)
        for child in self._children.values():
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.wait(5)
            if child.stdout is not None:
                child.stdout.close()


SPEAKING = ("stand-in", "mailbox")
"""Those that say their address on their first line."""


def _signal(child: subprocess.Popen[str], number: int) -> None:
    """To the child's whole group: the web server has workers of its own."""
    if child.poll() is None:
        os.killpg(child.pid, number) if number == signal.SIGKILL else child.send_signal(number)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server may be started there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(address: str, host: str) -> bool:
    """Whether a server says 200 there when it is called by the name `host`."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path, headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def mail_ports(line: str) -> tuple[int, str]:
    """SMTP port and page of the mailbox, from its first line."""
    told = json.loads(line)
    return int(told["smtp_port"]), str(told["url"])
