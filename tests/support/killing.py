"""A way to die, outside the product: programs of ours that end, as by `kill -9`, at a commit or call that is named.

While the file that is their plan is there, every commit and every call of a provider is written down beside it
(`<plan>.calls`, a line each); where the plan says `<number> before` or `<number> after`, the program and its whole
process group are killed just before or after the call with that number.

The programs are forked from a server that has imported the application once: starting afresh costs a tenth of a second
and not two, so that thousands can die.
"""

import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from smtplib import SMTP
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from sqlalchemy.orm import Session

from app import cli

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


def start(command: Sequence[str], plan: Path, log: Path, environment: Mapping[str, str]) -> BaseProcess:
    """`bonsoir <command>`, watched, in a process group of its own; its output goes to `log`."""
    process = _FORKS.Process(target=_live, args=(list(command), plan, log, dict(environment)))
    process.start()
    return process


def end(process: BaseProcess) -> None:
    """Politely if it still lives, then whatever is left of its group."""
    if process.exitcode is None:
        process.terminate()
        process.join(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()


@contextmanager
def alive(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path | None = None
) -> Iterator[BaseProcess]:
    """`bonsoir <command>`, with no plan to die, as long as the block lasts; its output in `log`, or in the folder."""
    process = start(command, folder / "no-plan", log or folder / f"{command[0]}.log", environment)
    try:
        yield process
    finally:
        end(process)


def _live(command: list[str], plan: Path, log: Path, environment: dict[str, str]) -> None:
    """What the forked process does with its life."""
    os.setsid()
    with log.open("wb") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.environ.update(environment)
    warnings.simplefilter("error")
    multiprocessing.set_start_method("fork", force=True)  # the web server's own processes are watched as well
    Session.commit = _watched(plan, Session.commit, lambda *_: "commit")  # type: ignore[method-assign]
    HTTPAdapter.send = _watched(plan, HTTPAdapter.send, _request)  # type: ignore[method-assign]
    SMTP.sendmail = _watched(plan, SMTP.sendmail, lambda *_: "letter")  # type: ignore[method-assign]
    cli(command, prog_name="bonsoir")


def _watched(plan: Path, call: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
    """The call, told of, and perhaps the last thing that is ever done or never done."""

    def instead(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        if not plan.exists():
            return call(*args, **named)
        number, _, when = plan.read_text(encoding="ascii").partition(" ")
        here = _told(plan, name(*args)) == int(number)
        if here and when == "before":
            _die()
        answer = call(*args, **named)
        if here:
            _die()
        return answer

    return instead


def _told(plan: Path, name: str) -> int:
    """Write the call down; its number, from 1."""
    calls = plan.with_suffix(".calls")
    with calls.open("a", encoding="ascii") as file:
        file.write(f"{name}\n")
    return calls.read_text(encoding="ascii").count("\n")


def _die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)
    time.sleep(60)  # a signal to the whole group may take a moment to reach its sender; nothing more is done


def _request(_adapter: HTTPAdapter, request: PreparedRequest, *_rest: object) -> str:
    """`GET checkout/sessions/*`: without the ids, which are long or carry digits."""
    parts = str(request.path_url).partition("?")[0].removeprefix("/v1/").split("/")
    return f"{request.method} {'/'.join('*' if '_' in part and len(part) > 20 else part for part in parts)}"
