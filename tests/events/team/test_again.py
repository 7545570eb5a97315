"""Is it you? Money, people's data and one's own keys ask again after ten minutes; nothing that was typed is lost."""

import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.team.models import StaffSession
from payments.refunds.models import Refund
from tests.events.team.steps import A_WHILE, OPTIONS, Turn, add_app, add_passkey, enter, newest_letter, now
from tests.support.staff import Staff, sell

GRAVE = {
    *("desk.refund", "desk.hand_back", "desk.again", "desk.review"),
    *("exports.download", "exports.prepare", "exports.fetch", "office.export"),
    *("keeping.erase", "keeping.download"),
    *("team.new_passkey", "team.new_passkey_options", "team.add_passkey", "team.remove_passkey"),
    *("team.begin_app", "team.app", "team.symbol", "team.confirm_app", "team.remove_app", "team.new_codes"),
}
ORDERS = "/treasury/exports/orders.csv?event=dinner"
REFUND = "/treasury/dinner/orders/AAAAA/refunds"
FORM = {"key": "a key of twelve or more", "amount": "1 000", "note": "<b>A “kind” word</b>", "how": "cash"}


@pytest.fixture
def browser(staff: Staff) -> FlaskClient:
    """A treasurer signed in by a letter, and an order that was paid."""
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Ann Sample", [("Ann", "")])
    return enter(staff)


