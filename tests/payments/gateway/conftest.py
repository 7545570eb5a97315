"""A stand-in, a gateway that talks to it over HTTP, and a bell that rings when an event is delivered."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from events.core import clock
from payments.gateway.answers import CheckoutSession
from payments.gateway.parameters import SESSION_LIFE, session_params
from payments.gateway.sandbox.server import RunningSandbox, start
from payments.gateway.stripe_api import Gateway

SECRET = "whsec_of_these_tests"


@dataclass
class Bell:
    """Collects deliveries; answers each with the next of `answers`, then 200."""

    url: str = ""
    rings: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def bell() -> Iterator[Bell]:
    bell = Bell()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bell.rings.append((body, self.headers["Stripe-Signature"]))
            self.send_response(bell.answers.pop(0) if bell.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bell.url = f"http://127.0.0.1:{server.server_address[1]}/webhooks/stripe"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield bell
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def standin(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    monkeypatch.delenv("STRIPE_SECRET_KEY", raising=False)
    running = start(webhook_url=bell.url, webhook_secret=SECRET, retry_scale=0.01)
    yield running
    running.stop()


@pytest.fixture
def gateway(standin: RunningSandbox) -> Gateway:
    return Gateway("sk_test_of_these_tests", SECRET, standin.url, assert_idle=lambda: None, retries=0, timeout=5)


def params(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """Parameters of a session of 7,275.56 THB, with whatever is `changed`."""
    plain: dict[str, Any] = {
        "order_id": "ord_1",
        "order_code": "A7K2Q",
        "lines": [("Une place", 250000), ("Une place", 250000), ("Don", 200000), ("Frais de carte", 27556)],
        "currency": "THB",
        "email": "buyer@example.org",
        "locale": "en",
        "success_url": "http://127.0.0.1:9/o/token?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/e/dinner/order",
        "expires_at": clock.now() + SESSION_LIFE,
    }
    return session_params(**(plain | changed))


@pytest.fixture
def opened(gateway: Gateway) -> Callable[..., CheckoutSession]:
    """Opens a session; takes what `params` takes."""

    def create(**changed: Any) -> CheckoutSession:  # noqa: ANN401
        return gateway.create_session(params(**changed), f"key-{id(changed)}-{clock.monotonic()}")

    return create


@pytest.fixture
def paid(standin: RunningSandbox, gateway: Gateway, opened: Callable[..., CheckoutSession]) -> CheckoutSession:
    """A session that the buyer has paid by card."""
    session = opened()
    standin.control("pay", session=session.id)
    return gateway.get_session(session.id)
