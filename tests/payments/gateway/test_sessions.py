from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from events.core import clock
from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import ProviderRefused, SessionNotExpirable
from payments.gateway.parameters import SLOW_METHODS
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.stripe_api import Gateway
from tests.payments.gateway.conftest import params

Opened = Callable[..., CheckoutSession]


def test_a_session_is_opened_with_our_amount_and_reference(gateway: Gateway) -> None:
    wanted = params(excluded_methods=SLOW_METHODS)
    session = gateway.create_session(wanted, "attempt-1")
    assert (session.mode, session.status, session.payment_status) == ("payment", "open", "unpaid")
    assert (session.amount_total, session.currency) == (727556, "THB")
    assert session.client_reference_id == "ord_1"
    assert session.order_metadata == {"order": "ord_1", "code": "A7K2Q"}
    assert int(session.expires_at.timestamp()) == wanted["expires_at"]
    assert session.payment_intent is None
    assert not session.livemode
    assert not session.is_paid
    assert gateway.get_session(session.id) == session


def test_the_pay_page_has_a_long_address_with_a_fragment(opened: Opened) -> None:
    url = opened().url or ""
    assert len(url) > 350
    assert "#" in url


def test_no_personal_data_is_in_the_metadata() -> None:
    sent = params()
    assert "buyer@example.org" not in str(sent["metadata"]) + str(sent["payment_intent_data"])
    assert sent["adaptive_pricing"] == {"enabled": False}
    assert "after_expiration" not in sent


def test_a_krona_session_comes_back_in_whole_kronur(gateway: Gateway) -> None:
    session = gateway.create_session(params(currency="ISK", lines=[("Place", 900)]), "isk")
    assert session.amount_total == 900


def test_an_open_session_is_expired_once_and_stays_so(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    assert gateway.expire_session(session.id).status == "expired"
    assert gateway.expire_session(session.id).status == "expired"
    assert gateway.get_session(session.id).url is None


def test_a_paid_session_cannot_be_expired(gateway: Gateway, paid: CheckoutSession) -> None:
    assert paid.is_paid
    with pytest.raises(SessionNotExpirable) as refused:
        gateway.expire_session(paid.id)
    assert refused.value.status == "complete"


def test_a_session_expires_when_its_time_has_come(standin: RunningSandbox, gateway: Gateway, opened: Opened) -> None:
    session = opened()
    standin.control("advance-clock", seconds=33 * 60)
    assert gateway.get_session(session.id).status == "expired"
    assert [notice.type for notice in gateway.list_events()] == ["checkout.session.expired"]


def test_an_unknown_session_is_refused(gateway: Gateway) -> None:
    with pytest.raises(ProviderRefused) as refused:
        gateway.get_session("cs_test_unknown")
    assert (refused.value.code, refused.value.status) == ("resource_missing", 404)


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),  # removed from this version of the API
        ({"mode": "payments"}, "mode"),
        ({"client_reference_id": {"a": "b"}}, "client_reference_id"),
        ({"line_items": []}, "line_items"),
        ({"success_url": ""}, "success_url"),
        ({"success_url": "/o/token"}, "success_url"),
        ({"excluded_payment_method_types": ["cheque"]}, "excluded_payment_method_types[0]"),
        ({"adaptive_pricing": {"enabled": "perhaps"}}, "adaptive_pricing[enabled]"),
        ({"adaptive_pricing": {"on": True}}, "adaptive_pricing[on]"),
        ({"expires_at": 12}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"metadata": {str(i): "x" for i in range(51)}}, "metadata"),
        ({"metadata": {"k" * 41: "x"}}, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "x" * 501}}, "metadata[k]"),
        ({"payment_intent_data": {"metadata": {"k": "x" * 501}}}, "payment_intent_data[metadata][k]"),
        ({"locale": "xx"}, "locale"),
    ],
)
def test_parameters_that_stripe_refuses_are_refused(gateway: Gateway, changed: dict[str, Any], param: str) -> None:
    with pytest.raises(ProviderRefused) as refused:
        gateway.create_session(params() | changed, "bad")
    assert refused.value.param == param
    # Refused before anything began: the key is free for the corrected parameters.
    assert gateway.create_session(params(), "bad").status == "open"


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1, -5])
def test_a_session_lives_half_an_hour_to_a_day(gateway: Gateway, minutes: int) -> None:
    with pytest.raises(ProviderRefused) as refused:
        gateway.create_session(params(expires_at=clock.now() + timedelta(minutes=minutes)), "time")
    assert refused.value.param == "expires_at"


def test_a_total_below_the_minimum_is_refused_there_too(gateway: Gateway) -> None:
    small = params()
    small["line_items"] = [small["line_items"][0]]
    small["line_items"][0]["price_data"]["unit_amount"] = 999
    with pytest.raises(ProviderRefused) as refused:
        gateway.create_session(small, "small")
    assert refused.value.code == "amount_too_small"


def test_sessions_are_listed_over_pages_newest_first(gateway: Gateway, opened: Opened) -> None:
    made = [opened().id for _ in range(105)]
    assert [session.id for session in gateway.list_sessions()] == made[::-1]
    assert list(gateway.list_sessions(created_since=clock.now() + timedelta(minutes=1))) == []
    assert [session.id for session in gateway.list_sessions(status="complete")] == []
