"""A passkey in a real browser: offered after the first sign-in, made, used instead of a letter, and to go on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from events.core.db import db
from events.mail.models import Letter
from events.team import letters
from tests.events.team.steps import Turn
from tests.support import servers
from tests.support.staff import make_app, set_the_table

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """Served at a name, for browsers make no passkeys for a number."""
    port = servers.free_port()
    app = make_app(database_url, PUBLIC_URL=f"http://localhost:{port}")
    app.config["WTF_CSRF_ENABLED"] = True
    with servers.answering(app, port):
        yield app
    with app.app_context():
        db.engine.dispose()


def newest(app: Flask) -> str:
    with app.app_context():
        put = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert put is not None
        return str(letters.sign_in(dict(put.args)).context["link"])


def sign_in_by_letter(page: Page, app: Flask, home: str) -> None:
    page.goto(f"{home}/sign-in?lang=en")
    page.get_by_label("E-mail").fill("treasurer@example.org")
    page.get_by_role("button", name="Send me a key").click()
    page.get_by_role("heading", name="Look into your letters").wait_for()
    page.goto(newest(app))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Evenings")).to_be_visible()


def test_a_passkey_is_offered_made_and_used(app: Flask, browser: Browser, turn_clock: Turn) -> None:
    set_the_table(app)
    home, complaints = str(app.config["PUBLIC_URL"]), []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        device = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
        sign_in_by_letter(page, app, home)
        page.get_by_role("link", name="Set up a passkey").click()
        page.get_by_label("Name of this device").fill("My laptop")
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_role("status")).to_contain_text("The passkey is kept")
        expect(page.get_by_role("button", name="Remove My laptop")).to_be_visible()
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Use a passkey instead").click()
        expect(page.get_by_role("heading", name="Evenings")).to_be_visible()
        turn_clock(timedelta(minutes=11))
        page.goto(f"{home}/manage/account/passkeys/new")
        expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
        page.get_by_role("button", name="Use my passkey").click()
        expect(page.get_by_role("heading", name="A passkey on this device")).to_be_visible()
        devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
        page.goto(f"{home}/manage/account")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("button", name="Use a passkey instead").click()
        expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
        assert [words for words in complaints if "status of 403" not in words] == []
