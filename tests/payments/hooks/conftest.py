"""A receiver on this machine that remembers what it was told, and answers as it is asked to."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import jobs
from events.core.db import db, transaction
from payments.hooks import delivering, endpoints, telling
from payments.hooks.kinds import KINDS
from payments.hooks.models import Delivery


@dataclass
class Receiver:
    """What arrived: headers and body. `answers` are the next statuses; then it says 204."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        """Kind and data of each message."""
        told = [json.loads(body) for _headers, body in self.heard]
        return [(one["type"], one["data"]) for one in told]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(known.answers.pop(0) if known.answers else 204)
            for name, value in known.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}/told?by=bonsoir"
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


Told = Callable[..., int]


@pytest.fixture
def told(house: Flask, receiver: Receiver) -> Told:
    """Let the receiver hear of an organisation's facts: `told(world.organisation_id)`; the endpoint's id."""

    def tell(organisation_id: int, event_id: int | None = None, kinds: tuple[str, ...] = tuple(KINDS)) -> int:
        with transaction():
            return endpoints.add(organisation_id, event_id, receiver.url, kinds, "account:1").id

    return tell


def work() -> int:
    """Run what is due; how many jobs."""
    return jobs.run_due({telling.JOB: delivering.deliver}, 50)


def deliveries() -> list[Delivery]:
    """Every message as it stands."""
    db.session.rollback()
    query = select(Delivery).order_by(Delivery.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


DAY = timedelta(days=1)
