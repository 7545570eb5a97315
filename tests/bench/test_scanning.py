"""The scan address against a bare Flask handler: one UPDATE ... RETURNING and one INSERT. `make bench` prints it.

Both on the same engine, each behind a web server of the same shape (granian, two workers of four blocking threads), in
turns, so that whatever else the machine does meets both. Then 100 requests a second on each, for the slowest answers.
"""

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from events.catalogue.models import Event
from events.core.db import db, transaction
from events.door import pairing
from events.tickets.models import Ticket
from tests.bench import bare
from tests.bench.driving import RATE, Side, flat_out, paced, said, serve, serve_product
from tests.events.door.conftest import seats, seed, settings
from tests.support.servers import free_port

PARTIES, OF = 8000, 4  # enough for the seconds below at three thousand answers a second
ROUNDS, SECONDS = 5, 1.5
TARGET = 0.6


def fill(app: Flask) -> tuple[list[str], str]:
    """A great many guests, and a phone; the codes and its token."""
    with app.app_context():
        with transaction() as session:
            event = session.get_one(Event, seed().event_id)
            guests = [guest for number in range(PARTIES) for guest in seats(event, f"Guest {number}", OF)]
            for number, guest in enumerate(guests):
                guest.table_name = str(number // 8)
            code = pairing.new_code(event.id, "Door A", None)
        with transaction() as session:
            paired = pairing.pair(code, "A phone", "127.0.0.1")
            session.execute(text(bare.TABLES[0]))
            session.execute(text(bare.TABLES[1]))
            session.execute(text("INSERT INTO bare_ticket (code, inside) SELECT code, 0 FROM ticket"))
        codes = list(db.session.scalars(select(Ticket.code).where(Ticket.event_id == event.id).order_by(Ticket.id)))
        db.session.remove()
        db.engine.dispose()
        assert paired
        return codes, paired.token


def scans(codes: Sequence[str]) -> Iterator[bytes]:
    """A request for each code; a list's iterator may be shared by threads."""
    ones = ({"scan_id": str(uuid4()), "code": code, "at": "2026-11-21T12:00:00+00:00"} for code in codes)
    return iter([json.dumps({"scans": [one]}).encode() for one in ones])


@contextmanager
def both(database_url: str, folder: Path) -> Iterator[tuple[Side, Side]]:
    """The product and the bare handler, each behind its server, on one database."""
    ours, theirs = free_port(), free_port()
    values = settings(database_url) | {"PUBLIC_URL": f"http://127.0.0.1:{ours}"}
    codes, token = fill(create_app(values))
    with ExitStack() as stack:
        serve_product(stack, ours, folder / "ours.log", values)
        serve(stack, "tests.bench.bare:create_app", theirs, folder / "bare.log", values)
        json_ = {"Content-Type": "application/json"}
        yield (
            Side("door", ours, "/door/api/scans", json_ | {"Authorization": f"Bearer {token}"}, scans(codes)),
            Side("bare", theirs, "/scan", json_, scans(codes)),
        )


@pytest.mark.both_engines
def test_scan_address_against_a_bare_handler(database_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    engine = database_url.split(":")[0].split("+")[0]
    with both(database_url, tmp_path) as (door, bare_):
        for side in (door, bare_):
            flat_out(side, 1.0)  # both have met every statement once
        rounds = [(flat_out(door, SECONDS), flat_out(bare_, SECONDS)) for _ in range(ROUNDS)]
        at_pace = {side.name: paced(side) for side in (bare_, door)}
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    print(f"\n{engine}: scans a second, door against bare handler, {ROUNDS} rounds in turns of {SECONDS:.0f} s")
    for ours, theirs in rounds:
        print(f"  door {ours:6.0f}   bare {theirs:6.0f}   ratio {ours / theirs:.2f}")
    print(f"  median ratio {ratio:.2f} (wanted: {TARGET})")
    ours, theirs = (statistics.median(found) for found in zip(*rounds, strict=True))
    note("scan", ours, "/s", engine=engine, reference=theirs, against="UPDATE, INSERT", at_least=TARGET)
    for name, times in at_pace.items():
        print(f"  {name} at {RATE} a second: {said(times)}")
