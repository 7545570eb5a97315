"""A mailbox for the demonstration and the tests: a real SMTP server that keeps what it gets, and pages to read it.

It delivers nothing and is no part of `bonsoir serve`. `python -m events.mail.catcher` runs it as a process of its own.
"""

import asyncio
import json
import logging
import signal
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import click
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import BaseWSGIServer, make_server

from events.core import clock
from events.mail.mailbox import Caught, make_app

HOST = "127.0.0.1"
LARGEST = 40_000_000
"""Bytes of one message: more than most servers take."""


@dataclass
class RunningCatcher:
    """Both servers at work. `messages` are what came, oldest first; `url` has no slash at its end."""

    smtp_port: int
    url: str
    messages: Sequence[Caught]
    _smtp: Controller = field(repr=False)
    _http: BaseWSGIServer = field(repr=False)
    _thread: threading.Thread = field(repr=False)

    def stop(self) -> None:
        """End both; returns when the ports are free."""
        self._smtp.stop()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def start(smtp_port: int = 0, http_port: int = 0, tls: ssl.SSLContext | None = None) -> RunningCatcher:
    """Start both servers on this machine only, each in a thread; port 0 takes a free one.

    With `tls` the mail server insists on STARTTLS. Raises OSError when a port is taken.
    """
    messages: list[Caught] = []
    smtp = _Controller(
        _Keeper(messages), hostname=HOST, port=smtp_port, tls_context=tls, require_starttls=tls is not None,
        enable_SMTPUTF8=True, data_size_limit=LARGEST, ident="Bonsoir mail catcher",
    )  # fmt: skip
    smtp.start()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    try:
        http = make_server(HOST, http_port, make_app(messages), threaded=True)
    except BaseException:
        smtp.stop()
        raise
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), name="mailbox", daemon=True)
    thread.start()
    return RunningCatcher(smtp.port, f"http://{HOST}:{http.server_port}", messages, smtp, http, thread)


class _Controller(Controller):
    """aiosmtpd's, which asks port 0 whether it is ready: here it learns first which port it was given."""

    def _trigger_server(self) -> None:
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _Keeper:
    """What aiosmtpd calls when a message has come."""

    def __init__(self, messages: list[Caught]) -> None:
        self.messages = messages

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        raw = envelope.original_content or b""
        number = len(self.messages) + 1
        self.messages.append(Caught(str(number), envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, clock.now()))
        return "250 Kept"


@click.command()
@click.option("--smtp-port", type=int, default=0, help="0 takes a free one.")
@click.option("--http-port", type=int, default=0, help="0 takes a free one.")
def main(smtp_port: int, http_port: int) -> None:
    """Catch letters until told to end (SIGINT, SIGTERM). The first line printed is JSON: smtp_port, http_port, url."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    running = start(smtp_port, http_port)
    ports: dict[str, Any] = {"smtp_port": running.smtp_port, "http_port": int(running.url.rpartition(":")[2])}
    click.echo(json.dumps(ports | {"url": running.url}))
    ended.wait()
    running.stop()


if __name__ == "__main__":
    main()
