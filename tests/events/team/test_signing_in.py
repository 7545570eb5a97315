"""The mailed key: once, by a press of a button, in time."""

import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db, transaction
from events.mail.message import Message
from events.mail.models import Letter
from events.team import inviting, letters, signing_in
from events.team.models import Account, SignInKey
from tests.support.staff import Staff


@pytest.fixture
def browser(staff: Staff) -> FlaskClient:
    return staff.app.test_client()


def ask(browser: FlaskClient, email: str = "owner@example.org") -> str:
    answer = browser.post("/sign-in", data={"email": email}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def letter(app: Flask) -> Mapping[str, Any]:
    """What the newest sign-in letter says, composed as the worker does."""
    with app.app_context():
        put = db.session.scalars(select(Letter).where(Letter.kind == "sign_in").order_by(Letter.id.desc())).first()
        assert put is not None
        message: Message = letters.sign_in(dict(put.args))
    return message.context


def path(context: Mapping[str, Any]) -> str:
    return str(context["link"]).removeprefix("http://localhost")


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/manage/").status_code == 200


def forget(browser: FlaskClient) -> None:
    assert browser.post("/sign-out").status_code == 303


def test_a_link_signs_in_by_post_and_once(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    link = path(letter(staff.app))
    assert browser.post(link).headers["Location"] == "/manage/"
    assert is_in(browser)
    forget(browser)
    again = browser.post(link)
    assert again.status_code == 403
    assert "too old" in again.text
    assert not is_in(browser)


def test_a_scanner_that_follows_the_link_signs_nobody_in_and_spends_nothing(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    link = path(letter(staff.app))
    scanner = staff.app.test_client()
    for _ in range(3):
        assert scanner.get(link).status_code == 200
        assert scanner.head(link).status_code == 200
    assert not is_in(scanner)
    assert browser.post(link).status_code == 303


def test_the_code_signs_in_where_it_was_asked_for_and_once(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    code = letter(staff.app)["code"]
    assert browser.post("/sign-in/code", data={"code": f"{code[:3]} {code[3:]}"}).status_code == 303
    assert is_in(browser)
    forget(browser)
    assert browser.post("/sign-in/code", data={"code": code}).status_code == 403


def test_the_code_is_worth_nothing_in_another_browser(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    code = letter(staff.app)["code"]
    other = staff.app.test_client()
    assert other.post("/sign-in/code", data={"code": code}).status_code == 403
    ask(other, "nobody@example.org")
    assert other.post("/sign-in/code", data={"code": code}).status_code == 403
    assert browser.post("/sign-in/code", data={"code": code}).status_code == 303


def test_after_five_wrong_codes_the_right_one_comes_too_late(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    code = letter(staff.app)["code"]
    for guess in range(5):
        assert browser.post("/sign-in/code", data={"code": f"{guess} no code"}).status_code == 403
    assert browser.post("/sign-in/code", data={"code": code}).status_code == 403


def test_a_key_is_good_for_fifteen_minutes(
    staff: Staff, browser: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(clock))
    ask(browser)
    context = letter(staff.app)
    clock.write_text("901")
    assert browser.post(path(context)).status_code == 403
    assert browser.post("/sign-in/code", data={"code": context["code"]}).status_code == 403
    clock.write_text("890")
    assert browser.post(path(context)).status_code == 303


def test_a_letter_written_again_makes_the_first_key_worthless(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    first, second = path(letter(staff.app)), path(letter(staff.app))
    assert first != second
    assert browser.post(first).status_code == 403
    assert browser.post(second).status_code == 303


def test_no_secret_is_stored(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    context = letter(staff.app)
    token = path(context).rsplit("/", 1)[1]
    with staff.app.app_context():
        key = db.session.scalars(select(SignInKey)).one()
        put = db.session.scalars(select(Letter)).one()
        kept = " ".join(map(str, (key.link_digest, key.code_digest, put.args, put.job.args)))
    assert token not in kept
    assert not re.search(rf"\b{context['code']}\b", kept)


def test_the_answer_does_not_tell_whether_there_is_an_account(staff: Staff) -> None:
    answers = set()
    for email in ("owner@example.org", " OWNER@Example.org ", "somebody.else@example.org"):
        page = ask(staff.app.test_client(), email)
        answers.add(re.sub(r'name="csrf_token" value="[^"]+"', "", page))
    assert len(answers) == 1
    with staff.app.app_context():
        assert {put.recipient_email for put in db.session.scalars(select(Letter))} == {"owner@example.org"}


def test_one_address_gets_five_letters_in_a_quarter_of_an_hour(staff: Staff) -> None:
    for _ in range(7):
        ask(staff.app.test_client())
    with staff.app.app_context():
        assert len(db.session.scalars(select(Letter)).all()) == 5


@pytest.mark.parametrize(
    "email", ["", "owner", "owner@", "owner@example.org\r\nBcc: x@example.org", "a" * 300 + "@b.org"]
)
def test_what_is_no_address_is_said_to_be_none_and_kept(browser: FlaskClient, email: str) -> None:
    answer = browser.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text


def test_one_is_brought_back_to_the_page_one_wanted(staff: Staff, browser: FlaskClient) -> None:
    browser.get(browser.get("/manage/dinner/guests?q=ann").headers["Location"])
    ask(browser)
    assert browser.post(path(letter(staff.app))).headers["Location"] == "/manage/dinner/guests?q=ann"


def test_a_forged_request_without_token_changes_nothing(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    link = path(letter(staff.app))
    staff.app.config["WTF_CSRF_ENABLED"] = True
    assert browser.post(link).status_code == 400
    staff.app.config["WTF_CSRF_ENABLED"] = False
    assert browser.post(link).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    cookie = browser.post(path(letter(staff.app))).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.both_engines
def test_of_eight_presses_at_the_same_moment_one_signs_in(staff: Staff, browser: FlaskClient) -> None:
    ask(browser)
    token = path(letter(staff.app)).rsplit("/", 1)[1]
    together = threading.Barrier(8)

    def press(_number: int) -> bool:
        with staff.app.app_context():
            together.wait()
            with transaction():
                return signing_in.use_link(token) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1


@pytest.mark.both_engines
def test_the_demonstrations_key_is_reusable_until_a_new_one_is_drawn(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        owner = db.session.get_one(Account, staff.accounts["owner"])
        first = signing_in.demo_key(owner)
        assert signing_in.use_link(first) is not None
        assert signing_in.use_link(first) is not None
        second = signing_in.demo_key(owner)
        assert signing_in.use_link(second) is not None
        assert signing_in.use_link(first) is None


@pytest.mark.both_engines
def test_an_invitation_opens_the_pages_of_its_role_once(staff: Staff) -> None:
    browser = staff.app.test_client()
    with staff.app.app_context(), transaction():
        link = inviting.invite("New@Example.org", "treasurer", 1)
        inviting.invite("new@example.org", "treasurer", 1)
        account = db.session.scalars(select(Account).where(Account.email == "new@example.org")).one()
        assert len(account.memberships) == 1
        key = db.session.scalars(select(SignInKey).where(SignInKey.account_id == account.id)).first()
        assert key is not None
        assert abs(key.expires_at - key.created_at - timedelta(days=7)) < timedelta(seconds=1)
    assert browser.post(link.removeprefix("http://localhost")).status_code == 303
    assert browser.get("/treasury/dinner").status_code == 200
    assert browser.get("/manage/dinner/guests").status_code == 404
    assert staff.app.test_client().post(link.removeprefix("http://localhost")).status_code == 403


def test_an_invitation_to_one_evening_opens_no_other(staff: Staff) -> None:
    browser = staff.app.test_client()
    with staff.app.app_context(), transaction():
        link = inviting.invite("new@example.org", "treasurer", 2, 2)
    browser.post(link.removeprefix("http://localhost"))
    assert browser.get("/treasury/ball").status_code == 200
    assert browser.get("/treasury/exports").status_code == 200
    assert browser.get("/treasury/dinner").status_code == 404
