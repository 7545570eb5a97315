"""A small application with letters alone, a real mail server, and a clock that tests move."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from events.core import db as database
from events.core import i18n
from events.core.db import Base, db, transaction
from events.core.jobs import Job
from events.core.settings import ROOT
from events.mail import catcher, outbox
from events.mail.message import Attachment, Message
from events.mail.models import Letter

PLAIN = {
    "mail/plain.html": '{% extends "mail/letter.html" %}{% block body %}<p>{{ text }}</p>{% endblock %}',
    "mail/plain.txt": '{% extends "mail/letter.txt" %}{% block body %}{{ text }}{% endblock %}',
}


def plain(args: Mapping[str, Any]) -> Message:
    """A letter that says what it is told, and reads the database on the way as composers do."""
    db.session.scalars(select(Letter)).all()
    return Message(str(args.get("subject", "A word")), "plain", {"text": args.get("text", "Good evening.")})


def with_file(args: Mapping[str, Any]) -> Message:
    """A letter with a file whose name is not to be trusted."""
    paper = Attachment(str(args["filename"]), "application/pdf", b"%PDF-1.7 \x00\xff")
    return Message("A paper", "plain", {"text": "See the file."}, [paper], reply_to="answers@example.org")


@pytest.fixture
def mailbox() -> Iterator[catcher.RunningCatcher]:
    """A mail server that keeps what it gets."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """An application that sends to the given port of this machine, its context pushed."""
    contexts = []

    def make(port: int, **config: object) -> Flask:
        app = Flask("letters", root_path=str(ROOT))
        app.jinja_loader = ChoiceLoader([app.jinja_loader or DictLoader({}), DictLoader(PLAIN)])
        app.config.update(
            TESTING=True,
            PUBLIC_URL="https://bonsoir.example:8443",
            MAIL_SERVER="127.0.0.1",
            MAIL_PORT=port,
            MAIL_DEFAULT_SENDER="Bonsoir, l’équipe <letters@bonsoir.example>",
            **config,
        )
        database.init_app(app, f"sqlite:///{tmp_path / 'letters.sqlite'}")
        i18n.init_app(app)
        outbox.init_app(app, {"plain": plain, "with_file": with_file})
        contexts.append(app.app_context())
        contexts[-1].push()
        Base.metadata.create_all(db.engine, tables=[Base.metadata.tables[name] for name in ("job", "letter")])
        return app

    yield make
    for context in reversed(contexts):
        db.session.remove()
        db.engine.dispose()
        context.pop()


@pytest.fixture
def app(make_app: Callable[..., Flask], mailbox: catcher.RunningCatcher) -> Flask:
    """The application, sending to `mailbox`."""
    return make_app(mailbox.smtp_port)


@pytest.fixture
def turn_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the clock to so many seconds from now."""
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(tmp_path / "clock"))

    def turn(seconds: float) -> None:
        (tmp_path / "clock").write_text(str(seconds), encoding="ascii")

    return turn


def put(key: str = "one", kind: str = "plain", **values: Any) -> Letter:
    """A letter in the outbox, committed."""
    recipient = {"name": "Hélène Moreau", "email": "helene@example.org", "language": "fr"}
    with transaction():
        outbox.put(kind, key, **{**recipient, **values})
    return the_letter(key)


def the_letter(key: str = "one") -> Letter:
    """The letter's row as it is now; nothing is held afterwards."""
    letter = db.session.scalars(
        select(Letter).where(Letter.key == key), execution_options={"populate_existing": True}
    ).one()
    db.session.refresh(letter.job)
    db.session.expunge_all()
    db.session.rollback()
    return letter


def jobs_of(key: str = "one") -> list[Job]:
    """The jobs that were ever put for a letter."""
    found = db.session.scalars(select(Job).where(Job.key.startswith(f"letter:{key}")).order_by(Job.id)).all()
    db.session.expunge_all()
    db.session.rollback()
    return list(found)
