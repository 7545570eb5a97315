"""The staff's pages: a token shown once, an address and what it was told, each for whom it concerns."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from events.core.db import db, transaction
from events.team.models import Membership
from payments.api.models import ApiToken
from payments.hooks.models import Delivery, Endpoint
from tests.events.team.steps import enter
from tests.payments.api.conftest import Program, trailed
from tests.support.staff import NOON, Staff

URL = "https://hooks.example.org/told"


def house_of(staff: Staff, who: str = "owner") -> int:
    """The organisation that somebody serves."""
    with staff.app.app_context():
        held = select(Membership.organisation_id).where(Membership.account_id == staff.accounts[who])
        return int(db.session.scalars(held).one())


def new_token(staff: Staff, who: str, *scopes: str, **fields: Any) -> str:
    """The page after its form was sent."""
    usual = {"name": "Our website", "place": f"house-{house_of(staff)}", "scopes": list(scopes), "days": "30"}
    with staff.signed_in(who) as browser:
        return browser.post("/manage/api", data={**usual, **fields}).text


def test_a_token_is_shown_once_and_kept_as_a_digest(app: Flask, staff: Staff) -> None:
    page = new_token(staff, "owner", "events:read")
    (secret,) = set(re.findall(r"bonsoir_[\w-]{43}", page))
    asked = Program(app, secret, 1).ask("GET", "/events")
    assert asked.status_code == 200
    with staff.signed_in("owner") as browser:
        later = browser.get("/manage/api").text
    assert secret not in later
    assert "Our website" in later
    assert f"…{secret[-4:]}" in later
    with app.app_context():
        kept = db.session.scalars(select(ApiToken)).one()
        assert secret not in str(vars(kept))
    assert trailed(app, "token.made")[0]["scopes"] == ["events:read"]


def test_who_signed_in_long_ago_shows_first_that_it_is_them(
    app: Flask, staff: Staff, turn_clock: Callable[[timedelta], None]
) -> None:
    fields = {"name": "Our website", "place": f"house-{house_of(staff)}", "scopes": ["events:read"], "days": "30"}
    browser = enter(staff, "owner")
    turn_clock(timedelta(hours=1))
    answer = browser.post("/manage/api", data=fields)
    assert (answer.status_code, "Is it you?" in answer.text, "bonsoir_" in answer.text) == (403, True, False)
    with app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize(("who", "scope"), [("organiser", "money:read"), ("treasurer", "guests:read")])
def test_nobody_lets_a_program_do_what_they_may_not(app: Flask, staff: Staff, who: str, scope: str) -> None:
    page = new_token(staff, who, scope)
    assert "bonsoir_" not in page
    with app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


def test_an_organiser_of_one_evening_makes_tokens_for_it_alone(app: Flask, staff: Staff) -> None:
    with app.app_context(), transaction():
        membership = db.session.scalars(select(Membership).filter_by(account_id=staff.accounts["organiser"])).one()
        event_id = membership.event_id = 1
        membership.created_at = NOON
    assert "bonsoir_" not in new_token(staff, "organiser", "guests:read")
    assert "bonsoir_" in new_token(staff, "organiser", "guests:read", place=f"evening-{event_id}")
    with app.app_context():
        assert db.session.scalars(select(ApiToken.event_id)).all() == [event_id]


def test_owners_end_every_token_and_others_their_own(app: Flask, staff: Staff) -> None:
    new_token(staff, "organiser", "events:read")
    for who, status in (("treasurer", 404), ("stranger", 404), ("door", 404), ("owner", 303)):
        with staff.signed_in(who) as browser:
            assert browser.post("/manage/api/tokens/1/end").status_code == status, who
    assert len(trailed(app, "token.ended")) == 1
    with staff.signed_in("treasurer") as browser:
        assert "Our website" not in browser.get("/manage/api").text


@pytest.fixture
def endpoint(app: Flask, staff: Staff) -> int:
    """An address of the dinner's house, made by its organiser, with one message."""
    fields = {"url": URL, "place": f"house-{house_of(staff)}", "kinds": ["order.paid", "ticket.void"]}
    with staff.signed_in("organiser") as browser:
        page = browser.post("/manage/api/webhooks", data=fields).text
        assert "whsec_" in page
        assert "whsec_" not in browser.get("/manage/api/webhooks").text
    with app.app_context():
        return int(db.session.scalars(select(Endpoint.id)).one())


def test_a_test_message_is_listed_with_its_body_and_sent_again(app: Flask, staff: Staff, endpoint: int) -> None:
    here = f"/manage/api/webhooks/{endpoint}"
    with staff.signed_in("owner") as browser:
        assert browser.post(f"{here}/ping").status_code == 303
        page = browser.get(here).text
        assert "test.ping" in page
        assert "&#34;webhook&#34;:1" in page
        assert browser.post(f"{here}/deliveries/1/again").status_code == 409  # it waits still
        with app.app_context(), transaction():
            row = db.session.scalars(select(Delivery)).one()
            row.state, row.code, row.tries, row.error = "failed", 503, 9, "it answered 503"
        assert "503" in browser.get(here).text
        assert browser.post(f"{here}/deliveries/1/again").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Delivery.state)).all() == ["waiting"]


def test_an_address_is_nobody_elses(staff: Staff, endpoint: int) -> None:
    here = f"/manage/api/webhooks/{endpoint}"
    for who in ("treasurer", "door", "stranger", "nobody"):
        with staff.signed_in(who) as browser:
            assert browser.get(here).status_code == 404, who
            for act in ("ping", "on", "remove", "deliveries/1/again"):
                assert browser.post(f"{here}/{act}").status_code == 404, (who, act)
    with staff.signed_in("stranger") as browser:
        assert URL not in browser.get("/manage/api/webhooks").text
        taken = {"url": "https://x.example.org/", "place": f"house-{house_of(staff)}", "kinds": ["order.paid"]}
        assert browser.post("/manage/api/webhooks", data=taken).status_code == 422


def test_bad_and_known_addresses_are_said_in_words(staff: Staff, endpoint: int) -> None:
    fields = {"place": f"house-{house_of(staff)}", "kinds": ["order.paid"]}
    with staff.signed_in("owner") as browser:
        for url in ("http://hooks.example.org/", "https://10.0.0.1/", "http://127.0.0.1:9/", URL):
            answer = browser.post("/manage/api/webhooks", data={**fields, "url": url})
            assert answer.status_code == (409 if url == URL else 422)
            assert 'class="mistake"' in answer.text
    assert endpoint


def test_what_was_switched_off_is_switched_on_or_taken_away(app: Flask, staff: Staff, endpoint: int) -> None:
    here = f"/manage/api/webhooks/{endpoint}"
    with app.app_context(), transaction():
        db.session.get_one(Endpoint, endpoint).off_at = NOON
    with staff.signed_in("owner") as browser:
        assert "Switched off" in browser.get(here).text
        assert browser.post(f"{here}/ping").status_code == 409
        assert browser.post(f"{here}/on").status_code == 303
        assert browser.post(f"{here}/ping").status_code == 303
        assert browser.post(f"{here}/remove").status_code == 303
        assert browser.get(here).status_code == 404
    assert [len(trailed(app, f"webhook.{what}")) for what in ("added", "on", "removed")] == [1, 1, 1]


def test_pages_need_the_forms_token(app: Flask, staff: Staff, endpoint: int) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    with staff.app.test_client() as stranger:
        assert stranger.post("/manage/api/webhooks/1/remove").status_code == 400
    assert Program(app, "bonsoir_x", 1).ask("POST", "/webhooks", json={}).status_code == 401  # programs have none
    assert endpoint
