"""A worker in a process of its own: `python -m tests.support.rival DATABASE_URL FILE NAME` notes what it runs."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from events.core import jobs
from events.core.db import db, end_reading
from tests.support.staff import make_app

MEETING = 10.0
"""Seconds to wait for the other one, so that both are there when the work begins."""


def main(database_url: str, noted: Path, name: str) -> None:
    """Run what is due until nothing is left."""
    app = make_app(database_url)
    noted.with_suffix(f".{name}").touch()
    deadline = time.monotonic() + MEETING
    while len(list(noted.parent.glob(f"{noted.name}.*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.005)

    def note(args: Mapping[str, Any]) -> None:
        line = os.open(noted, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(line, f"{args['number']} {name}\n".encode())
        os.close(line)
        time.sleep(0.002)

    with app.app_context():
        while any_left():
            jobs.run_due({"noop": note}, limit=1)
        db.session.remove()
        db.engine.dispose()


def any_left() -> bool:
    """Whether a job waits, or the other one has one in hand."""
    left = db.session.scalar(select(jobs.Job.id).where(jobs.Job.status != "done").limit(1)) is not None
    end_reading()
    return left


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
