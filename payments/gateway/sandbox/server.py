"""Starts the stand-in: a threaded HTTP server around a small WSGI application."""

import io
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from payments.gateway.notices import EVENT_TYPES
from payments.gateway.sandbox import api, control, page, remote, sessions, snapshot
from payments.gateway.sandbox.books import Books, Config
from payments.gateway.sandbox.delivery import Courier
from payments.gateway.sandbox.resources import create_endpoint

_LIVE = ("sk_live_", "rk_live_")
_MAX_BODY = 2_000_000


class LiveKeyRefused(RuntimeError):
    """There is a live key in reach: the stand-in does not run beside real money."""


@dataclass(frozen=True)
class RunningSandbox:
    """A stand-in that serves at `url` until `stop()`."""

    url: str
    stop: Callable[[], None]
    books: Books

    def control(self, name: str, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        """Press a switch (see control.py) over HTTP; raises SwitchRefused."""
        return remote.control(self.url, name, wanted)

    def read(self, name: str = "books") -> dict[str, Any]:
        """What the stand-in knows: `books` or `deliveries`."""
        return remote.control(self.url, name)


def application(books: Books, courier: Courier) -> Callable[..., Iterable[bytes]]:
    """The WSGI application. It lets ConnectionAbortedError through when no answer shall arrive."""

    @Request.application
    def serve(request: Request) -> Response:
        path = request.path
        if path.startswith("/v1/"):
            return api.serve(books, request)
        if path.startswith("/c/pay/"):
            return page.serve(books, request, path.removeprefix("/c/pay/"))
        if path.startswith("/_control/"):
            return control.serve(books, courier, request, path.removeprefix("/_control/"))
        return page.static(path.removeprefix("/static/"))

    return serve


def start(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    webhook_url: str | None = None,
    webhook_secret: str = "",
    webhook_events: Iterable[str] = EVENT_TYPES,
    retry_scale: float = 1.0,
    state: Path | None = None,
    **settings: Any,  # noqa: ANN401 - further fields of Config
) -> RunningSandbox:
    """Serve in threads of this process until `stop()`. Port 0 takes a free one. Raises LiveKeyRefused.

    `state` names a file to take the books up from and to leave them in.
    """
    if os.environ.get("STRIPE_SECRET_KEY", "").startswith(_LIVE):
        raise LiveKeyRefused("STRIPE_SECRET_KEY is a live key: the stand-in does not run beside it.")
    books = Books(Config(webhook_events=tuple(webhook_events), retry_scale=retry_scale, **settings))
    courier = Courier(books)
    server = _Server((host, port), _Handler)
    server.app = application(books, courier)
    books.base = f"http://{host}:{server.server_address[1]}"
    if state:
        snapshot.load(books, state)
    if webhook_url:
        params = {"url": webhook_url, "enabled_events": books.config.webhook_events, "secret": webhook_secret}
        create_endpoint(books, params)
    return RunningSandbox(books.base, _run(server, books, courier, state), books)


def _run(server: "_Server", books: Books, courier: Courier, state: Path | None) -> Callable[[], None]:
    """Start the threads; returns what ends them."""
    ended = threading.Event()
    threads = [
        threading.Thread(target=_tick, args=(books, ended, state), daemon=True),
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True),
    ]
    courier.start()
    for thread in threads:
        thread.start()

    def stop() -> None:
        ended.set()
        server.shutdown()
        server.server_close()
        courier.stop()
        for thread in threads:
            thread.join(5)
        if state:
            snapshot.save(books, state)

    return stop


def _tick(books: Books, ended: threading.Event, state: Path | None) -> None:
    """Each second: sessions expire though nobody looks, the rate limit begins anew, the books are kept."""
    kept = 0
    while not ended.wait(1.0):
        books.faults.next_second()
        with books.lock:
            sessions.sweep(books)
            happened = len(books.kinds.get("event", {})) + len(books.kinds.get("checkout.session", {}))
        if state and happened != kept:
            snapshot.save(books, state)
            kept = happened


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    app: Callable[..., Iterable[bytes]]

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Also end the connections that clients keep open for a next request."""
        super().server_close()
        with self._guard:
            for connection in list(self._connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StandIn"
    # Head and body leave in one packet and at once: 48 ms a call become 3.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # noqa: N802
        self._run()

    do_POST = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the books and the deliveries tell what happened."""

    def _run(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _MAX_BODY:
            self.send_error(413)
            self.close_connection = True
            return
        started: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started.update(status=status, headers=headers)

        server: Any = self.server
        try:
            body = b"".join(server.app(self._environ(self.rfile.read(length)), start_response))
        except ConnectionAbortedError:
            self.close_connection = True
            return
        code, _, reason = started["status"].partition(" ")
        self.send_response(int(code), reason)
        for name, value in started["headers"]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)
        self.wfile.flush()

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        server: Any = self.server
        host, port = server.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        return environ
