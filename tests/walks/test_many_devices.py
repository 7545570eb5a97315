"""Twenty phones at one real server, and a network that swallows every twentieth reply."""

import json
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app import create_app
from events.catalogue.models import Event
from events.core.db import db, transaction
from events.core.settings import ROOT
from events.door.models import Admission, Presence, Scan
from tests.events.door.conftest import new_code, seats, seed, settings
from tests.support import servers

Said = dict[str, Any]

DEVICES = 20
LOST = 0.05

pytestmark = pytest.mark.both_engines


@dataclass
class Hall:
    """A server with two workers, and the evening in its database."""

    port: int
    event_id: int

    def ask(self, name: str, body: object, token: str = "", *, lose: bool = False) -> Said | None:
        """The answer, or None when it was lost: sent and worked on, but nobody listened."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            line.request("POST", f"/door/api/{name}", json.dumps(body), headers)
            if lose:
                return None
            response = line.getresponse()
            said: Said = json.loads(response.read())
            assert response.status in (200, 201), said
            return said


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    port, log = servers.free_port(), tmp_path / "server.log"
    given = settings(database_url) | {"PUBLIC_URL": f"http://127.0.0.1:{port}", "BONSOIR_VAR": str(tmp_path / "var")}
    given |= {"MAIL_SERVER": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    app = create_app(given)
    with app.app_context():
        with transaction():
            event_id = seed().event_id
        command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
        with servers.started(command, log, given) as process:
            servers.wait_for(f"http://127.0.0.1:{port}/healthz", process.poll, log)
            yield Hall(port, event_id)
        db.session.remove()
        db.engine.dispose()


def guests(event_id: int, count: int) -> list[str]:
    with transaction() as session:
        event = session.get_one(Event, event_id)
        return [guest.ticket.code for number in range(count // 8) for guest in seats(event, f"Party {number}", 8)]


def stand_at_the_door(hall: Hall, code: str, mine: list[str], chance: random.Random) -> tuple[list[Any], int]:
    """One phone's evening: all its final answers, and how many replies were lost on the way."""
    paired, answers, lost = hall.ask("pair", {"code": code, "name": "Phone"}) or {}, [], 0
    for ticket in mine:
        scan = {"scans": [{"scan_id": str(uuid4()), "code": ticket}]}
        while (said := hall.ask("scans", scan, paired["token"], lose=chance.random() < LOST)) is None:
            lost += 1
        answers += said["results"]
    return answers, lost


@pytest.mark.parametrize("tickets", [400, pytest.param(2000, marks=pytest.mark.soak)])
def test_each_guest_comes_in_once_though_replies_are_lost(hall: Hall, tickets: int) -> None:
    codes = guests(hall.event_id, tickets)
    pairing = [new_code(hall.event_id, f"Door {number}") for number in range(DEVICES)]

    def one(number: int) -> tuple[list[Any], int]:
        chance = random.Random(number)  # noqa: S311  which replies are lost is the same in each run
        return stand_at_the_door(hall, pairing[number], codes[number::DEVICES], chance)

    with ThreadPoolExecutor(DEVICES) as pool:
        evenings = list(pool.map(one, range(DEVICES)))
    answers = [answer for answered, _ in evenings for answer in answered]
    assert sum(lost for _, lost in evenings) > tickets * LOST / 3
    assert [answer["reason"] for answer in answers] == [None] * len(codes)
    db.session.rollback()
    for rows in (Admission.id, Scan.id, Presence.scan_id):
        assert db.session.scalar(select(func.count(rows))) == len(codes)
    assert db.session.scalar(select(func.count(Admission.ticket_id.distinct()))) == len(codes)