def kept(page: TestResponse) -> dict[str, str]:
    """The fields of the page's last form but one: what goes along with the code."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def code(staff: Staff) -> str:
    return str(newest_letter(staff.app, "proof_code")["code"])


def proofs(staff: Staff) -> int:
    with staff.app.app_context():
        return len(db.session.scalars(select(TrailEntry).where(TrailEntry.action == "proved who they are")).all())


def test_what_is_grave_is_declared(staff: Staff) -> None:
    views = staff.app.view_functions.items()
    assert {name for name, view in views if getattr(view, "asks_again", False)} >= GRAVE


def test_nobody_is_asked_who_has_just_signed_in(staff: Staff, browser: FlaskClient) -> None:
    assert browser.get(ORDERS).mimetype == "text/csv"
    assert browser.get("/manage/account/passkeys/new").status_code == 200


def test_a_while_later_a_file_waits_for_a_code_by_letter_and_then_comes(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    turn_clock(A_WHILE)
    asked = browser.get(ORDERS)
    assert (asked.status_code, "Is it you?" in asked.text, "Ann" in asked.text) == (403, True, False)
    (action,) = set(re.findall(r'<form method="post" action="(/manage/account/again[^"]+)"', asked.text))
    sent = browser.post(action, data=kept(asked) | {"again-do": "letter"})
    assert (sent.status_code, "again-code" in sent.text) == (403, True)
    assert browser.post(action, data=kept(sent) | {"again-do": "code", "again-code": "000000"}).status_code == 403
    proved = browser.post(action, data=kept(sent) | {"again-do": "code", "again-code": code(staff)})
    assert (proved.status_code, f'content="0;url={ORDERS}"' in proved.text) == (200, True)
    assert browser.get(ORDERS).mimetype == "text/csv"
    assert proofs(staff) == 1


def test_a_refund_waits_with_all_that_was_typed_and_then_happens_once(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    turn_clock(A_WHILE)
    asked = browser.post(REFUND, data=FORM)
    assert asked.status_code == 403
    assert f'action="{REFUND}"' in asked.text
    assert "&lt;b&gt;A “kind” word&lt;/b&gt;" in asked.text
    sent = browser.post(REFUND, data=FORM | {"again-do": "letter"})
    wrong = browser.post(REFUND, data=FORM | {"again-do": "code", "again-code": "12"})
    assert (sent.status_code, wrong.status_code) == (403, 403)
    with staff.app.app_context():
        assert db.session.scalars(select(Refund)).all() == []
    done = browser.post(REFUND, data=FORM | {"again-do": "code", "again-code": code(staff)})
    assert done.status_code == 303, done.text
    with staff.app.app_context():
        (refund,) = db.session.scalars(select(Refund))
        assert (refund.amount, refund.note) == (100_000, FORM["note"])


def test_after_a_proof_nobody_is_asked_for_ten_minutes(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    turn_clock(A_WHILE)
    action = f"/manage/account/again?next={ORDERS}"
    browser.post(action, data={"again-do": "letter"})
    browser.post(action, data={"again-do": "code", "again-code": code(staff)})
    turn_clock(A_WHILE * 1.8)
    assert browser.get(ORDERS).status_code == 200
    turn_clock(A_WHILE * 2.1)
    assert browser.get(ORDERS).status_code == 403


def test_other_pages_ask_nothing(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    turn_clock(A_WHILE * 12)
    for address in ("/manage/", "/treasury/dinner", "/treasury/exports", "/manage/account"):
        assert browser.get(address).status_code == 200, address


def test_the_code_of_the_letter_is_worth_nothing_twice_or_elsewhere(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    other = enter(staff)
    turn_clock(A_WHILE)
    action = f"/manage/account/again?next={ORDERS}"
    browser.post(action, data={"again-do": "letter"})
    given = {"again-do": "code", "again-code": code(staff)}
    assert other.post(action, data=given).status_code == 403
    assert browser.post("/sign-in/code", data={"code": given["again-code"]}).status_code == 403  # it signs nobody in
    assert browser.post(action, data=given).status_code == 200
    turn_clock(A_WHILE * 2.1)
    assert browser.post(action, data=given).status_code == 403


def test_five_letters_in_a_quarter_of_an_hour_are_enough(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    turn_clock(A_WHILE * 2)
    action = f"/manage/account/again?next={ORDERS}"
    answers = [browser.post(action, data={"again-do": "letter"}).text for _letter in range(6)]
    assert ["Several letters" in answer for answer in answers] == [False] * 5 + [True]


def test_where_an_app_is_set_up_no_letter_will_do(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    totp, codes = add_app(browser)
    turn_clock(A_WHILE)
    asked = browser.get(ORDERS)
    assert ("Code of the app" in asked.text, "by e-mail" in asked.text) == (True, False)
    action = f"/manage/account/again?next={ORDERS}"
    assert browser.post(action, data={"again-do": "code", "again-code": now(totp)}).status_code == 200
    turn_clock(A_WHILE * 2.1)
    assert browser.get(ORDERS).status_code == 403
    assert browser.post(action, data={"again-do": "code", "again-code": codes[3]}).status_code == 200
    assert browser.get(ORDERS).status_code == 200


def test_a_passkey_proves_its_own_account_alone(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    own, foreign = add_passkey(browser), add_passkey(enter(staff, "owner"))
    turn_clock(A_WHILE)
    action = f"/manage/account/again?next={ORDERS}"
    options = browser.post(OPTIONS).get_json()
    assert len(options["allowCredentials"]) == 1
    answer = {"again-do": "passkey", "again-passkey": foreign.use(options)}
    assert browser.post(action, data=answer).status_code == 403
    answer = {"again-do": "passkey", "again-passkey": own.use(browser.post(OPTIONS).get_json())}
    assert browser.post(action, data=answer).status_code == 200
    assert browser.get(ORDERS).status_code == 200


def test_a_program_is_told_in_json_and_a_person_with_a_page(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    turn_clock(A_WHILE)
    address = "/manage/account/passkeys/options.json"
    told = browser.post(address)
    assert (told.status_code, told.mimetype, told.json and told.json["code"]) == (
        403, "application/problem+json", "proof_needed",
    )  # fmt: skip
    page = browser.post("/treasury/keeping/data.json", data={"email": "a@b.org"}, headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.mimetype, "a@b.org" in page.text) == (403, "text/html", True)


def test_nobody_is_sent_elsewhere_by_a_proof(staff: Staff, browser: FlaskClient) -> None:
    page = browser.post("/manage/account/again?next=//evil.example/").text
    assert ("evil" in page, 'content="0;url=/manage/"' in page) == (False, True)


def test_a_stranger_is_asked_to_sign_in_first(staff: Staff) -> None:
    for address in (ORDERS, "/manage/account/passkeys/new"):
        answer = staff.app.test_client().get(address)
        assert urlsplit(answer.headers["Location"]).path == "/sign-in"


def test_what_is_not_ones_own_stays_not_found_after_the_proof(staff: Staff, turn_clock: Turn) -> None:
    door = enter(staff, "door")
    turn_clock(A_WHILE)
    assert door.get(ORDERS).status_code == 403
    with staff.app.app_context(), transaction():
        session = db.session.scalars(select(StaffSession)).one()
        session.proved_at += A_WHILE
    assert door.get(ORDERS).status_code == 404


def test_the_demonstrations_key_counts_as_fresh_for_ever(staff: Staff, turn_clock: Turn) -> None:
    with staff.signed_in("treasurer") as browser:
        turn_clock(A_WHILE * 12 * 24 * 30)
        assert browser.get(ORDERS).status_code == 200
