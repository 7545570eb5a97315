"""The whole system at work: web server with two workers, a stand-in for Stripe, a mailbox, a worker that tests step.

One for each engine and each process of a test run; every test opens an evening of its own in it. Nothing is patched:
what tests do, they do from outside, and what they look at stands in the database or came by mail.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import URL, select

from app import create_app
from events.catalogue.models import Event, Organisation
from events.core import jobs
from events.core.db import db, transaction
from events.core.settings import ROOT
from events.mail import catcher
from events.mail.mailbox import Caught
from payments import auditing
from payments.demo.catalogue import add_house
from payments.gateway.sandbox.server import RunningSandbox, start
from payments.ledger import books
from tests.support import comparing, databases, hurrying, line, postgres, servers, world
from tests.support.signing import WEBHOOK_SECRET, sign_event
from tests.support.visitor import Answer, Visitor

_numbers = count(1)


@dataclass(frozen=True)
class System:
    """Everything that runs, and the hands to move it."""

    app: Flask
    url: str
    standin: RunningSandbox
    mailbox: catcher.RunningCatcher
    clock_file: Path
    server_log: Path

    def visitor(self, language: str = "en") -> Visitor:
        """Somebody new at the front door."""
        return Visitor(self.url, language)

    def work(self) -> None:
        """Let the worker do all that is due."""
        with self.app.app_context():
            while jobs.run_due(jobs.handlers()):
                pass

    def quiet(self) -> None:
        """Wait until the stand-in has delivered its events, and let the worker react to them."""
        assert self.standin.control("quiet", seconds=20)["quiet"]
        self.work()

    def settle_up(self) -> None:
        """Be quiet, and read the balance at Stripe: a worker does every five minutes, these tests' only when told."""
        self.quiet()
        with self.app.app_context():
            books.read_movements()

    def go_on(self, seconds: float) -> None:
        """Let time pass, for the web server, the worker and the stand-in alike. It never goes back."""
        later = self.clock_file.with_suffix(".next")
        later.write_text(str(float(self.clock_file.read_text(encoding="ascii")) + seconds), encoding="ascii")
        later.replace(self.clock_file)  # in one step: nobody reads half a file

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Read the database in a context of one's own."""
        with self.app.app_context():
            yield

    def letters_to(self, email: str) -> list[Caught]:
        """What the mail server received for an address, oldest first."""
        return [letter for letter in list(self.mailbox.messages) if email in letter.recipients]

    def ring(self, payload: bytes, signature: str | None = None, **headers: str) -> Answer:
        """Deliver an event as Stripe does; signed now unless a signature is given."""
        sign = sign_event(payload) if signature is None else signature
        given = {"Content-Type": "application/json", "Stripe-Signature": sign} | headers
        return self.visitor().post("/webhooks/stripe", payload, given)

    def event_of(self, session_id: str, kind: str = "checkout.session.completed") -> bytes:
        """An event of the stand-in's about a session, as it sends it."""
        with self.standin.books.lock:
            (event,) = [
                event
                for event in self.standin.books.all("event")
                if event["type"] == kind and event["data"]["object"]["id"] == session_id
            ]
            return json.dumps(event).encode()

    def edit_session(self, session_id: str, **values: Any) -> None:
        """Change what the stand-in remembers of a session, as nobody at Stripe would."""
        with self.standin.books.lock:
            self.standin.books.get("checkout.session", session_id).update(values)

    def violations(self) -> list[str]:
        """What the audit finds, and where the stand-in's books differ from ours."""
        with self.looking():
            found = [f"{row['rule']}: {row['what']}" for row in auditing.audit()[0]]
            return found + comparing.differences(self.standin)


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[System]:
    """The system on a migrated, empty database; everything in it is ended by its id at the end."""
    with unserved(database_url, folder) as (system, environment):
        command = [sys.executable, "-m", "app", "serve", "--port", environment["PUBLIC_URL"].rpartition(":")[2]]
        with servers.started(command, system.server_log, environment) as process:
            servers.wait_for(f"{system.url}/healthz", process.poll, system.server_log)
            yield system
    assert "Traceback" not in (complaints := system.server_log.read_text(errors="replace")), complaints


