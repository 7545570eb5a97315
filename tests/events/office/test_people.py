"""People: owners invite by letter, take roles back, and may ask for more than a letter; nobody else sees any of it."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db, transaction
from events.mail.models import Letter
from events.team import factors, letters, signing_in
from events.team.models import Account, Membership
from tests.support.staff import Staff

NEW = {"email": "New@Example.org", "name": "Nim Sample", "role": "treasurer", "language": "th"}


@pytest.fixture
def owner(staff: Staff) -> FlaskClient:
    with staff.app.app_context(), transaction():
        key = signing_in.demo_key(db.session.get_one(Account, staff.accounts["owner"]))
    browser = staff.app.test_client()  # others browse beside it, so none of them may keep its context open
    browser.set_cookie("lang", "en")
    assert browser.post(f"/sign-in/{key}").status_code == 303
    return browser


def held(app: Flask, email: str) -> list[Membership]:
    with app.app_context():
        mine = select(Membership).join(Account).where(Account.email == email)
        return list(db.session.scalars(mine))


def link(app: Flask) -> str:
    """The address in the newest invitation."""
    with app.app_context():
        put = db.session.scalars(select(Letter).where(Letter.kind == "invitation").order_by(Letter.id.desc())).first()
        assert put is not None
        return urlsplit(str(letters.invitation(dict(put.args)).context["link"])).path


def test_who_is_invited_gets_a_letter_whose_link_opens_the_role(app: Flask, owner: FlaskClient) -> None:
    assert owner.post("/manage/people", data=NEW).status_code == 303
    page = owner.get("/manage/people?said=invited").text
    assert ("Nim Sample" in page, "is on its way" in page) == (True, True)
    browser = app.test_client()
    assert browser.post(link(app)).status_code == 303
    assert browser.get("/treasury/dinner").status_code == 200
    assert browser.get("/manage/dinner/guests").status_code == 404


def test_an_invitation_may_be_for_one_evening(app: Flask, owner: FlaskClient) -> None:
    assert owner.post("/manage/people", data=NEW | {"event": "dinner"}).status_code == 303
    assert [row.event_id for row in held(app, "new@example.org")] == [1]
    page = owner.get("/manage/people").text  # there may be one of this title each year
    assert re.search(r"for one evening: [^<]+ 20\d\d</p>", page)
    assert re.search(r'<option value="dinner">[^<]+ 20\d\d<', page)
    assert owner.post("/manage/people", data=NEW | {"event": "ball"}).status_code == 404  # of the others


@pytest.mark.parametrize("damage", [{"email": "new@"}, {"email": ""}, {"role": "king"}])
def test_mistakes_are_said_and_what_was_typed_stays(app: Flask, owner: FlaskClient, damage: dict[str, str]) -> None:
    answer = owner.post("/manage/people", data=NEW | damage)
    assert (answer.status_code, "Nim Sample" in answer.text) == (422, True)
    assert held(app, "new@example.org") == []


def test_a_role_taken_back_counts_from_the_next_click(app: Flask, owner: FlaskClient) -> None:
    owner.post("/manage/people", data=NEW)
    browser = app.test_client()
    browser.post(link(app))
    assert browser.get("/treasury/dinner").status_code == 200
    (membership,) = held(app, "new@example.org")
    assert owner.post(f"/manage/people/{membership.id}/end").status_code == 303
    assert browser.get("/treasury/dinner").status_code == 404


def test_the_last_owner_stays(app: Flask, owner: FlaskClient) -> None:
    (own,) = held(app, "owner@example.org")
    answer = owner.post(f"/manage/people/{own.id}/end")
    assert (answer.status_code, "Nobody would be left" in answer.text) == (422, True)
    owner.post("/manage/people", data=NEW | {"role": "owner"})
    assert owner.post(f"/manage/people/{own.id}/end").location == "/manage/"
    assert owner.get("/manage/people").status_code == 404


def test_roles_of_others_are_not_there(app: Flask, owner: FlaskClient) -> None:
    (others,) = held(app, "stranger@example.org")
    assert owner.post(f"/manage/people/{others.id}/end").status_code == 404
    assert owner.get("/manage/people?organisation=house-of-ball").status_code == 404
    assert "stranger@example.org" not in owner.get("/manage/people").text
    assert held(app, "stranger@example.org") != []


def test_the_rule_is_set_and_taken_back(app: Flask, owner: FlaskClient) -> None:
    for wanted in ("1", "1", "0"):
        assert owner.post("/manage/people/rule", data={"wanted": wanted}).status_code == 303
        with app.app_context():
            assert (factors.is_required(1), factors.is_required(2)) == (wanted == "1", False)


@pytest.mark.parametrize("who", ["organiser", "treasurer", "door", "nobody"])
def test_nobody_else_sees_people(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        answers = [browser.get("/manage/people"), browser.post("/manage/people", data=NEW)]
        answers += [browser.post("/manage/people/1/end"), browser.post("/manage/people/rule", data={"wanted": "1"})]
        assert {answer.status_code for answer in answers} == {404}
        assert "/manage/people" not in browser.get("/manage/").text


def test_an_owner_of_one_evening_is_no_owner_of_the_house(app: Flask, staff: Staff) -> None:
    with app.app_context(), transaction():
        row = {"account_id": staff.accounts["nobody"], "organisation_id": 1, "event_id": 1, "role": "owner"}
        db.session.add(Membership(**row, created_at=db.session.get_one(Account, 1).created_at))
    with staff.signed_in("nobody") as browser:
        assert browser.get("/manage/people").status_code == 404
