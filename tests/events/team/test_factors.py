"""The second factor: asked after the letter, each code once, tries limited, and what an organisation may demand."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from events.core import clock
from events.core.db import db, transaction
from events.team import factors
from events.team.models import Authenticator, RecoveryCode, SecondFactorRule, WrongProof
from tests.events.team.steps import Turn, add_app, add_passkey, by_passkey, enter, is_in, now
from tests.support.staff import Staff
from tests.support.world import in_threads

HALF_A_MINUTE = timedelta(seconds=31)


@pytest.fixture
def browser(staff: Staff) -> FlaskClient:
    """A treasurer signed in by a letter."""
    return enter(staff)


def give(browser: FlaskClient, code: str) -> int:
    return browser.post("/sign-in/second", data={"code": code}).status_code


def demand(staff: Staff) -> None:
    """The house of the dinner wants a second factor."""
    with staff.app.app_context(), transaction():
        db.session.add(SecondFactorRule(organisation_id=1, since=clock.now(), account_id=staff.accounts["owner"]))


def test_the_letter_alone_opens_nothing_once_an_app_is_set_up(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    totp, _codes = add_app(browser)
    turn_clock(HALF_A_MINUTE)
    again = enter(staff)
    assert not is_in(again)
    assert "authenticator app shows" in again.get("/sign-in/second").text
    assert give(again, "000000") == 403
    assert not is_in(again)
    assert give(again, f"{now(totp)[:3]} {now(totp)[3:]}") == 303
    assert is_in(again)


def test_a_code_of_the_app_counts_once_and_none_before_it(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    totp, _codes = add_app(browser)
    first, second = enter(staff), enter(staff)
    turn_clock(timedelta(minutes=2))
    older, newer = now(totp, -1), now(totp)
    assert give(first, newer) == 303
    assert give(second, newer) == 403
    assert give(second, older) == 403
    assert not is_in(second)


def test_the_code_that_set_the_app_up_opens_nothing(staff: Staff, browser: FlaskClient) -> None:
    totp, _codes = add_app(browser)
    assert give(enter(staff), now(totp)) == 403


def test_a_recovery_code_counts_once(staff: Staff, browser: FlaskClient) -> None:
    _totp, codes = add_app(browser)
    assert give(enter(staff), codes[0].lower().replace("-", " ")) == 303
    other = enter(staff)
    assert give(other, codes[0]) == 403
    assert not is_in(other)
    assert give(other, codes[1]) == 303
    assert "8 recovery codes are left" in other.get("/manage/account").text


def test_new_recovery_codes_make_the_old_ones_worthless(staff: Staff, browser: FlaskClient) -> None:
    _totp, codes = add_app(browser)
    page = browser.post("/manage/account/codes").text
    assert codes[0] not in page
    assert give(enter(staff), codes[0]) == 403


def test_the_codes_of_one_account_open_no_other(staff: Staff, browser: FlaskClient) -> None:
    _totp, codes = add_app(browser)
    add_app(enter(staff, "owner"))
    assert give(enter(staff, "owner"), codes[0]) == 403


def test_after_ten_wrong_codes_the_right_one_must_wait(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    totp, codes = add_app(browser)
    guessing = enter(staff)
    assert {give(guessing, f"{guess:06}") for guess in range(10)} == {403}
    turn_clock(HALF_A_MINUTE)
    other = enter(staff)
    assert (give(guessing, now(totp)), give(other, codes[0])) == (429, 429)
    turn_clock(timedelta(minutes=16))
    assert give(enter(staff), now(totp)) == 303


def test_the_half_signed_in_wait_a_quarter_of_an_hour(staff: Staff, browser: FlaskClient, turn_clock: Turn) -> None:
    totp, _codes = add_app(browser)
    half = enter(staff)
    turn_clock(timedelta(minutes=16))
    assert half.get("/sign-in/second").status_code == 302
    assert give(half, now(totp)) == 403


def test_nobody_passes_the_second_door_without_the_first(staff: Staff, browser: FlaskClient) -> None:
    totp, codes = add_app(browser)
    stranger = staff.app.test_client()
    assert stranger.get("/sign-in/second").status_code == 302
    assert (give(stranger, now(totp)), give(stranger, codes[0])) == (403, 403)


def test_a_passkey_is_both_factors(staff: Staff, browser: FlaskClient) -> None:
    add_app(browser)
    device, half = add_passkey(browser), enter(staff)
    assert "js/passkeys.js" in half.get("/sign-in/second").text
    assert by_passkey(half, device) == 303
    assert is_in(half)


def test_the_passkey_of_a_colleague_is_no_second_factor(staff: Staff, browser: FlaskClient) -> None:
    add_app(browser)
    device = add_passkey(enter(staff, "owner"))
    half = enter(staff)
    assert by_passkey(half, device) == 403
    assert not is_in(half)


def test_a_wrong_first_code_sets_nothing_up(staff: Staff, browser: FlaskClient) -> None:
    assert browser.post("/manage/account/app/new").status_code == 303
    assert browser.post("/manage/account/app", data={"code": "000000"}).status_code == 422
    assert is_in(enter(staff))


def test_a_removed_app_is_not_asked_for(staff: Staff, browser: FlaskClient) -> None:
    add_app(browser)
    assert browser.post("/manage/account/app/removal").status_code == 303
    assert is_in(enter(staff))


def test_the_symbol_says_what_the_app_needs(staff: Staff, browser: FlaskClient) -> None:
    assert browser.get("/manage/account/app.svg").status_code == 404
    browser.post("/manage/account/app/new")
    drawn = browser.get("/manage/account/app.svg")
    assert (drawn.mimetype, drawn.headers["Cache-Control"]) == ("image/svg+xml", "no-store")
    with staff.app.app_context():
        app = db.session.scalars(select(Authenticator)).one()
        address = factors.address_of(app, "treasurer@example.org")
    assert address.startswith("otpauth://totp/Bonsoir:treasurer%40example.org?secret=")
    add_app(browser)
    assert browser.get("/manage/account/app.svg").status_code == 404  # never shown again


def test_no_secret_of_a_factor_is_stored_as_it_is(staff: Staff, browser: FlaskClient) -> None:
    totp, codes = add_app(browser)
    with staff.app.app_context():
        kept = [db.session.scalars(select(Authenticator)).one().sealed]
        kept += db.session.scalars(select(RecoveryCode.digest)).all()
    for secret in (totp.secret, totp.byte_secret().hex(), *codes, *(code.replace("-", "") for code in codes)):
        assert all(secret not in one for one in kept)


def test_an_app_sealed_under_another_secret_key_fits_nothing_and_codes_still_do(
    staff: Staff, browser: FlaskClient, turn_clock: Turn
) -> None:
    totp, codes = add_app(browser)
    half = enter(staff)
    turn_clock(HALF_A_MINUTE)
    with staff.app.app_context(), transaction():
        row = db.session.scalars(select(Authenticator)).one()
        row.sealed = f"AAAA{row.sealed[4:]}"
    assert give(half, now(totp)) == 422
    assert give(half, codes[0]) == 303


def test_who_moves_money_sets_up_a_factor_where_the_organisation_wants_one(staff: Staff, browser: FlaskClient) -> None:
    organiser, other = enter(staff, "organiser"), enter(staff, "stranger")
    demand(staff)
    answer = browser.get("/treasury/dinner")
    assert (answer.status_code, answer.location) == (302, "/manage/account")
    assert "asks for more than a letter" in browser.get("/manage/account").text
    assert (is_in(organiser), is_in(other)) == (True, True)
    add_passkey(browser)
    assert browser.get("/treasury/dinner").status_code == 200


def test_where_the_organisation_wants_it_a_passkey_is_asked_after_the_letter(
    staff: Staff, browser: FlaskClient
) -> None:
    device = add_passkey(browser)
    assert is_in(enter(staff))
    demand(staff)
    half = enter(staff)
    assert not is_in(half)
    assert by_passkey(half, device) == 303


def test_the_demonstrations_key_is_asked_for_nothing_more(staff: Staff, browser: FlaskClient) -> None:
    add_app(browser)
    demand(staff)
    for who in ("treasurer", "owner"):
        with staff.signed_in(who) as demonstration:
            assert demonstration.get("/treasury/dinner").status_code == 200


@pytest.mark.both_engines
def test_of_eight_uses_of_one_code_at_the_same_moment_one_counts(
    staff: Staff, app: Flask, browser: FlaskClient, turn_clock: Turn
) -> None:
    totp, codes = add_app(browser)
    turn_clock(timedelta(minutes=2))
    account_id, code = staff.accounts["treasurer"], now(totp)

    def use(typed: str) -> bool:
        with transaction():
            return factors.check(account_id, typed)

    assert sum(in_threads(app, 8, lambda _number: use(code))) == 1
    with app.app_context(), transaction():
        db.session.execute(delete(WrongProof))
    assert sum(in_threads(app, 8, lambda _number: use(codes[0]))) == 1


def test_a_printed_code_has_more_than_112_random_bits(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        codes = factors.new_codes(staff.accounts["owner"])
    letters = {letter for code in codes for letter in code} - {"-"}
    assert len(letters) > 30  # of 32, so five bits each
    assert all(5 * len(code.replace("-", "")) > 112 for code in codes)
