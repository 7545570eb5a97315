"""What every answer has in common."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from events.core import clock, jobs
from events.core.db import transaction

Look = Callable[[str], TestResponse]


@pytest.fixture
def at_home(house: Flask) -> Look:
    """Look at a page under its public address, as a stranger."""
    return lambda path: house.test_client().get(path, base_url=house.config["PUBLIC_URL"])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.:80"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/sign-in"])
def test_a_foreign_host_is_refused_and_nothing_is_linked_for_it(house: Flask, host: str, path: str) -> None:
    answer = house.test_client().get(path, headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert host not in answer.text


def test_every_page_forbids_inline_script_framing_and_guessing(at_home: Look) -> None:
    answer = at_home("/sign-in")
    assert answer.status_code == 200
    headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/o/unknown", "/t/unknown", "/sign-in", "/manage/", "/door"])
def test_pages_behind_a_secret_are_kept_by_no_cache_and_no_index(at_home: Look, path: str) -> None:
    headers = at_home(path).headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in headers["Cache-Control"]


def test_alive_says_so(at_home: Look) -> None:
    answer = at_home("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_ready_means_database_schema_and_worker(at_home: Look) -> None:
    assert at_home("/readyz").status_code == 200
    with transaction():
        jobs.put("send_letter", "left-lying", clock.now() - timedelta(minutes=2))
    answer = at_home("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "waiting", "missing": ["worker"]})
