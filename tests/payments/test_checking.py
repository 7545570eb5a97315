"""The configuration doctor: what is wrong is said in a sentence with its mend, and what is right is not."""

import json
import os
import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask

from app import create_app
from events.core import clock, i18n, jobs, pdf, trail
from events.core.db import transaction
from events.core.settings import Settings, load
from events.mail import catcher
from payments import checking
from payments.checking import machine, outside, records
from payments.gateway.sandbox.server import RunningSandbox, start
from tests.support import certificates, world

BEHIND_TLS = {"PUBLIC_URL": "https://localhost:8443", "STRIPE_SECRET_KEY": ""}
Look = Callable[[Settings], Iterator[str]]


def problems(sqlite_url: str, **values: str) -> str:
    """What it says, in one text."""
    return "\n".join(checking.problems(create_app, world.SETTINGS | {"DATABASE_URL": sqlite_url} | BEHIND_TLS | values))


def seen(look: Look, **values: str) -> str:
    """What one look of it says."""
    return "\n".join(look(load(world.SETTINGS | values)))


def test_https_without_a_named_proxy_is_told() -> None:
    assert "TRUSTED_PROXIES is not set" in seen(outside.address)
    assert "believes everybody" in seen(outside.address, TRUSTED_PROXIES="10.0.0.0/8 0.0.0.0/0")


@pytest.mark.parametrize(
    "values",
    [
        {"TRUSTED_PROXIES": "127.0.0.1"},
        {"PUBLIC_URL": "https://localhost:8443"},
        {"PUBLIC_URL": "http://127.0.0.1:8000"},
    ],
)
def test_a_named_proxy_or_one_machine_alone_is_no_problem(values: dict[str, str]) -> None:
    assert seen(outside.address, **values) == ""


def test_what_is_missing_is_named(sqlite_url: str) -> None:
    found = problems(sqlite_url, MAIL_SERVER="", PUBLIC_URL="http://tickets.example.org")
    for sentence in ("MAIL_SERVER is not set", "STRIPE_SECRET_KEY is not set", "PUBLIC_URL is not https"):
        assert sentence in found


def test_what_is_wrong_with_a_wallet_is_named(sqlite_url: str, tmp_path: Path) -> None:
    settings = certificates.apple(tmp_path, days=10)
    assert "APPLE_PASS_CERTIFICATE ends on" in problems(sqlite_url, **settings)
    (tmp_path / "pass.key").write_text("nothing", encoding="ascii")
    assert "APPLE_PASS_KEY is no key" in problems(sqlite_url, **settings)
    assert "APPLE_TEAM_ID is not set" in problems(sqlite_url, **(settings | {"APPLE_TEAM_ID": ""}))


def test_a_secret_that_can_be_guessed_is_told_and_never_printed() -> None:
    for weak in ("x" * 40, "change-me please, whoever you are", "0123456789abcdefABCDEF"):
        said = seen(machine.secrets, SECRET_KEY=weak)
        assert "SECRET_KEY" in said
        assert weak not in said
    good = "qW8-hsY2_0dKf3mZp7Lr5tVbN1xCjUeA"
    assert seen(machine.secrets, SECRET_KEY=good) == ""
    assert "METRICS_TOKEN is the same" in seen(machine.secrets, SECRET_KEY=good, METRICS_TOKEN=good)


def test_a_database_that_others_can_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bonsoir.sqlite"
    path.touch(0o644)
    tmp_path.chmod(0o755)
    assert "bonsoir.sqlite can be read by everybody" in seen(machine.files, DATABASE_URL=f"sqlite:///{path}")
    path.chmod(0o640)
    assert "bonsoir.sqlite" not in seen(machine.files, DATABASE_URL=f"sqlite:///{path}")


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_what_sqlite_keeps_beside_a_database_is_looked_at_too(tmp_path: Path, ending: str) -> None:
    path, beside = tmp_path / "bonsoir.sqlite", tmp_path / f"bonsoir.sqlite{ending}"
    path.touch(0o600)
    beside.touch(0o644)
    tmp_path.chmod(0o755)
    mend = f"bonsoir.sqlite{ending} can be read by everybody on this machine: `chmod o= {beside}`."
    assert seen(machine.files, DATABASE_URL=f"sqlite:///{path}") == mend
    beside.chmod(0o600)
    assert seen(machine.files, DATABASE_URL=f"sqlite:///{path}") == ""


def test_a_disk_that_is_nearly_full_and_a_folder_that_is_missing_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "does not exist" in seen(machine.disk, BONSOIR_VAR=str(tmp_path / "nowhere"))
    assert seen(machine.disk, BONSOIR_VAR=str(tmp_path)) == ""
    few = shutil.disk_usage(tmp_path)._replace(free=100 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: few)
    assert "Only 100 MB are free" in seen(machine.disk, BONSOIR_VAR=str(tmp_path))


