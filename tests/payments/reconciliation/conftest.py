"""A treasurer of the lanterns, signed in beside the test's own world."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.core import clock
from events.core.db import db, transaction
from events.team import signing_in
from events.team.models import Account, Membership


def sign_in(house: Flask, organisation_id: int, role: str = "treasurer", event_id: int | None = None) -> FlaskClient:
    """A browser of somebody with this role; CSRF is off."""
    house.config.update(WTF_CSRF_ENABLED=False)
    with transaction():
        account = Account(email=f"{role}@example.org", name=role.title(), language="en", created_at=clock.now())
        db.session.add(account)
        db.session.flush()
        scope = {"organisation_id": organisation_id, "event_id": event_id}
        db.session.add(Membership(account_id=account.id, role=role, created_at=clock.now(), **scope))
        token = signing_in.demo_key(account)
    browser = house.test_client()
    browser.set_cookie("lang", "en", domain="tickets.example.org")
    assert browser.post(f"/sign-in/{token}", base_url="https://tickets.example.org").status_code == 303
    return browser


@pytest.fixture
def browser(house: Flask) -> Iterator[FlaskClient]:
    """Nobody yet."""
    with house.test_client() as client:
        yield client
