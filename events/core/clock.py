"""The only place that reads the time.

`BONSOIR_CLOCK_FILE` names a file holding an offset in seconds: tests move the clock of the web server, the worker and
the stand-in together by writing to it. Without it the clock is the machine's.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now(moved_by: str | None = None) -> datetime:
    """The present moment, aware, in UTC. `moved_by`: the clock file of whoever does not follow the process's own."""
    return datetime.now(UTC) + timedelta(seconds=_offset(moved_by or os.environ.get("BONSOIR_CLOCK_FILE")))


def monotonic() -> float:
    """Seconds on a clock that never goes back, for measuring how long something took."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Sleep. Here, so that whoever waits is found in one place."""
    time.sleep(seconds)


def _offset(name: str | None) -> float:
    if not name:
        return 0.0
    try:
        return float(Path(name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0
