"""Passkeys: made on the device, used instead of a letter; foreign, forged, replayed and copied ones open nothing."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from webauthn.helpers import bytes_to_base64url

from events.core import clock
from events.core.db import db, transaction
from events.team import passkeys
from events.team.models import Passkey
from events.team.passkeys import Challenge
from tests.events.team.steps import OPTIONS, Turn, add_passkey, by_passkey, enter, is_in
from tests.support.device import Device
from tests.support.staff import Staff


@pytest.fixture
def stranger(staff: Staff) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return staff.app.test_client()


def kept(staff: Staff) -> int:
    with staff.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Passkey)) or 0


def test_a_passkey_signs_in_without_a_letter_again_and_again(staff: Staff, stranger: FlaskClient) -> None:
    device = add_passkey(enter(staff))
    for _time in range(2):
        assert by_passkey(stranger, device) == 303
        assert stranger.get("/treasury/dinner").status_code == 200
        assert stranger.post("/sign-out").status_code == 303
    assert not is_in(stranger)


def test_one_is_brought_to_the_page_one_wanted(staff: Staff, stranger: FlaskClient) -> None:
    device = add_passkey(enter(staff))
    stranger.get(stranger.get("/treasury/dinner/figures").headers["Location"])
    answer = device.use(stranger.post(OPTIONS).get_json())
    assert stranger.post("/sign-in/passkey", data={"passkey": answer}).location == "/treasury/dinner/figures"


def test_the_same_answer_never_counts_twice_even_from_a_device_that_does_not_count(staff: Staff) -> None:
    device = add_passkey(enter(staff), Device(counts=False))
    thief = staff.app.test_client()
    answer = device.use(thief.post(OPTIONS).get_json())
    before = thief.get_cookie("bonsoir")
    assert before is not None
    assert thief.post("/sign-in/passkey", data={"passkey": answer}).status_code == 303
    again = staff.app.test_client()
    again.set_cookie("bonsoir", before.value)  # the cookie with the very challenge, kept from before
    assert again.post("/sign-in/passkey", data={"passkey": answer}).status_code == 403
    assert not is_in(again)


def test_a_count_that_goes_back_tells_of_a_copy(staff: Staff, stranger: FlaskClient) -> None:
    device = add_passkey(enter(staff))
    device.count = 7
    assert by_passkey(stranger, device) == 303
    device.count = 3
    assert by_passkey(staff.app.test_client(), device) == 403
    device.count = 8
    assert by_passkey(staff.app.test_client(), device) == 303


@pytest.mark.both_engines
def test_of_eight_uses_of_one_answer_at_the_same_moment_one_counts(staff: Staff) -> None:
    device = add_passkey(enter(staff), Device(counts=False))
    challenge = Challenge(b"thirty-two bytes that are a test", clock.now())
    options = {"rpId": "localhost", "challenge": bytes_to_base64url(challenge.value)}
    answer, together = device.use(options), threading.Barrier(8)

    def use(_number: int) -> bool:
        with staff.app.app_context():
            together.wait()
            with transaction():
                return passkeys.use(answer, challenge) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def test_a_challenge_waits_ten_minutes(staff: Staff, stranger: FlaskClient, turn_clock: Turn) -> None:
    device = add_passkey(enter(staff))
    answer = device.use(stranger.post(OPTIONS).get_json())
    turn_clock(timedelta(minutes=11))
    assert stranger.post("/sign-in/passkey", data={"passkey": answer}).status_code == 403


Damage = Callable[[Device, dict[str, Any]], str]


def other_origin(device: Device, options: dict[str, Any]) -> str:
    device.origin = "http://localhost.evil.example"
    return device.use(options)


def other_challenge(device: Device, options: dict[str, Any]) -> str:
    return device.use(options | {"challenge": bytes_to_base64url(b"another challenge of thirty-two.")})


def other_key(device: Device, options: dict[str, Any]) -> str:
    device.key = Device().key
    return device.use(options)


def other_person(device: Device, options: dict[str, Any]) -> str:
    device.handle = bytes_to_base64url(b"account:1")
    return device.use(options)


def nobody_looked(device: Device, options: dict[str, Any]) -> str:
    device.verifies = False
    return device.use(options)


def other_host(device: Device, options: dict[str, Any]) -> str:
    return device.use(options | {"rpId": "evil.example"})


def unknown(device: Device, options: dict[str, Any]) -> str:
    device.name = b"never seen"
    return device.use(options)


def no_passkey(device: Device, options: dict[str, Any]) -> str:
    return json.dumps({"id": json.loads(device.use(options))["id"], "response": {"userHandle": None}})


@pytest.mark.parametrize(
    "damage",
    [other_origin, other_challenge, other_key, other_person, nobody_looked, other_host, unknown, no_passkey],
    ids=lambda damage: damage.__name__,
)
def test_what_does_not_fit_opens_nothing(staff: Staff, stranger: FlaskClient, damage: Damage) -> None:
    device = add_passkey(enter(staff))
    answer = damage(device, stranger.post(OPTIONS).get_json())
    page = stranger.post("/sign-in/passkey", data={"passkey": answer})
    assert (page.status_code, "does not open anything" in page.text) == (403, True)
    assert not is_in(stranger)


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "{}", '"x"', '{"id": 7, "response": {}}', '{"id": "x", "response": 1}']
)
def test_rubbish_is_refused_in_words(staff: Staff, stranger: FlaskClient, answer: str) -> None:
    stranger.post(OPTIONS)
    assert stranger.post("/sign-in/passkey", data={"passkey": answer}).status_code == 403


def test_a_passkey_is_made_for_the_challenge_of_this_browser_alone(staff: Staff) -> None:
    owner, treasurer, device = enter(staff, "owner"), enter(staff), Device()
    made = device.make(owner.post("/manage/account/passkeys/options.json").get_json())
    treasurer.post("/manage/account/passkeys/options.json")
    assert treasurer.post("/manage/account/passkeys", data={"passkey": made}).status_code == 422
    assert owner.post("/manage/account/passkeys", data={"passkey": made}).status_code == 303
    assert owner.post("/manage/account/passkeys", data={"passkey": made}).status_code == 422
    assert kept(staff) == 1


def test_nobody_takes_over_the_passkey_of_another(staff: Staff, stranger: FlaskClient) -> None:
    device, treasurer = add_passkey(enter(staff, "owner")), enter(staff)
    copy = Device(name=device.name)
    options = treasurer.post("/manage/account/passkeys/options.json").get_json()
    answer = treasurer.post("/manage/account/passkeys", data={"passkey": copy.make(options)})
    assert (answer.status_code, kept(staff)) == (422, 1)
    assert by_passkey(stranger, device) == 303
    assert stranger.get("/manage/dinner/guests").status_code == 200  # the owner's still


def test_a_removed_passkey_opens_nothing(staff: Staff, stranger: FlaskClient) -> None:
    treasurer = enter(staff)
    device = add_passkey(treasurer, name="A lost telephone")
    assert "A lost telephone" in treasurer.get("/manage/account").text
    with enter(staff, "owner") as owner:
        assert owner.post("/manage/account/passkeys/1/removal").status_code == 404
    assert treasurer.post("/manage/account/passkeys/1/removal").status_code == 303
    assert "A lost telephone" not in treasurer.get("/manage/account").text
    assert by_passkey(stranger, device) == 403


def test_a_passkey_is_offered_once_after_the_first_sign_in(staff: Staff) -> None:
    browser = enter(staff)
    assert "Set up a passkey" in browser.get("/manage/").text
    assert "Set up a passkey" not in browser.get("/manage/").text
    assert "Set up a passkey" not in enter(staff).get("/manage/").text


def test_an_address_without_a_name_offers_none(staff: Staff) -> None:
    staff.app.config["PUBLIC_URL"] = "http://127.0.0.1:8000"
    browser = enter(staff)
    assert "Set up a passkey" not in browser.get("/manage/").text
    assert "reached by a number" in browser.get("/manage/account").text
    assert "passkeys.js" not in staff.app.test_client().get("/sign-in").text
