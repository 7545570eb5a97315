"""The clock that tests move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.core import clock


def test_now_is_aware_and_the_machines() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC


def test_a_file_moves_the_clock(turn_clock: Callable[[timedelta], None]) -> None:
    turn_clock(timedelta(days=400))
    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=400)) < timedelta(seconds=5)
    turn_clock(timedelta(seconds=-90))
    assert abs(clock.now() - datetime.now(UTC) + timedelta(seconds=90)) < timedelta(seconds=5)


@pytest.mark.parametrize("content", ["", "tomorrow", None])
def test_a_file_that_says_nothing_moves_nothing(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "clock").write_text(content)
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(tmp_path / "clock"))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
