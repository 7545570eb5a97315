"""The sign-in letter, as a mail server receives it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import update

from events.core import jobs
from events.core.db import db, transaction
from events.mail import catcher
from events.team.models import Account
from tests.support.staff import make_app, set_the_table


@pytest.fixture
def mailbox() -> Iterator[catcher.RunningCatcher]:
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def app(database_url: str, mailbox: catcher.RunningCatcher) -> Iterator[Flask]:
    app = make_app(database_url, MAIL_PORT=str(mailbox.smtp_port))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("language", ["fr", "en", "th"])
def test_the_letter_holds_one_link_and_its_code_and_both_work(
    app: Flask, mailbox: catcher.RunningCatcher, language: str
) -> None:
    staff = set_the_table(app)
    browser = app.test_client()
    with app.app_context(), transaction():
        db.session.execute(update(Account).where(Account.id == staff.accounts["owner"]).values(language=language))
    browser.post("/sign-in", data={"email": "owner@example.org"})
    with app.app_context():
        assert jobs.run_due(app.extensions["bonsoir-jobs"]) == 1
    (caught,) = mailbox.messages
    text, html = (part.get_content() for part in caught.parsed.walk() if part.get_content_maintype() == "text")
    (link,) = re.findall(r"http://localhost(/sign-in/\S+)", text)
    (code,) = (line for line in text.splitlines() if re.fullmatch("[0-9]{6}", line))
    assert f'href="http://localhost{link}"' in html
    assert code in html
    assert browser.post("/sign-in/code", data={"code": code}).status_code == 303
    assert staff.app.test_client().post(link).status_code == 403
