"""Python loads this at the start of a child whose PYTHONPATH names this folder: a way to die, outside the product.

While the file that `BONSOIR_DEATH` names is there, every commit and every call of a provider is written down beside it
(`<file>.calls`, a line each); where the file says `<number> before` or `<number> after`, the child and its whole
process group are killed, as by `kill -9`, just before or after the call with that number.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from smtplib import SMTP
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from sqlalchemy.orm import Session

PLAN = Path(os.environ["BONSOIR_DEATH"])


def watched(call: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
    """The call, told of, and perhaps the last thing that is ever done or never done."""

    def instead(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
        if not PLAN.exists():
            return call(*args, **named)
        number, _, when = PLAN.read_text(encoding="ascii").partition(" ")
        here = _told(name(*args)) == int(number)
        if here and when == "before":
            _die()
        answer = call(*args, **named)
        if here:
            _die()
        return answer

    return instead


def _told(name: str) -> int:
    """Write the call down; its number, from 1."""
    calls = PLAN.with_suffix(".calls")
    with calls.open("a", encoding="ascii") as file:
        file.write(f"{name}\n")
    return calls.read_text(encoding="ascii").count("\n")


def _die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _request(_adapter: HTTPAdapter, request: PreparedRequest, *_rest: object) -> str:
    """`GET checkout/sessions/*`: without the ids, which are long or carry digits."""
    parts = str(request.path_url).partition("?")[0].removeprefix("/v1/").split("/")
    return f"{request.method} {'/'.join('*' if '_' in part and len(part) > 20 else part for part in parts)}"


Session.commit = watched(Session.commit, lambda *_: "commit")  # type: ignore[method-assign]
HTTPAdapter.send = watched(HTTPAdapter.send, _request)  # type: ignore[method-assign]
SMTP.sendmail = watched(SMTP.sendmail, lambda *_: "letter")  # type: ignore[method-assign]
