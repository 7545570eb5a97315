"""nginx and Caddy with our files: slow senders, large bodies, foreign names, and who says where visitors come from."""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import BadStatusLine, HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from events.core import assets
from events.core.db import db
from payments.guarding.models import Origin
from payments.orders.models import Order
from tests.support.evening import Evening, System, open_evening
from tests.support.fronts import KINDS, NAME, Front, Told, ask, front
from tests.support.servers import free_port
from tests.support.serving import arranged, served
from tests.support.shopping import new_email
from tests.support.upstream import Upstream, upstream
from tests.support.visitor import Answer

pytestmark = pytest.mark.parametrize("kind", KINDS)

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "ftp",
    "Forwarded": "for=203.0.113.9",
    "X-Request-Id": "chosen-by-the-visitor-and-long-enough",
}
Asking = Callable[..., Told]
"""Like `fronts.ask` over a connection that is known already: method, path, body, headers."""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SENDERS = 40
EMPTY = b"\r\nContent-Length: 0\r\n"
"""Caddy 2.6 gives up on a sender with a 200 that holds nothing; the service was not asked."""


@pytest.fixture
def behind() -> Iterator[Upstream]:
    with upstream() as made:
        yield made


@pytest.fixture
def before(kind: str, behind: Upstream, tmp_path: Path) -> Iterator[Front]:
    """The proxy before it."""
    with front(kind, (behind.port, free_port()), tmp_path / "front") as made:
        yield made


def test_what_a_visitor_says_of_the_way_is_replaced(before: Front, behind: Upstream) -> None:
    assert before.ask("GET", "/o/a-secret", headers=FORGED)[0] == 200
    ((path, heard),) = behind.asked
    assert (path, heard["host"], heard["x-forwarded-for"]) == ("/o/a-secret", NAME, "127.0.0.1")
    assert len(heard["x-request-id"]) >= 32
    said = json.dumps(heard)
    assert not [value for value in FORGED.values() if value in said]
    assert "a-secret" not in before.logged()


def test_foreign_names_and_plain_http_get_no_page(before: Front, behind: Upstream) -> None:
    status, leads = before.plainly("/e/dinner")
    assert (status in (301, 308), leads) == (True, f"https://{NAME}/e/dinner")
    for path in ("/api/v1/events", "/door/api/manifest", "/webhooks/stripe"):  # programs learn of their mistake
        assert before.plainly(path) == (403, "")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        before.socket("evil.example").close()
    try:
        status, _headers, page = before.ask("GET", "/", headers={"Host": "evil.example"})
    except (OSError, BadStatusLine):  # a line that is closed without a word
        pass
    else:
        assert (page, before.kind) == (b"", "caddy"), status
    assert behind.asked == []


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 50",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked\r\nContent-Length: 5",
        "Content-Length: +5",
    ],
)
def test_what_is_unclear_in_length_is_no_way_in_for_a_second_request(
    before: Front, behind: Upstream, lengths: str
) -> None:
    hidden = f"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
    with before.socket() as line:
        line.sendall(f"POST /e/dinner/order HTTP/1.1\r\nHost: {NAME}\r\n{lengths}\r\n\r\n{hidden}".encode())
        line.settimeout(2)
        heard = b""
        with suppress(TimeoutError):
            while part := line.recv(1 << 16):
                heard += part
    answers = heard.count(b"HTTP/1.1 ")
    assert answers >= 1
    assert len(behind.asked) + behind.cut <= answers  # the proxy knows of all that it handed on
    assert not any({"content-length", "transfer-encoding"} <= set(headers) for _path, headers in behind.asked)


def test_large_bodies_stop_at_the_proxy(before: Front, behind: Upstream) -> None:
    for megabytes in (17, 20, 200):
        head = f"POST /manage/dinner/cover HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {megabytes << 20}\r\n\r\n"
        with before.socket() as line:
            line.sendall(head.encode() + b"x" * 1000)
            assert line.recv(100)[:12] == b"HTTP/1.1 413"
    assert (behind.asked, behind.cut) == ([], 0)
    assert before.ask("POST", "/manage/dinner/cover", b"x" * (8 << 20))[0] == 200


