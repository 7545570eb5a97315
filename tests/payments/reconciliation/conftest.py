"""The demonstration's past evening, lived through once for all tests here; each gets a copy, and a treasurer."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.team import signing_in
from events.team.models import Account, Membership
from payments.gateway.sandbox.server import start
from tests.support.linked import link
from tests.support.past_evening import live_through

HERE = "https://tickets.example.org"


@dataclass(frozen=True)
class Lived:
    """The application on the evening's database, the database's file, and whose evening it was."""

    app: Flask
    path: Path
    event_id: int
    organisation_id: int
    slug: str

    def browser(self, role: str = "treasurer") -> FlaskClient:
        """A member of staff, signed in, reading English."""
        with self.app.app_context(), transaction():
            query = select(Account).join(Membership).where(Membership.role == role)
            token = signing_in.demo_key(db.session.scalars(query.limit(1)).one())
        browser = self.app.test_client()
        browser.set_cookie("lang", "en", domain="tickets.example.org")
        assert browser.post(f"/sign-in/{token}", base_url=HERE).status_code == 303
        return browser

    def page(self, address: str) -> str:
        """What a treasurer reads there."""
        answer = self.browser().get(address, base_url=HERE)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.text


@pytest.fixture(scope="module")
def lived_once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lived, Path]]:
    """The evening, and a clean copy of its database. The stand-in is gone: nothing asks it afterwards."""
    folder = tmp_path_factory.mktemp("evening")
    path, clean, clock = folder / "lived.sqlite", folder / "clean.sqlite", folder / "clock"
    shutil.copyfile(sqlite_template, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STRIPE_SECRET_KEY", raising=False)
        patch.setenv("BONSOIR_CLOCK_FILE", str(clock))
        standin = start()
        app = link(f"sqlite:///{path}", standin, folder / "var")
        app.config.update(WTF_CSRF_ENABLED=False)
        with app.app_context():

            def turn(ahead: timedelta) -> None:
                clock.write_text(str(ahead.total_seconds()), encoding="ascii")

            event_id = live_through(standin.url, turn)
            event = db.session.get_one(Event, event_id)
            lived = Lived(app, path, event_id, event.organisation_id, event.slug)
            _let_go()
        standin.stop()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(path, clean)
    yield lived, clean


@pytest.fixture
def lived(lived_once: tuple[Lived, Path]) -> Iterator[Lived]:
    """The evening as it was lived, whatever the test before did to it."""
    lived, clean = lived_once
    for rest in ("-wal", "-shm"):
        lived.path.with_name(lived.path.name + rest).unlink(missing_ok=True)
    shutil.copyfile(clean, lived.path)
    yield lived
    with lived.app.app_context():
        _let_go()


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()
