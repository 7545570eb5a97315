"""The load driver of the benches: servers of the product's own shape, clients that keep their connections, in turns.

A client writes a request that was made before and reads an answer, nothing more: whatever it costs weighs on both sides
of a comparison, and pulls their ratio towards one.
"""

import socket
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from events.core import clock
from events.core.settings import ROOT
from tests.support.servers import started, wait_for

CLIENTS = 8  # as many as the server has threads
RATE, PACED = 100, 4.0  # a second, and seconds
WARMING = 1.5  # seconds: every process has met every template and statement
HASTE: list[float] = []  # seconds of the one round that is left when the bench is only to be seen running
_END = b"\r\n\r\n"


class WrongAnswer(Exception):
    """A server answered something else than it was asked for: the figures would be worth nothing."""


@dataclass
class Side:
    """One of those that are compared: where it listens, what is sent to it, and how a right answer is known."""

    name: str
    port: int
    path: str
    headers: Mapping[str, str]
    bodies: Iterator[bytes]
    says: bytes = b'"admitted"'
    status: int = 200
    method: str = "POST"

    def request(self, body: bytes) -> bytes:
        """As it goes over the wire."""
        given = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        if body:
            given["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


_NEEDED = {
    "STRIPE_SECRET_KEY": "sk_test_nobody",
    "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_DEFAULT_SENDER": "Bonsoir <letters@example.org>",
}
"""Without these the product does not start; nobody asks them while something else is measured."""


def serve_product(stack: ExitStack, port: int, log: Path, values: Mapping[str, str]) -> int:
    """The product's web server, started as its users start it, for as long as the stack; its process id."""
    return _run(stack, ["-m", "app", "serve", "--port", str(port), "--workers", "2"], port, log, _NEEDED | dict(values))


def serve(stack: ExitStack, module: str, port: int, log: Path, values: Mapping[str, str]) -> int:
    """A web server of the product's own shape, for as long as the stack; its process id."""
    shape = ["-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4"]
    shape += ["--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning", "--factory", module]
    return _run(stack, shape, port, log, values)


def _run(stack: ExitStack, words: list[str], port: int, log: Path, values: Mapping[str, str]) -> int:
    process = stack.enter_context(started([sys.executable, *words], log, {**values, "PYTHONPATH": str(ROOT)}))
    wait_for(f"http://127.0.0.1:{port}/healthz", process.poll, log)
    return process.pid


class Client:
    """Somebody who keeps the connection."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.connection = socket.create_connection(("127.0.0.1", side.port), timeout=60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, body: bytes) -> float:
        """Seconds until the answer had come; raises WrongAnswer."""
        side, request = self.side, self.side.request(body)
        began = clock.monotonic()
        self.connection.sendall(request)
        answer = self._read()
        took = clock.monotonic() - began
        if int(answer[9:12]) != side.status or side.says not in answer:
            raise WrongAnswer(f"{side.name}, {side.path}: {answer[:2000].decode(errors='replace')}")
        return took

    def close(self) -> None:
        """Leave."""
        self.connection.close()

    def _read(self) -> bytes:
        """One answer, head and body."""
        answer = b""
        while (end := answer.find(_END)) < 0:
            answer += self._more(answer)
        head = answer[:end].lower()
        at = head.find(b"content-length: ")
        size = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        whole = end + len(_END) + size
        while len(answer) < whole:
            answer += self._more(answer)
        return answer

    def _more(self, so_far: bytes) -> bytes:
        piece = self.connection.recv(1 << 17)
        if not piece:
            raise WrongAnswer(f"{self.side.name}, {self.side.path}: the connection ended after {so_far[:200]!r}")
        return piece


def all_together(side: Side, act: Callable[[Client, list[float]], None], clients: int = CLIENTS) -> list[float]:
    """What every client's requests took, in seconds; what one of them raises is raised."""
    times: list[float] = []
    phones = [Client(side) for _ in range(clients)]
    try:
        with ThreadPoolExecutor(clients) as pool:
            for outcome in [pool.submit(act, phone, times) for phone in phones]:
                outcome.result()
    finally:
        for phone in phones:
            phone.close()
    return times


def flat_out(side: Side, seconds: float, clients: int = CLIENTS) -> float:
    """Answers a second while every client asks as fast as it can."""
    began = clock.monotonic()
    end = began + seconds

    def ask(client: Client, times: list[float]) -> None:
        while clock.monotonic() < end:
            times.append(client.send(next(side.bodies)))

    answers = len(all_together(side, ask, clients))
    return answers / (clock.monotonic() - began)


def in_turns(sides: Sequence[Side], rounds: int, seconds: float, clients: int = CLIENTS) -> dict[str, list[float]]:
    """Answers a second of each side, round by round, after a while in which each has met every statement."""
    if HASTE:
        rounds, seconds = 1, HASTE[0]
    for side in sides:
        flat_out(side, WARMING, clients)
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    for turn in range(rounds):
        for side in sides if turn % 2 else reversed(sides):
            found[side.name].append(flat_out(side, seconds, clients))
    return found


def paced(side: Side) -> list[float]:
    """Seconds from the moment a request was due until its answer, at RATE a second: a late start counts too."""
    begin, due = clock.monotonic(), iter(range(int(RATE * PACED)))

    def ask(client: Client, times: list[float]) -> None:
        for number in due:
            at = begin + number / RATE
            clock.pause(max(0.0, at - clock.monotonic()))
            client.send(next(side.bodies))
            times.append(clock.monotonic() - at)

    return all_together(side, ask)


def said(times: Sequence[float]) -> str:
    """Median and the slowest of a hundred, in milliseconds."""
    quantiles = statistics.quantiles(times, n=100)
    return f"median {quantiles[49] * 1000:5.1f} ms   p99 {quantiles[98] * 1000:6.1f} ms"