@pytest.mark.parametrize("patience", [2, pytest.param(None, marks=pytest.mark.soak)])
def test_slow_senders_hold_nobody_up_and_are_cut_off(
    kind: str, behind: Upstream, tmp_path: Path, patience: int | None
) -> None:
    head = f"POST /e/dinner/order HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 1000\r\n\r\nslowly".encode()
    with front(kind, (behind.port, free_port()), tmp_path / "front", patience) as before, ExitStack() as stack:
        slow = [stack.enter_context(before.socket()) for _ in range(SENDERS)]
        for one in slow:
            one.sendall(head)
        assert before.ask("GET", "/")[0] == 200
        assert (behind.paths, behind.cut) == (["/"], 0)
        for one in slow:
            one.settimeout(180)
            heard = one.recv(1 << 16)
            assert heard == b"" or heard[9:12] in (b"408", b"400") or (kind == "caddy" and EMPTY in heard), heard
    assert behind.paths == ["/"]


def test_too_many_from_one_address_are_told_to_wait_and_stripe_is_not(before: Front, kind: str) -> None:
    if kind == "caddy":
        pytest.skip("Debian's Caddy cannot limit requests by address")
    began = time.monotonic()
    pages = before.often("GET", "/", 320)
    seconds = time.monotonic() - began
    assert (set(pages), set(before.often("POST", "/webhooks/stripe", 136))) == ({200, 429}, {200})
    assert 120 <= pages.count(200) <= 130 + 30 * seconds


@contextmanager
def whole(kind: str, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[System, Front, int]]:
    """The service itself behind the proxy; its own port."""
    assets.link()
    with arranged(url, folder, monkeypatch) as (system, environment):
        known = {"PUBLIC_URL": f"https://{NAME}", "LOG_FORMAT": "json"}
        port = int(system.url.rpartition(":")[2])
        with served(system, environment | known, folder), front(kind, (port, free_port()), folder / "front") as made:
            yield system, made, port


def place_order(asking: Asking, evening: Evening) -> int:
    """Order a seat by this way of asking; the answer's status."""
    page = Answer(*asking("GET", evening.form, None, FORGED))
    fields = {name: value for name, value in page.fields.items() if name != "action"}
    wanted = {f"ticket-{evening.seat}": "1", "name": "Claire Fontaine", "email": new_email()}
    headers = FORGED | FORM | {"Cookie": page.headers["set-cookie"]}
    return asking("POST", evening.form, urlencode(fields | wanted).encode(), headers)[0]


def counted(system: System) -> tuple[int, int]:
    """Orders, and how many of them are known to come from a network."""
    with system.looking():
        query = select(select(func.count(Order.id)).scalar_subquery(), select(func.count(Origin.key)).scalar_subquery())
        orders, networks = db.session.execute(query).one()
        return orders, networks


def directly(port: int, source: str) -> Asking:
    """A way of asking the service itself, from an address of this machine."""
    return lambda *words: ask(HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source, 0)), *words)


def test_the_service_behind_it(kind: str, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with whole(kind, sqlite_url, tmp_path, monkeypatch) as (system, made, port):
        evening = open_evening(system)
        status, headers, page = made.ask("GET", f"/e/{evening.slug}?lang=en", headers=FORGED)
        assert (status, "max-age" in headers["strict-transport-security"]) == (200, True)
        assert f'"https://{NAME}/e/{evening.slug}'.encode() in page
        assert b"http://" + NAME.encode() not in page
        assert headers["x-request-id"] not in ("", FORGED["X-Request-Id"])
        sheet = re.search(rb'href="(/static/[^"]+/base\.css)"', page)
        assert sheet is not None
        status, headers, _sheet = made.ask("GET", sheet[1].decode(), headers={"Accept-Encoding": "gzip"})
        assert (status, headers["content-encoding"], "immutable" in headers["cache-control"]) == (200, "gzip", True)
        assert made.ask("GET", "/static/../app.py")[0] in (400, 404)
        assert made.ask("GET", "/static/%2e%2e/app.py")[0] in (400, 404)
        assert made.ask("POST", "/webhooks/stripe", b"x" * (2 << 20))[0] in (400, 413)
        assert made.ask("POST", "/webhooks/stripe", b"{}")[0] == 400

        # The proxy says where a visitor comes from, and is believed; the visitor is not, and nobody else is.
        assert (place_order(made.ask, evening), counted(system)) == (303, (1, 0))
        assert (place_order(directly(port, "127.0.0.5"), evening), counted(system)) == (303, (2, 0))
        assert (place_order(directly(port, "127.0.0.1"), evening), counted(system)) == (303, (3, 1))
