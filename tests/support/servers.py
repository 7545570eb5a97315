"""Programs that tests start: each in a process group of its own, on a free port, and ended with nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

KEPT = 100
"""So many of the ports given out last are kept: more than a test has servers, fewer than a process may have files."""

_kept: deque[int] = deque()

BONSOIR = str(Path(sys.executable).parent / "bonsoir")
"""The console command of the environment the tests run in."""


@contextmanager
def answering(app: Flask, port: int) -> Iterator[None]:
    """The application in this process behind a real address, for browsers."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free, and that the system gives to nobody else but to who asks for it by number.

    A probe that is closed gives the port away again at once: any client's connection may be given it as its own
    before the server binds it. One that stays bound, and never listens, is stepped round by the system; a server
    that allows an address to be used again, as all of ours do, binds beside it.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    kept.bind(("127.0.0.1", 0))
    port: int = kept.getsockname()[1]
    _kept.append(kept.detach())
    if len(_kept) > KEPT:
        os.close(_kept.popleft())
    return port


@contextmanager
def started(
    command: Sequence[str], log: Path, settings: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, its output going to `log`; at the end told to stop, and its group with it if it does not."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(settings or {})},
            cwd=folder,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], seconds: float = 20) -> int:
    """End the program politely, then its whole group by force; its exit code."""
    if process.poll() is None:
        process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def children(pid: int) -> list[int]:
    """The processes that the main thread of a process has started, and that live; oldest first."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def wait_for(url: str, exit_code: Callable[[], int | None], log: Path, seconds: float = 60) -> None:
    """Return once `url` answers anything below 500. Raises RuntimeError with the end of the log, early at an exit."""
    deadline = time.monotonic() + seconds
    while exit_code() is None and time.monotonic() < deadline:
        if _answers(url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer; the program says:\n{log.read_text(errors='replace')[-4000:]}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  only addresses that tests made
            return int(response.status) < 500
    except urllib.error.HTTPError as error:
        with error:
            return error.code < 500
    except OSError:
        return False
