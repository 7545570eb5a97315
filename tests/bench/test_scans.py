"""The scan address against one committed UPDATE ... RETURNING; test_scanning.py adds an INSERT to that."""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path

import pytest

from app import create_app
from events.core.db import db
from tests.bench import bare, test_scanning
from tests.bench.driving import Side, in_turns, serve, serve_product
from tests.events.door.conftest import settings
from tests.support.servers import free_port

ROUNDS, SECONDS = 5, 1.5
PARTIES = 9_000  # of four: enough for these seconds at 4,000 answers a second


@pytest.mark.both_engines
def test_scans(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: Callable[..., None]) -> None:
    monkeypatch.setattr(test_scanning, "PARTIES", PARTIES)
    engine = database_url.split(":")[0].split("+")[0]
    ours, theirs = free_port(), free_port()
    values = settings(database_url) | {"PUBLIC_URL": f"http://127.0.0.1:{ours}"}
    app = create_app(values)
    codes, token = test_scanning.fill(app)
    with app.app_context():
        bare.lay_out(db.engine)
        db.engine.dispose()
    with ExitStack() as stack:
        serve_product(stack, ours, tmp_path / "ours.log", values)
        serve(stack, "tests.bench.bare:create_app", theirs, tmp_path / "bare.log", values)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        scans = Side("scan", ours, "/door/api/scans", headers, test_scanning.scans(codes))
        takes = Side("take", theirs, f"/take/{bare.ROWS}", {}, repeat(b""), says=b"taken")
        rate = {name: statistics.median(found) for name, found in in_turns((scans, takes), ROUNDS, SECONDS).items()}
    note("scan", rate["scan"], "/s", engine=engine, reference=rate["take"], against="(c) UPDATE", at_least=0.6)