def test_papers_and_catalogues_that_are_missing_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(machine.papers) == ""
    monkeypatch.setattr(pdf, "_FONTS", tmp_path)
    monkeypatch.setattr(pdf._of_thread, "bundled", None)
    assert "Papers cannot be set" in seen(machine.papers)
    monkeypatch.setattr(pdf._of_thread, "bundled", None)
    folder = tmp_path / "events" / "core" / "translations" / "th" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").touch()
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    assert f"The texts in {i18n.NAMES['th']} are not compiled" in seen(machine.catalogues)
    (folder / "messages.mo").touch()
    assert seen(machine.catalogues) == ""
    os.utime(folder / "messages.mo", (0, 0))
    assert "older than their source" in seen(machine.catalogues)


@contextmanager
def at_home(folder: Path, days: int, body: object) -> Iterator[str]:
    """The address of a server whose certificate ends in so many days, and what it says at every address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    certificate, key = certificates.of_a_server(folder, ["127.0.0.1"], days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("days", "body", "sentence"),
    [
        (60, {"status": "alive"}, ""),
        (9, {"status": "alive"}, "ends in 8 days"),
        (60, {"status": "a shop"}, "is not answered by Bonsoir"),
    ],
)
def test_the_certificate_and_who_answers_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, body: object, sentence: str
) -> None:
    monkeypatch.setattr(outside, "_is_local", lambda _settings: False)
    with at_home(tmp_path, days, body) as url:
        assert "Browsers refuse the certificate" in seen(outside.certificate, PUBLIC_URL=url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        said = seen(outside.certificate, PUBLIC_URL=url)
    assert sentence in said
    assert bool(said) == bool(sentence)
    assert "cannot be reached" in seen(outside.certificate, PUBLIC_URL="https://127.0.0.1:9")


def test_the_mail_server_is_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    running = catcher.start()
    try:
        port = {"MAIL_PORT": str(running.smtp_port)}
        assert seen(outside.mail, **port) == ""
        assert "offers no TLS" in seen(outside.mail, MAIL_USE_TLS="1", **port)
        assert "would travel in the open" in seen(outside.mail, MAIL_PASSWORD="known", **port)
    finally:
        running.stop()
    assert "does not answer" in seen(outside.mail)

    def refuse(*_given: str) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(outside, "_greet", refuse)
    assert "refuses MAIL_USERNAME" in seen(outside.mail)


@pytest.fixture
def standin() -> Iterator[RunningSandbox]:
    """Stripe's stand-in, which rings at our public address."""
    running = start(webhook_url=f"{world.SETTINGS['PUBLIC_URL']}/webhooks/stripe", webhook_secret="whsec_nobody")
    yield running
    running.stop()


def test_stripes_side_is_looked_at(
    standin: RunningSandbox, database_url: str, turn_clock: Callable[[timedelta], None]
) -> None:
    values = {"STRIPE_API_BASE": standin.url, "DATABASE_URL": database_url}
    with create_app(world.SETTINGS | values).app_context():
        assert seen(outside.stripe, **values) == ""
        assert "does not begin with whsec_" in seen(
            outside.stripe, STRIPE_WEBHOOK_SECRET="sk_test_of_another", **values
        )
        assert "knows no webhook endpoint" in seen(outside.stripe, PUBLIC_URL="https://other.example.org", **values)
        turn_clock(timedelta(hours=-1))
        assert "seconds behind Stripe's" in seen(outside.stripe, **values)
        turn_clock(timedelta(minutes=2))
        assert "seconds ahead of Stripe's" in seen(outside.stripe, **values)
        standin.stop()
        assert seen(outside.stripe, **values).startswith("Stripe does not answer:")


@pytest.mark.both_engines
def test_work_and_copies_that_nobody_makes_are_told(
    house: Flask, database_url: str, turn_clock: Callable[[timedelta], None]
) -> None:
    where = {"DATABASE_URL": database_url}
    assert house.name
    assert seen(records.schema, **where) == ""
    assert "No worker has ever run" in seen(records.worker, **where)
    assert seen(records.backups_made, **where) == ""  # there is nothing to lose yet
    world.buy(world.furnish())
    assert "No backup was ever made" in seen(records.backups_made, **where)
    with transaction():
        jobs.keep_going()
        trail.note("service", records.MADE, "copy.zip")
    assert seen(records.worker, **where) + seen(records.backups_made, **where) == ""
    turn_clock(timedelta(days=3))
    assert "No worker works: a job has been due for" in seen(records.worker, **where)
    assert "The newest backup is 3 days old" in seen(records.backups_made, **where)
    assert clock.now()


def test_a_database_that_is_away_is_told_after_all_else(tmp_path: Path) -> None:
    said = problems(f"sqlite:///{tmp_path}/no/such/folder.sqlite")
    assert "The database cannot be read (OperationalError)" in said
    assert "does not answer" in said  # the mail server, before it