@contextmanager
def unserved(database_url: str, folder: Path, furnished: bool = True) -> Iterator[tuple[System, dict[str, str]]]:
    """The system without its web server, and its programs' environment; unfurnished, not even a table is needed."""
    clock_file = folder / "clock"
    clock_file.write_text("0", encoding="ascii")
    url = f"http://127.0.0.1:{servers.free_port()}"
    mailbox = catcher.start()
    standin = start(
        webhook_url=f"{url}/webhooks/stripe",
        webhook_secret=WEBHOOK_SECRET,
        retry_scale=0.05,
        clock_file=str(clock_file),
    )
    settings = _settings(database_url, url, folder) | {
        "STRIPE_API_BASE": standin.url,
        "MAIL_PORT": str(mailbox.smtp_port),
    }
    app = hurrying.hurried(create_app(settings), settings)
    if furnished:
        with app.app_context(), transaction():
            add_house()
    ours = {"BONSOIR_CLOCK_FILE": str(clock_file), "PYTHONWARNINGS": "error", "PYTHONPATH": str(ROOT)}
    try:
        yield System(app, url, standin, mailbox, clock_file, folder / "server.log"), settings | ours
    finally:
        standin.stop()
        mailbox.stop()
        with app.app_context():
            db.engine.dispose()


def _settings(database_url: str, url: str, folder: Path) -> dict[str, str]:
    return {
        "SECRET_KEY": "only for tests, and long enough",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": url,
        "BONSOIR_VAR": str(folder / "var"),
        "STRIPE_SECRET_KEY": "sk_test_of_the_evening",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "TRUSTED_PROXIES": "127.0.0.1",  # tests say in X-Forwarded-For where a visitor comes from
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_DEFAULT_SENDER": "Bonsoir <letters@example.org>",
    }


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_engines` that asks for the system runs once on each."""
    if "system" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize("system", databases.ENGINES, indirect=True)


@pytest.fixture(scope="session")
def sqlite_system(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system on SQLite, for this process of the run."""
    folder = tmp_path_factory.mktemp("evening")
    path = folder / "bonsoir.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with running(f"sqlite:///{path}", folder) as system:
        yield system


@pytest.fixture(scope="session")
def postgres_system(
    postgres_server: postgres.Server, postgres_template: URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The system on PostgreSQL, for this process of the run."""
    url = postgres_server.create(str(postgres_template.database))
    try:
        with running(databases.text(url), tmp_path_factory.mktemp("evening")) as system:
            yield system
    finally:
        postgres_server.drop(url)


@pytest.fixture
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system with no fault on, nobody in line; after the test the audit is clean, and Stripe's books are ours."""
    engine = getattr(request, "param", "sqlite")
    whole: System = request.getfixturevalue("sqlite_system" if engine == "sqlite" else "postgres_system")
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(whole.clock_file))
    line.leave(whole.app)
    yield whole
    whole.standin.control("faults", reset=True)
    whole.standin.control("deliver")
    whole.settle_up()
    assert whole.violations() == []


@dataclass(frozen=True)
class Evening:
    """One test's evening: a room and what is sold for it. A seat is 1,500 baht, of it 900 the meal."""

    id: int
    slug: str
    seat: str  # public ids
    table: str

    @property
    def form(self) -> str:
        """The order form's address."""
        return f"/e/{self.slug}/order"


def open_evening(system: System, places: int = 20, **values: Any) -> Evening:
    """A further evening of the house, on sale now."""
    name = f"evening-{next(_numbers)}"
    with system.app.app_context(), transaction() as session:
        house = session.scalars(select(Organisation).order_by(Organisation.id).limit(1)).one()
        event: Event = world.evening(house, room=places, kitchen=places, slug=name, **values)
        seat, table = event.ticket_types
        seat.public_id, table.public_id = f"seat-{name}", f"table-{name}"
        session.add(event)
        session.flush()
        return Evening(event.id, name, seat.public_id, table.public_id)


@pytest.fixture
def evening(system: System) -> Evening:
    """An evening with twenty places."""
    return open_evening(system)
