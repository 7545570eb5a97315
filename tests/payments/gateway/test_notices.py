import json
import time
from typing import Any

import pytest
import stripe

from payments.gateway.failures import Unverified
from payments.gateway.stripe_api import Gateway
from tests.payments.gateway.conftest import SECRET

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "created": 1790000000,
    "livemode": False,
    "api_version": "2026-10-28.endive",
    "data": {"object": {"object": "checkout.session", "id": "cs_test_1"}},
}


def listening(secret: str = SECRET, key: str = "sk_test_x") -> Gateway:
    return Gateway(key, secret, assert_idle=lambda: None)


def signed(payload: str, at: int | None = None, secret: str = SECRET) -> str:
    header: str = stripe.WebhookSignature.generate_signature_header(payload, secret, timestamp=at)
    return header


def test_a_signed_event_is_read() -> None:
    payload = json.dumps(EVENT)
    notice = listening().verify_event(payload.encode(), signed(payload))
    assert (notice.id, notice.type) == ("evt_1", "checkout.session.completed")
    assert (notice.object_type, notice.object_id) == ("checkout.session", "cs_test_1")
    assert notice.created.isoformat() == "2026-09-21T14:13:20+00:00"


def test_an_event_about_something_without_id_is_read() -> None:
    payload = json.dumps(EVENT | {"type": "balance.available", "data": {"object": {"object": "balance"}}})
    assert listening().verify_event(payload.encode(), signed(payload)).object_id is None


@pytest.mark.parametrize(
    "header", [None, "", "t=1", "v1=00", "t=,v1=00", "t=1,t=2,v1=00", "t=١,v1=00", "nonsense", "t=1,v1=é"]
)
def test_a_header_that_is_no_signature_is_refused(header: str | None) -> None:
    with pytest.raises(Unverified):
        listening().verify_event(json.dumps(EVENT).encode(), header)


def test_a_wrong_secret_is_refused() -> None:
    payload = json.dumps(EVENT)
    with pytest.raises(Unverified):
        listening().verify_event(payload.encode(), signed(payload, secret="whsec_of_somebody_else"))


def test_a_changed_body_is_refused() -> None:
    payload = json.dumps(EVENT)
    with pytest.raises(Unverified):
        listening().verify_event(payload.replace("cs_test_1", "cs_test_2").encode(), signed(payload))


@pytest.mark.parametrize("secret", ["", "  ", "\t"])
def test_without_a_secret_nothing_is_verified(secret: str) -> None:
    payload = json.dumps(EVENT)
    with pytest.raises(Unverified, match="no webhook secret"):
        listening(secret).verify_event(payload.encode(), signed(payload, secret=secret))


@pytest.mark.parametrize("seconds", [-310, 310, 10**9])
def test_a_signature_of_another_time_is_refused(seconds: int) -> None:
    payload = json.dumps(EVENT)
    with pytest.raises(Unverified, match="too old, or from the future"):
        listening().verify_event(payload.encode(), signed(payload, at=int(time.time()) + seconds))


def test_an_old_signature_cannot_wear_a_new_time() -> None:
    payload, now = json.dumps(EVENT), int(time.time())
    old = signed(payload, at=now - 4000)
    with pytest.raises(Unverified):
        listening().verify_event(payload.encode(), f"{old.replace('t=', 't=+')},t={now}")


def test_a_signature_with_two_times_is_refused_even_if_both_are_right() -> None:
    payload, now = json.dumps(EVENT), int(time.time())
    with pytest.raises(Unverified, match="exactly one time"):
        listening().verify_event(payload.encode(), f"{signed(payload, at=now)},t={now}")


def test_a_signature_beyond_ascii_is_refused() -> None:
    payload = json.dumps(EVENT)
    with pytest.raises(Unverified):
        listening().verify_event(payload.encode(), f"t={int(time.time())},v1=sécurité")


def test_a_body_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(Unverified):
        listening().verify_event(b"\xff\xfe{}", signed("{}"))


@pytest.mark.parametrize(
    "payload",
    [
        "[1]",
        "1",
        "null",
        '"event"',
        "{}",
        "",
        "{",
        "[" * 100_000,
        json.dumps(EVENT | {"object": "charge"}),
        json.dumps(EVENT | {"id": 5}),
        json.dumps(EVENT | {"type": None}),
        json.dumps(EVENT | {"data": []}),
        json.dumps(EVENT | {"data": {"object": [1]}}),
        json.dumps(EVENT | {"created": 10**30}),
        json.dumps(EVENT | {"created": "today"}),
        json.dumps({name: value for name, value in EVENT.items() if name != "livemode"}),
    ],
)
def test_signed_but_malformed_is_refused(payload: str) -> None:
    with pytest.raises(Unverified):
        listening().verify_event(payload.encode(), signed(payload))


def test_an_event_of_the_other_mode_is_refused() -> None:
    live = json.dumps(EVENT | {"livemode": True})
    with pytest.raises(Unverified, match="other mode"):
        listening().verify_event(live.encode(), signed(live))
    assert listening(key="sk_live_x").verify_event(live.encode(), signed(live)).livemode
