"""The editor at work: two charities with their staff, and hands that fill in its forms."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.team import signing_in
from events.team.models import Account
from tests.support.staff import Staff, make_app, set_the_table

DRAFT = {
    "organisation": "1",
    "start": "dinner",
    "languages": ["fr", "en", "th"],
    "title-fr": "Gardons-leur une place",
    "title-en": "Keep a place",
    "title-th": "เก็บที่ไว้",
    "starts_at": "2038-03-06T19:00",
    "venue": "Under the tree",
    "time_zone": "Asia/Bangkok",
    "places": "60",
    "currency": "THB",
    "price": "2,500",
    "benefit": "1200",
}
PLACE = "/manage/keep-a-place-2038/edit"


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    app = make_app(database_url)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def staff(app: Flask) -> Staff:
    return set_the_table(app)


@pytest.fixture
def browser(staff: Staff) -> FlaskClient:
    """The organiser's browser. It keeps no request open, so that strangers beside it are strangers."""
    with staff.app.app_context(), transaction():
        token = signing_in.demo_key(db.session.get_one(Account, staff.accounts["organiser"]))
    client = staff.app.test_client()
    client.set_cookie("lang", "en")
    assert client.post(f"/sign-in/{token}").status_code == 303
    return client


@pytest.fixture
def draft(browser: FlaskClient) -> str:
    """A draft of a dinner; the address of its editor."""
    answer = browser.post("/manage/new", data=DRAFT)
    assert answer.status_code == 303, answer.text
    return PLACE


class Desk:
    """What stands in the database, seen from outside a request."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def event(self, slug: str = "keep-a-place-2038") -> Event:
        """The evening with all that belongs to it, detached."""
        with self.app.app_context():
            event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
            _ = event.blocks, event.quotas, [kind.quotas for kind in event.ticket_types]
            return event

    def trail(self, action: str) -> list[TrailEntry]:
        """Lines of the trail for one action, the oldest first."""
        with self.app.app_context():
            found = select(TrailEntry).where(TrailEntry.action == action).order_by(TrailEntry.id)
            return list(db.session.scalars(found))


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


def save(browser: FlaskClient, address: str, changes: dict[str, Any]) -> TestResponse:
    """Open the form, change these fields, press Save: what a person does."""
    return browser.post(address, data={**typed(browser, address), **changes})


def typed(browser: FlaskClient, address: str) -> dict[str, Any]:
    """The fields of the editor's form as they stand."""
    page = browser.get(address)
    assert page.status_code == 200, page.text
    return fields_of(page.text)


def fields_of(page: str) -> dict[str, Any]:
    """What a browser would send of the editor's form; lists where a name comes more than once."""
    form = _Form()
    form.feed(page)
    form.close()
    names = dict.fromkeys(name for name, _value in form.found)
    values = {name: [value for other, value in form.found if other == name] for name in names}
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


class _Form(HTMLParser):
    """Inputs, text areas and selects of the form that has the class `editor`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.inside = False
        self.name = ""  # of the text area or select that is open
        self.text = ""
        self.written = False  # whether its text stands between its tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = "editor" in (given.get("class") or "")
        elif self.inside and tag in ("textarea", "select"):
            self.name, self.text, self.written = given.get("name") or "", "", tag == "textarea"
        elif self.inside and tag == "option" and "selected" in given:
            self.text = given.get("value") or ""
        elif self.inside and tag == "input" and given.get("name"):
            silent = given.get("type") in ("checkbox", "radio") and "checked" not in given
            if not silent:
                self.found.append((str(given["name"]), given.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif self.inside and tag in ("textarea", "select"):
            self.found.append((self.name, self.text))
            self.name = ""

    def handle_data(self, data: str) -> None:
        if self.name and self.written:
            self.text += data
