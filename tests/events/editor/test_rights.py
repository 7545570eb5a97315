"""Owner and organiser edit; for everybody else, and for the staff of others, nothing of it is there."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.team.models import Membership
from tests.events.editor.conftest import DRAFT, Desk
from tests.support.staff import NOON, Staff


def calls(app: Flask, desk: Desk) -> Iterator[tuple[str, str]]:
    """(method, address) of everything that the editor answers to, for the dinner."""
    quota_id = desk.event("dinner").quotas[0].id
    known: dict[str, Any] = {"slug": "dinner", "public_id": "seat-dinner", "part": "look"}
    known |= {"block_id": 1, "question_id": 1, "quota_id": quota_id}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("editor."):
                values = {name: known[name] for name in rule.arguments}
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    yield method, app.url_for(rule.endpoint, **values, kind="story")


@pytest.mark.parametrize("who", ["treasurer", "door", "stranger", "nobody"])
def test_others_find_nothing(staff: Staff, desk: Desk, who: str) -> None:
    asked = [call for call in calls(staff.app, desk) if "/manage/new" not in call[1]]
    assert len(asked) > 20
    with staff.signed_in(who) as browser:
        answers = {call: browser.open(call[1], method=call[0]).status_code for call in asked}
    assert set(answers.values()) == {404}, answers
    assert desk.event("dinner").version == 1


def test_strangers_are_asked_to_sign_in(staff: Staff, desk: Desk) -> None:
    for method, address in calls(staff.app, desk):
        answer = staff.app.test_client().open(address, method=method)
        assert (answer.status_code, answer.headers["Location"].startswith("/sign-in")) == (302, True), address


@pytest.mark.parametrize("who", ["treasurer", "door", "nobody"])
def test_others_begin_no_evening(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        assert browser.get("/manage/new").status_code == 404
        assert browser.post("/manage/new", data=DRAFT).status_code == 404


def test_who_serves_one_evening_edits_it_and_makes_no_other(staff: Staff, desk: Desk) -> None:
    event = desk.event("dinner")
    with staff.app.app_context(), transaction():
        held = Membership(account_id=staff.accounts["nobody"], organisation_id=event.organisation_id, role="organiser")
        held.event_id, held.created_at = event.id, NOON
        db.session.add(held)
    with staff.signed_in("nobody") as browser:
        assert browser.get("/manage/dinner/edit").status_code == 200
        assert "Copy to next year" not in browser.get("/manage/dinner/edit/publish").text
        for address in ("/manage/dinner/edit/copy", "/manage/new"):
            assert browser.get(address).status_code == 404


def test_parts_and_tickets_of_another_evening_are_not_there(browser: FlaskClient, draft: str, desk: Desk) -> None:
    block, kind, quota = desk.event().blocks[0], desk.event().ticket_types[0], desk.event().quotas[0]
    for address in (f"page/{block.id}", f"tickets/{kind.public_id}"):
        assert browser.get(f"/manage/dinner/edit/{address}").status_code == 404
        assert browser.post(f"/manage/dinner/edit/{address}/remove").status_code == 404
    answer = browser.post(f"/manage/dinner/edit/places/{quota.id}", data={f"quota{quota.id}-name": "Mine",
                          f"quota{quota.id}-size": "900", "was": "60"})  # fmt: skip
    assert answer.status_code == 404
    assert desk.event().quotas[0].size == 60


def test_a_form_without_its_token_changes_nothing(staff: Staff, browser: FlaskClient, draft: str, desk: Desk) -> None:
    staff.app.config["WTF_CSRF_ENABLED"] = True
    assert browser.post(draft, data={"version": "1", "venue": "Elsewhere"}).status_code == 400
    assert isinstance(desk.event(), Event)
    assert desk.event().venue == "Under the tree"
