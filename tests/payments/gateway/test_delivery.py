import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from events.core import clock
from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import ProviderRefused
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.sandbox.server import RunningSandbox, start
from payments.gateway.stripe_api import Gateway
from tests.payments.gateway.conftest import SECRET, Bell

SESSIONS = tuple(kind for kind in EVENT_TYPES if kind.startswith("checkout.session."))
Opened = Callable[..., CheckoutSession]


def rung(bell: Bell, gateway: Gateway) -> list[str]:
    """Types of the events delivered, each verified as the web server would."""
    return [gateway.verify_event(body, signature).type for body, signature in bell.rings]


@pytest.fixture
def standin(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    """A stand-in whose endpoint hears of sessions alone, so that one payment rings once."""
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    running = start(webhook_url=bell.url, webhook_secret=SECRET, webhook_events=SESSIONS, retry_scale=0.01)
    yield running
    running.stop()


def quiet(standin: RunningSandbox) -> bool:
    return bool(standin.control("quiet", seconds=5)["quiet"])


def test_an_event_is_delivered_signed(
    standin: RunningSandbox, gateway: Gateway, paid: CheckoutSession, bell: Bell
) -> None:
    assert quiet(standin)
    assert rung(bell, gateway) == ["checkout.session.completed"]
    body, signature = bell.rings[0]
    notice = gateway.verify_event(body, signature)
    assert (notice.object_type, notice.object_id) == ("checkout.session", paid.id)
    assert notice.api_version
    assert json.loads(body)["data"]["object"]["metadata"] == paid.order_metadata


def test_an_event_not_taken_is_brought_again(
    standin: RunningSandbox, gateway: Gateway, opened: Opened, bell: Bell
) -> None:
    bell.answers = [500, 404, 302]
    standin.control("pay", session=opened().id)
    assert quiet(standin)
    assert len({gateway.verify_event(*ring).id for ring in bell.rings}) == 1
    assert [row["status"] for row in standin.read("deliveries")["deliveries"]] == [500, 404, 302, 200]


def test_a_lost_event_is_found_by_listing(
    standin: RunningSandbox, gateway: Gateway, opened: Opened, bell: Bell
) -> None:
    standin.control("faults", events={"lose": 1})
    session = opened()
    standin.control("pay", session=session.id)
    assert quiet(standin)
    assert bell.rings == []
    found = list(gateway.list_events(types=SESSIONS))
    assert [(notice.type, notice.object_id) for notice in found] == [("checkout.session.completed", session.id)]


def test_a_repeated_event_comes_twice(standin: RunningSandbox, gateway: Gateway, opened: Opened, bell: Bell) -> None:
    standin.control("faults", events={"repeat": 1})
    standin.control("pay", session=opened().id)
    assert quiet(standin)
    ids = [gateway.verify_event(*ring).id for ring in bell.rings]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_delayed_event_comes_late(standin: RunningSandbox, opened: Opened, bell: Bell) -> None:
    standin.control("faults", events={"delay": 0.2})
    session, began = opened(), clock.monotonic()
    standin.control("pay", session=session.id)
    assert quiet(standin)
    assert clock.monotonic() - began >= 0.2
    assert len(bell.rings) == 1


@pytest.mark.parametrize("switch", ["hold", "shuffle"])
def test_events_may_come_last_first(
    standin: RunningSandbox, gateway: Gateway, opened: Opened, bell: Bell, switch: str
) -> None:
    standin.control("faults", events={switch: True})
    session = opened()
    standin.control("pay", session=session.id, outcome="later")
    standin.control("complete-async", session=session.id)
    if switch == "hold":
        assert bell.rings == []
        assert standin.control("deliver") == {"released": 2}
    assert quiet(standin)
    assert rung(bell, gateway) == ["checkout.session.async_payment_succeeded", "checkout.session.completed"]


def test_an_event_can_be_sent_again(
    standin: RunningSandbox, gateway: Gateway, paid: CheckoutSession, bell: Bell
) -> None:
    notice = next(iter(gateway.list_events(types=["checkout.session.completed"])))
    standin.control("deliver", event=notice.id)
    assert quiet(standin)
    assert [gateway.verify_event(*ring).id for ring in bell.rings] == [notice.id, notice.id]


def test_events_follow_a_cursor_oldest_first_over_pages(gateway: Gateway, opened: Opened) -> None:
    for _ in range(104):
        gateway.expire_session(opened().id)
    every = [notice.id for notice in gateway.list_events()]
    assert len(every) == 104
    assert [notice.id for notice in gateway.list_events(after=every[1])] == every[2:]
    assert [notice.id for notice in gateway.list_events(after=every[-1])] == []
    assert list(gateway.list_events(types=["payout.paid"], after=every[0])) == []
    assert list(gateway.list_events(created_since=clock.now() + timedelta(hours=1))) == []


def test_a_forgotten_cursor_is_refused(gateway: Gateway) -> None:
    with pytest.raises(ProviderRefused):
        list(gateway.list_events(after="evt_forgotten"))


def test_the_endpoint_is_set_for_every_type_we_handle(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    running = start(webhook_url=bell.url, webhook_secret=SECRET)
    gateway = Gateway("sk_test_of_these_tests", SECRET, running.url, assert_idle=lambda: None)
    (endpoint,) = gateway.get_webhook_endpoints()
    running.stop()
    assert (endpoint.url, endpoint.status) == (bell.url, "enabled")
    assert set(endpoint.enabled_events) == set(EVENT_TYPES)
