"""What tests of sign-in do beside looking: read letters, type codes, let time pass."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core import clock
from events.core.db import db
from events.mail.models import Letter
from events.team import letters
from tests.support.device import Device
from tests.support.staff import Staff

Turn = Callable[[timedelta], None]
A_WHILE = timedelta(minutes=11)
OPTIONS = "/sign-in/passkey/options.json"


def newest_letter(app: Flask, kind: str = "sign_in") -> Mapping[str, Any]:
    """What the newest letter of this kind says, composed as the worker does."""
    compose = {"sign_in": letters.sign_in, "proof_code": letters.proof_code}[kind]
    with app.app_context():
        put = db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id.desc())).first()
        assert put is not None
        return compose(dict(put.args)).context


def enter(staff: Staff, who: str = "treasurer", headers: Mapping[str, str] | None = None) -> FlaskClient:
    """A browser that followed the link of a real letter; what came of it is still to be seen."""
    browser = staff.app.test_client()
    browser.set_cookie("lang", "en")
    assert browser.post("/sign-in", data={"email": f"{who}@example.org"}).status_code == 303
    link = urlsplit(newest_letter(staff.app)["link"]).path
    assert browser.post(link, headers=headers).status_code == 303
    return browser


def is_in(browser: FlaskClient) -> bool:
    """Whether staff pages open."""
    return browser.get("/manage/").status_code == 200


def add_passkey(browser: FlaskClient, device: Device | None = None, name: str = "A laptop") -> Device:
    """A passkey made and kept."""
    device = device or Device()
    options = browser.post("/manage/account/passkeys/options.json").get_json()
    answer = browser.post("/manage/account/passkeys", data={"passkey": device.make(options), "name": name})
    assert answer.status_code == 303, answer.text
    return device


def by_passkey(browser: FlaskClient, device: Device) -> int:
    """Sign in with it: 303 when it went well."""
    answer = device.use(browser.post(OPTIONS).get_json())
    return browser.post("/sign-in/passkey", data={"passkey": answer}).status_code


def add_app(browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    """An authenticator app set up with its first code; the app, and the recovery codes."""
    assert browser.post("/manage/account/app/new").status_code == 303
    page = browser.get("/manage/account/app").text
    (key,) = re.findall(r"<code class=\"id\">([A-Z2-7 ]+)</code>", page)
    totp = pyotp.TOTP(key.replace(" ", ""))
    codes = re.findall(
        r"<code>([A-Z2-9-]{29})</code>", browser.post("/manage/account/app", data={"code": now(totp)}).text
    )
    assert len(codes) == 10
    return totp, codes


def now(totp: pyotp.TOTP, ahead: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(totp.at(clock.now(), counter_offset=ahead))
