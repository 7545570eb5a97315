"""Stripe is told which request asked: the first one, on every repetition, for a key goes with its parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from events.catalogue.models import Event
from events.core import logs
from events.core.db import transaction
from payments.checkout import begin
from payments.checkout.models import Attempt
from payments.gateway.failures import ProviderUnavailable
from payments.gateway.stripe_api import Gateway
from tests.support.world import BUYER, buy, furnish, priced

Asked = list[tuple[Mapping[str, Any], str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """What Stripe, which is away, was asked; and no request's id is left afterwards."""
    kept: Asked = []

    def create(_gateway: Gateway, params: Mapping[str, Any], key: str, **_more: bool) -> None:
        kept.append((params, key))
        raise ProviderUnavailable("away")

    monkeypatch.setattr(Gateway, "create_session", create)
    before = logs.request_id.set("")
    yield kept
    logs.request_id.reset(before)


def test_a_repetition_by_another_request_sends_the_same(house: Flask, asked: Asked) -> None:
    world = furnish()
    logs.request_id.set("the-first-request")
    with transaction() as session:
        order, attempt = begin.begin(session.get_one(Event, world.event_id), priced(world), BUYER)
        attempt_id = attempt.id
    begin.open_session(attempt_id)
    logs.request_id.set("another-request")
    begin.open_session(attempt_id)
    first, again = asked
    assert first == again
    assert first[0]["metadata"]["request"] == "the-first-request"
    assert first[0]["payment_intent_data"]["metadata"]["request"] == "the-first-request"
    assert house.name
    assert order.code


def test_where_nothing_is_logged_nothing_is_added(house: Flask, asked: Asked) -> None:
    attempt = Attempt.newest_of(buy(furnish()))
    assert attempt is not None
    assert set(attempt.params["metadata"]) == {"order", "code"}
    assert (house.name, asked) == (house.name, [])
