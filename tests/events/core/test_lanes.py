"""The lane beside the worker, when the database gives it nothing."""

import threading

import pytest
from flask import Flask
from sqlalchemy import exc

from events.core import jobs, lanes


@pytest.mark.parametrize("error", [exc.TimeoutError("the pool"), exc.OperationalError("SELECT", {}, OSError("gone"))])
def test_a_lane_waits_while_the_database_is_away_or_has_no_connection_left(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    asked, stop = threading.Event(), threading.Event()
    tries = 0

    def claim(_kinds: object) -> None:
        nonlocal tries
        tries += 1
        if tries > 3:
            asked.set()
            return
        raise error

    monkeypatch.setattr(jobs, "claim", claim)
    with lanes.opened(app, stop):
        assert asked.wait(20)
        assert not stop.is_set()
