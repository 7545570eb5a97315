"""Who may ring: only what Stripe signed, lately and well-formed. Everything else is a 400, never a 500."""

import json
from typing import Any

import pytest

from events.core import clock
from payments.gateway.parameters import SESSION_LIFE, session_params
from payments.gateway.sandbox import sessions
from tests.support.evening import System
from tests.support.signing import sign_event


def payload(**changed: Any) -> bytes:  # noqa: ANN401
    """An event as Stripe sends it, about a session that nobody knows."""
    event = {
        "id": f"evt_{changed.get('id', 'strange')}",
        "object": "event",
        "type": "checkout.session.completed",
        "created": 1_790_000_000,
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "data": {"object": {"id": "cs_test_unknown", "object": "checkout.session"}},
    }
    return json.dumps(event | changed).encode()


def refused(system: System, body: bytes, signature: str | None) -> dict[str, Any]:
    """What the 400 says."""
    headers = {} if signature is None else {"Stripe-Signature": signature}
    answer = system.visitor().post("/webhooks/stripe", body, headers)
    assert answer.status == 400, answer.words
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    return told


def test_what_is_not_signed_is_refused(system: System) -> None:
    assert refused(system, payload(), None)["code"] == "unverified"


@pytest.mark.parametrize(
    "signature", ["", "t=1", "v1=abc", "t=1790000000,v1=", "t=x,v1=y", "t=1,t=2,v1=z", "é", "t=٣,v1=a"]
)
def test_an_odd_signature_is_refused(system: System, signature: str) -> None:
    refused(system, payload(), signature.encode().decode("latin-1"))


def test_a_signature_of_somebody_else_is_refused(system: System) -> None:
    refused(system, payload(), sign_event(payload(), secret="whsec_of_somebody_else"))


def test_a_signature_of_another_body_is_refused(system: System) -> None:
    refused(system, payload(type="checkout.session.expired"), sign_event(payload()))


@pytest.mark.parametrize("ago", [301, 86_400, -301])
def test_a_signature_too_old_or_from_the_future_is_refused(system: System, ago: float) -> None:
    refused(system, payload(), sign_event(payload(), ago=ago))


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b"null", b"7", b'"text"', b"{}", b"{", b'{"object": "event"}', b"[" * 5000, payload(livemode=True),
     payload(data=None), payload(id=None), payload(created="soon")],
)  # fmt: skip
def test_what_is_signed_but_no_event_of_ours_is_refused(system: System, body: bytes) -> None:
    refused(system, body, sign_event(body))


def test_a_body_that_is_no_text_is_refused(system: System) -> None:
    refused(system, b"\xff\xfe{}", sign_event(b"{}"))


def test_ten_megabytes_are_refused_unread(system: System) -> None:
    answer = system.visitor().post("/webhooks/stripe", b"x" * 10_000_000, {"Stripe-Signature": "t=1,v1=a"})
    assert answer.status in (400, 413)


def test_types_we_do_not_know_are_kept_and_acknowledged(system: System) -> None:
    assert system.ring(payload(id="evt_moon", type="moon.landed")).status == 200


def test_sessions_of_another_shop_at_the_same_account_change_nothing(system: System) -> None:
    params = session_params(
        order_id="shop-1", order_code="S1", lines=[("A lamp", 90_000)], currency="THB", email="lamp@example.org",
        locale="en", success_url="http://127.0.0.1:9/", cancel_url="http://127.0.0.1:9/",
        expires_at=clock.now() + SESSION_LIFE,
    )  # fmt: skip
    with system.standin.books.lock:
        session = sessions.create(system.standin.books, params)
        sessions.expire(system.standin.books, {}, session["id"])
    system.quiet()
    assert system.ring(system.event_of(session["id"], "checkout.session.expired")).status == 200
