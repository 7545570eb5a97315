"""`bonsoir serve --work`: web server and worker as one service, which begins, ends and dies as one."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from events.mail import catcher
from tests.support import killing, servers
from tests.support.evening import System, open_evening
from tests.support.serving import arranged
from tests.support.shopping import Shop

SOON = 10
"""Seconds, on a busy machine."""


Running = tuple[System, BaseProcess]


@pytest.fixture
def running(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The whole system, as one service."""
    with arranged(sqlite_url, tmp_path, monkeypatch) as (made, environment):
        command = ["serve", "--work", "--workers", "1", "--port", made.url.rpartition(":")[2]]
        with killing.alive(command, tmp_path, environment, made.server_log) as service:
            servers.wait_for(f"{made.url}/healthz", lambda: service.exitcode, made.server_log)
            yield made, service


def worker_of(service: BaseProcess) -> int:
    """The worker's process: the first that was forked."""
    worker, _web = servers.children(service.pid or 0)
    return worker


def holds_the_database(pid: int | None) -> bool:
    """Whether the process has the file of the database open."""
    return any("bonsoir.sqlite" in str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir())


def lives(pid: int) -> bool:
    """Whether the process is there, and not only its name."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def comes_true(happens: Callable[[], bool]) -> bool:
    """Whether it does, soon."""
    end = time.monotonic() + SOON
    while not happens() and time.monotonic() < end:
        time.sleep(0.05)
    return happens()


def as_systemd_does(service: BaseProcess) -> None:
    """The service alone is told."""
    service.terminate()


def as_ctrl_c_does(service: BaseProcess) -> None:
    """A terminal tells every process of the group."""
    os.killpg(service.pid or 0, signal.SIGINT)


@pytest.mark.parametrize("tell", [as_systemd_does, as_ctrl_c_does])
def test_told_to_end_both_finish_what_they_have_in_hand(
    running: Running, tell: Callable[[BaseProcess], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, service = running
    worker, under_way, keep = worker_of(service), threading.Event(), catcher._Keeper.handle_DATA

    async def slowly(self: catcher._Keeper, *given: Any) -> str:  # noqa: ANN401 - what aiosmtpd gives
        under_way.set()
        await asyncio.sleep(1)
        return await keep(self, *given)

    monkeypatch.setattr(catcher._Keeper, "handle_DATA", slowly)
    bought = Shop(made, open_evening(made)).buy()
    bought.pay()
    assert under_way.wait(SOON)
    assert (holds_the_database(worker), holds_the_database(service.pid)) == (True, False)
    tell(service)
    service.join(SOON)
    assert (service.exitcode, lives(worker)) == (0, False)
    assert len(made.letters_to(bought.email)) == 1
    assert bought.seen().status == "paid"
    made.settle_up()
    assert made.violations() == []
    assert "Traceback" not in made.server_log.read_text(errors="replace")


def test_worker_that_dies_takes_the_server_along(running: Running) -> None:
    made, service = running
    os.kill(worker_of(service), signal.SIGKILL)
    service.join(SOON)
    assert service.exitcode == 1
    said = made.server_log.read_text(errors="replace")
    assert ("The worker has died (-9)" in said, "Traceback" in said) == (True, False)


def test_worker_whose_server_was_killed_ends(running: Running) -> None:
    _made, service = running
    worker = worker_of(service)
    os.kill(service.pid or 0, signal.SIGKILL)
    assert comes_true(lambda: not lives(worker))
