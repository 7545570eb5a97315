"""Whatever is answered carries the same protections; cookies are bound to us; nobody's own headers are believed."""

import re
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from events.core.db import db, transaction
from events.team import signing_in
from events.team.models import Account
from payments.orders import access
from payments.orders.models import Order
from tests.support.staff import Staff, make_app, sell, set_the_table

ROOT = "https://tickets.example.org"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
POLICY = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self'")
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/e/dinner?lang=en", 200),
    ("GET", "/e/dinner", 302),
    ("GET", "/e/dinner/calendar.ics", 200),
    ("GET", "/nothing", 404),
    ("GET", "/static/css/base.css", 200),
    ("GET", "/static/", 404),
    ("GET", "/healthz", 200),
    ("GET", "/manage/", 302),
    ("GET", "/api/v1/events", 401),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/door", 200),
    ("GET", "/webhooks/stripe", 405),
    ("TRACE", "/", 405),
    ("POST", "/webhooks/stripe", 400),
]
FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "Forwarded": "host=evil.example;proto=http",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "8080",
    "X-Forwarded-Prefix": "/evil",
    "X-Script-Name": "/evil",
    "X-Original-URL": "/manage/evil",
    "X-Rewrite-URL": "/manage/evil",
    "X-HTTP-Method-Override": "DELETE",
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
}


@pytest.fixture
def safe(database_url: str) -> Iterator[Staff]:
    """The house at an https address, behind one proxy that ends TLS and speaks plain HTTP to us."""
    staff = set_the_table(make_app(database_url, PUBLIC_URL=ROOT, TRUSTED_PROXIES="10.0.0.1"))
    yield staff
    with staff.app.app_context():
        db.engine.dispose()


def _handed_on(browser: FlaskClient, method: str, path: str, address: str = "10.0.0.1", **more: str) -> TestResponse:
    host = ROOT.removeprefix("https://")
    where: dict[str, Any] = {"base_url": f"http://{host}", "environ_base": {"REMOTE_ADDR": address}}
    return browser.open(path, method=method, headers=more, **where)


def test_every_answer_carries_every_protection(safe: Staff) -> None:
    browser = safe.app.test_client()
    for method, path, status in ANSWERS:
        answer = _handed_on(browser, method, path)
        assert answer.status_code == status, path
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, path
        policy = answer.headers["Content-Security-Policy"]
        assert [part for part in POLICY if part not in policy.split("; ")] == [], path
        assert "unsafe" not in policy, path
        assert "Access-Control-Allow-Origin" not in answer.headers, path
        assert answer.mimetype != "text/html" or answer.content_type == "text/html; charset=utf-8", path
    foreign = browser.get("/", headers={"Host": "evil.example"})
    assert {name: foreign.headers.get(name) for name in ALWAYS} == ALWAYS


def test_plain_http_promises_no_tls(staff: Staff) -> None:
    answer = staff.app.test_client().get("/sign-in")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_a_visitor_writes_into_headers_changes_nothing(safe: Staff) -> None:
    browser = safe.app.test_client()
    for path in ("/e/dinner?lang=en", "/e/dinner/calendar.ics?lang=en", "/api/v1/openapi.json", "/", "/manage/"):
        plain = _handed_on(browser, "GET", path)
        for address in ("10.0.0.1", "198.51.100.7"):  # handed on by the proxy, and past it
            forged = _handed_on(safe.app.test_client(), "GET", path, address, **FORGED)
            assert forged.status_code == plain.status_code, path
            assert forged.headers.get("Location") == plain.headers.get("Location"), path
            assert "evil" not in forged.text, path
            assert _timeless(forged.text) == _timeless(plain.text), path


def _timeless(text: str) -> str:
    """Without the second at which a calendar was written."""
    return re.sub(r"DTSTAMP:\w+", "", text)


def _set(answer: TestResponse, name: str) -> Morsel[str]:
    cookies: SimpleCookie = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        cookies.load(header)
    assert name in cookies, answer.headers.getlist("Set-Cookie")
    return cookies[name]


def _demand_bound(cookie: Morsel[str], path: str = "/") -> None:
    assert cookie["secure"] is True
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["domain"], cookie["path"]) == ("Lax", "", path)
    assert len(cookie.OutputString()) < 4096


def test_cookies_are_for_this_host_over_tls_and_not_for_scripts(safe: Staff) -> None:
    with safe.app.app_context(), transaction():
        key = signing_in.demo_key(db.session.get_one(Account, safe.accounts["owner"]))
    entered = _handed_on(safe.app.test_client(), "POST", f"/sign-in/{key}")
    assert entered.status_code == 303
    _demand_bound(_set(entered, "__Host-bonsoir"))
    chosen = _handed_on(safe.app.test_client(), "GET", "/e/dinner?lang=fr&chosen=1")
    _demand_bound(_set(chosen, "__Host-lang"))


def test_a_buyers_proof_is_for_their_order_alone(safe: Staff) -> None:
    with safe.app.test_request_context(base_url=ROOT):
        with transaction():
            sell("dinner", "DINE1", "Dora", [("Dora", "")])
        order = db.session.scalars(select(Order)).one()
        answer = access.give(safe.app.response_class(), order)
        cookie: SimpleCookie = SimpleCookie(answer.headers["Set-Cookie"])
        _demand_bound(cookie["__Secure-buyer"], f"/o/{order.token}")
    name = "__Secure-buyer"
    with safe.app.test_request_context(base_url=ROOT, headers={"Cookie": f"{name}={cookie[name].value}"}):
        assert access.has_proof(db.session.scalars(select(Order)).one())
    with safe.app.test_request_context(base_url=ROOT, headers={"Cookie": f"buyer={cookie[name].value}"}):
        assert not access.has_proof(db.session.scalars(select(Order)).one())


def test_a_fault_of_ours_tells_nobody_what_it_was(safe: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_given: object) -> str:
        raise RuntimeError("SELECT secret FROM drawer")

    app: Flask = safe.app
    assert not app.debug
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for endpoint, path in (("team.sign_in", "/sign-in"), ("api.v1_listEvents", "/api/v1/events")):
        monkeypatch.setitem(app.view_functions, endpoint, fail)
        monkeypatch.setattr(fail, "is_public", True, raising=False)
        answer = _handed_on(app.test_client(), "GET", path)
        assert answer.status_code == 500
        assert not any(word in answer.text for word in ("drawer", "RuntimeError", "Traceback", ".py"))
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
