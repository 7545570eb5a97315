"""A server that keeps what it is asked, in the service's place behind a proxy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Upstream:
    """Its port, and what came."""

    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Paths, and headers in lower case, of requests that were whole."""
    cut: int = 0
    """Requests with less of a body than they said: refused, as the service does."""

    @property
    def paths(self) -> list[str]:
        """Of whole requests."""
        return [path for path, _headers in self.asked]


@contextmanager
def upstream() -> Iterator[Upstream]:
    """It answers `ok` to everything that is whole."""
    kept = Upstream()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = int(self.headers.get("Content-Length") or 0)
            whole = len(self.rfile.read(said)) == said
            if whole:
                kept.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            else:
                kept.cut += 1
            self.send_response(200 if whole else 400)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_POST = do_GET

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_about: object) -> None:
            """A proxy that hangs up is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        kept.port = server.server_port
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
