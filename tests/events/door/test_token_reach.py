"""What a phone's token can do: its event's door, and nothing else in the whole house."""

import sqlite3
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from events.core.db import db
from tests.events.door.conftest import Evening, Phone

OWN = {
    *("door.api_scans", "door.api_undo", "door.api_guests", "door.api_admit_by_name"),
    *("door.api_status", "door.api_manifest"),
}
SELLING = {"box_office.api_offer", "box_office.api_sell", "box_office.api_sale", "box_office.api_cancel"}
"""Also a phone's own, if it may sell (tests/payments/box_office); this one may not, and is told so."""
WRITING = ("INSERT", "UPDATE", "DELETE")


def values(rule: Rule, evening: Evening) -> dict[str, Any]:
    """Something true for every blank of an address."""
    known = {"slug": evening.slug, "event": evening.slug, "filename": "css/door.css"} | dict(rule.defaults or {})
    return {name: known.get(name) or _something(rule, name) for name in rule.arguments - set(rule.defaults or ())}


def _something(rule: Rule, name: str) -> int | str:
    converter = rule._converters[name]
    if type(converter).__name__ == "IntegerConverter":
        return 1
    return str(min(getattr(converter, "items", ["1"])))


def calls(app: Flask, evening: Evening) -> list[tuple[str, str, str]]:
    """(method, address, endpoint) of every address there is."""
    with app.test_request_context():
        return [
            (method, app.url_for(rule.endpoint, **values(rule, evening)), rule.endpoint)
            for rule in app.url_map.iter_rules()
            if not rule.endpoint.endswith("static")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]


def test_token_changes_nothing_and_sees_nothing_that_a_stranger_does_not(
    app: Flask, phone: Phone, evening: Evening
) -> None:
    asked = [call for call in calls(app, evening) if call[2] not in OWN | SELLING]
    assert len(asked) > 60
    stranger = app.test_client()
    for method, address, endpoint in asked:
        with_token = app.test_client().open(address, method=method, headers=phone.headers)
        without = stranger.open(address, method=method)
        stranger = app.test_client()
        assert with_token.status_code == without.status_code, (method, address)
        staff = not getattr(app.view_functions[endpoint], "is_public", False)
        if staff:
            assert with_token.status_code in (301, 302, 308, 400, 401, 403, 404, 405), (method, address)
            assert "Moreau" not in with_token.text, address


@pytest.fixture
def written(app: Flask) -> list[str]:
    """Every statement that changes a row from now on."""
    statements: list[str] = []

    def note(statement: str) -> None:
        if statement.lstrip().upper().startswith(WRITING):
            statements.append(statement)

    @event.listens_for(db.engine, "checkout")
    def listen(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(note)

    return statements


def test_token_writes_nowhere_but_at_the_door(app: Flask, phone: Phone, evening: Evening, written: list[str]) -> None:
    for method, address, endpoint in calls(app, evening):
        if endpoint not in OWN and endpoint != "door.api_pair":
            app.test_client().open(address, method=method, headers=phone.headers)
    assert written == []
    phone.scan(evening.alone)
    assert any("INTO scan" in statement for statement in written)  # the watch was awake


def test_token_sells_nothing_unless_its_organiser_allowed_it(app: Flask, phone: Phone, evening: Evening) -> None:
    asked = [call for call in calls(app, evening) if call[2] in SELLING]
    assert len(asked) == len(SELLING)
    for method, address, _endpoint in asked:
        answer = app.test_client().open(address, method=method, headers=phone.headers)
        assert (answer.status_code, answer.json["code"]) == (403, "may_not_sell"), address  # type: ignore[index]


def test_token_of_one_evening_hears_nothing_of_another(app: Flask, phone: Phone, evening: Evening) -> None:
    for name in ("manifest", "status", "guests"):
        text = phone.get(name, q="ann other").text
        assert "Other" not in text
        assert "concert" not in text
    assert phone.scan(evening.elsewhere)["guest"] is None
