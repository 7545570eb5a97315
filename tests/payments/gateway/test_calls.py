import threading
import time
from collections.abc import Callable

import pytest
import stripe

from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import IdempotencyConflict, ProviderRefused, ProviderUnavailable
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.stripe_api import Gateway
from tests.payments.gateway.conftest import SECRET, params

Opened = Callable[..., CheckoutSession]
CREATE = "/v1/checkout/sessions"


def patient(standin: RunningSandbox, **settings: float) -> Gateway:
    return Gateway("sk_test_x", SECRET, standin.url, assert_idle=lambda: None, **settings)  # type: ignore[arg-type]


def test_the_same_key_gives_the_same_session(gateway: Gateway) -> None:
    same = params()
    assert gateway.create_session(same, "one") == gateway.create_session(same, "one")
    assert len(list(gateway.list_sessions())) == 1


def test_the_same_key_with_other_parameters_is_a_conflict(gateway: Gateway) -> None:
    gateway.create_session(params(), "one")
    with pytest.raises(IdempotencyConflict):
        gateway.create_session(params(order_id="ord_2"), "one")


def test_a_lost_answer_is_found_again_with_the_same_key(standin: RunningSandbox, gateway: Gateway) -> None:
    standin.control("faults", requests=[{"kind": "answer_lost", "path": CREATE}])
    same = params()
    with pytest.raises(ProviderUnavailable):
        gateway.create_session(same, "lost")
    made = standin.read()["checkout.session"]
    assert gateway.create_session(same, "lost").id == made[0]["id"]
    assert len(standin.read()["checkout.session"]) == 1


def test_a_dropped_request_did_nothing(standin: RunningSandbox, gateway: Gateway) -> None:
    standin.control("faults", requests=[{"kind": "drop"}])
    with pytest.raises(ProviderUnavailable):
        gateway.create_session(params(), "drop")
    assert standin.read()["checkout.session"] == []


def test_an_answer_after_the_time_out_is_no_answer(standin: RunningSandbox) -> None:
    standin.control("faults", requests=[{"kind": "timeout", "seconds": 0.6}])
    with pytest.raises(ProviderUnavailable):
        patient(standin, timeout=0.2, retries=0).create_session(params(), "slow")
    assert len(standin.read()["checkout.session"]) == 1


@pytest.mark.parametrize(("kind", "made"), [("server_error", 0), ("server_error_after", 1)])
def test_a_500_is_remembered_by_its_key(standin: RunningSandbox, gateway: Gateway, kind: str, made: int) -> None:
    standin.control("faults", requests=[{"kind": kind, "path": CREATE}])
    same = params()
    for _ in range(2):
        with pytest.raises(ProviderUnavailable):
            gateway.create_session(same, "broken")
    assert len(standin.read()["checkout.session"]) == made


def test_a_429_is_waited_out(standin: RunningSandbox) -> None:
    standin.control("faults", requests=[{"kind": "rate_limit", "count": 2}])
    session = patient(standin, rate_limit_pauses=(0.01, 0.01)).create_session(params(), "busy")  # type: ignore[arg-type]
    assert session.status == "open"


def test_too_many_429_are_unavailable(standin: RunningSandbox) -> None:
    standin.control("faults", requests=[{"kind": "rate_limit", "count": 3}])
    with pytest.raises(ProviderUnavailable):
        patient(standin, rate_limit_pauses=(0.01, 0.01)).create_session(params(), "busy")  # type: ignore[arg-type]


def test_a_rate_limit_counts_requests_of_a_second(standin: RunningSandbox, gateway: Gateway, opened: Opened) -> None:
    session = opened()
    standin.control("faults", rate_limit=3)
    quick = patient(standin, rate_limit_pauses=())  # type: ignore[arg-type]
    with pytest.raises(ProviderUnavailable):
        for _ in range(10):
            quick.get_session(session.id)


def test_the_same_key_twice_at_once_is_done_once(standin: RunningSandbox, gateway: Gateway) -> None:
    standin.control("faults", requests=[{"kind": "timeout", "seconds": 0.1, "path": CREATE}])
    same, results = params(), []

    def create() -> None:
        try:
            results.append(gateway.create_session(same, "twin").id)
        except ProviderUnavailable:
            results.append("in progress")

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(standin.read()["checkout.session"]) == 1
    assert len(set(results) - {"in progress"}) == 1


def test_a_key_in_use_is_a_409(standin: RunningSandbox, gateway: Gateway) -> None:
    first = threading.Event()
    original = standin.books.now

    def slow() -> int:
        first.set()
        time.sleep(0.15)
        return original()

    standin.books.now = slow  # type: ignore[method-assign]
    same = params()
    worker = threading.Thread(target=lambda: gateway.create_session(same, "used"))
    worker.start()
    first.wait(5)
    with pytest.raises(ProviderUnavailable, match="409"):
        gateway.create_session(same, "used")
    standin.books.now = original  # type: ignore[method-assign]
    worker.join()


def test_no_call_is_made_inside_a_transaction(standin: RunningSandbox, opened: Opened) -> None:
    def busy() -> None:
        raise RuntimeError("a transaction is open")

    session = opened()
    held = Gateway("sk_test_x", SECRET, standin.url, assert_idle=busy)
    for call in (
        lambda: held.get_session(session.id),
        lambda: held.create_session(params(), "held"),
        lambda: list(held.list_events()),
        lambda: held.get_balance(),
    ):
        with pytest.raises(RuntimeError, match="transaction is open"):
            call()


def test_each_page_of_a_list_is_asked_for_outside_a_transaction(standin: RunningSandbox, opened: Opened) -> None:
    for _ in range(101):
        opened()
    asked = []
    pages = Gateway("sk_test_x", SECRET, standin.url, assert_idle=lambda: asked.append(1))
    assert len(list(pages.list_sessions())) == 101
    assert len(asked) == 2


def test_a_proxy_of_the_environment_does_not_stand_between(
    gateway: Gateway, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert gateway.get_session(session.id) == session


def test_nobody_there_is_unavailable() -> None:
    nobody = Gateway("sk_test_x", SECRET, "http://127.0.0.1:9", assert_idle=lambda: None, retries=0)
    with pytest.raises(ProviderUnavailable):
        nobody.get_balance()


def test_a_live_key_never_talks_to_a_stand_in(standin: RunningSandbox) -> None:
    with pytest.raises(ValueError, match="live"):
        Gateway("sk_live_x", SECRET, standin.url, assert_idle=lambda: None)


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x", "pk_test_x", "rk_test_x", "x"])
def test_the_stand_in_serves_test_keys_only(standin: RunningSandbox, key: str) -> None:
    client = stripe.StripeClient(key, base_addresses={"api": standin.url})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.balance.retrieve()


def test_another_version_of_the_api_is_refused(standin: RunningSandbox) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url}, stripe_version="2019-01-01")
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        client.v1.balance.retrieve()


def test_an_address_stripe_does_not_have_is_refused(standin: RunningSandbox) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url})
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized"):
        client.raw_request("get", "/v1/unicorns")


def test_the_library_writes_no_identifier_into_the_home_folder() -> None:
    assert stripe.enable_telemetry is False


def test_a_refusal_names_its_code(gateway: Gateway) -> None:
    with pytest.raises(ProviderRefused) as refused:
        gateway.get_charge("ch_unknown")
    assert refused.value.code == "resource_missing"
