"""What every answer has in common."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.core import clock, jobs
from events.core.db import transaction


@pytest.fixture
def stranger(house: Flask) -> FlaskClient:
    """Somebody with a browser, at the public address."""
    client = house.test_client()
    client.environ_base["HTTP_HOST"] = urlsplit(house.config["PUBLIC_URL"]).netloc
    return client


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.:80"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/sign-in"])
def test_a_foreign_host_is_refused_and_nothing_is_linked_for_it(stranger: FlaskClient, host: str, path: str) -> None:
    answer = stranger.get(path, headers={"Host": host})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert host not in answer.text


def test_every_page_forbids_inline_script_framing_and_guessing(stranger: FlaskClient) -> None:
    answer = stranger.get("/sign-in")
    assert answer.status_code == 200
    headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/o/unknown", "/t/unknown", "/sign-in", "/manage/", "/door"])
def test_pages_behind_a_secret_are_kept_by_no_cache_and_no_index(stranger: FlaskClient, path: str) -> None:
    headers = stranger.get(path).headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in headers["Cache-Control"]


def test_alive_says_so(stranger: FlaskClient) -> None:
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_ready_means_database_schema_and_worker(house: Flask, stranger: FlaskClient) -> None:
    assert stranger.get("/readyz").status_code == 200
    with transaction():
        jobs.put("send_letter", "left-lying", clock.now() - timedelta(minutes=2))
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "waiting", "missing": ["worker"]})
