"""nginx and Caddy before a server of a test, with the very files of docs/running/ on other ports of this machine."""

import itertools
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection, IncompleteRead
from pathlib import Path

from events.core.settings import ROOT
from tests.support import certificates, programs, servers
from tests.support.visitor import PATIENCE, Visitor

NAME = "tickets.example.org"
FILES = ROOT / "docs" / "running"
NAMES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}
KINDS = tuple(NAMES)
HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
Told = tuple[int, dict[str, str], bytes]
"""Status, headers in lower case (`set-cookie` as a browser sends them back), body."""
Ports = tuple[int, int]
"""Of the service: the one in use, and the one that is there while the first is renewed."""

NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr warn; {user}
events {{ worker_connections 1024; }}
http {{
    {types} access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/bonsoir.conf;
}}
"""
CADDY = "admin 127.0.0.1:{admin}\n\tdefault_bind 127.0.0.1\n\thttp_port {http}\n\thttps_port {https}\n\t"
SLOW = {"nginx": "client_body_timeout 15s", "caddy": "read_body 2m"}
"""How our files say how long a sender may be silent."""


@dataclass(frozen=True)
class Front:
    """A proxy at work on this machine."""

    kind: str
    folder: Path
    http: int
    https: int
    command: Sequence[str]
    again: Sequence[str] = ()
    """What makes it read its file again."""

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Told:
        """Over HTTPS, under our name unless `headers` name another."""
        connection = HTTPSConnection("127.0.0.1", self.https, timeout=30)
        connection.sock = self.socket()
        return ask(connection, method, path, body, headers)

    def often(self, method: str, path: str, times: int) -> list[int]:
        """The statuses of many requests, eight at a time over lines that stay open."""
        with ThreadPoolExecutor(8) as pool:
            parts = list(pool.map(lambda _number: self._over_one_line(method, path, times // 8), range(8)))
        return [status for part in parts for status in part]

    def plainly(self, path: str) -> tuple[int, str]:
        """Over HTTP: status, and where it leads."""
        status, headers, _body = ask(HTTPConnection("127.0.0.1", self.http, timeout=10), "GET", path)
        return status, headers.get("location", "")

    def socket(self, name: str = NAME, source: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection over TLS to whoever has this name. Raises ssl.SSLError where nobody has."""
        plain = socket.create_connection(("127.0.0.1", self.https), 30, source_address=(source, 0))
        trust = ssl.create_default_context(cafile=str(self.folder / "server.pem"))
        return trust.wrap_socket(plain, server_hostname=name)

    def turn(self, old: int, new: int) -> None:
        """To the other port of the service, before the first is gone: nginx sees to that by itself."""
        if self.again:
            file = self.folder / "Caddyfile"
            text = _changed(file.read_text(encoding="utf-8"), {f"127.0.0.1:{old} {{": f"127.0.0.1:{new} {{"})
            file.write_text(text, encoding="utf-8")
            subprocess.run(self.again, check=True, capture_output=True)

    def logged(self) -> str:
        """Everything it has written down."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def _over_one_line(self, method: str, path: str, times: int) -> list[int]:
        statuses = []
        with closing(HTTPSConnection("127.0.0.1", self.https, timeout=30)) as connection:
            connection.sock = self.socket()
            for _ in range(times):
                connection.request(method, path, headers={"Host": NAME})
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
        return statuses


def ask(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Told:
    """One request under our name over a connection, which is closed then."""
    with closing(connection):
        with suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough, and its answer is there
            connection.request(method, path, body, {"Host": NAME, **(headers or {})})
        answer = connection.getresponse()
        cookies = "; ".join(line.partition(";")[0] for line in answer.headers.get_all("Set-Cookie", []))
        told = {name.lower(): value for name, value in answer.getheaders()}
        page = b""
        with suppress(IncompleteRead, ConnectionResetError):  # cut off for whoever is still sending
            page = answer.read()
        return answer.status, told | {"set-cookie": cookies}, page


class Behind(Visitor):
    """Visitors who come through it, each request from another address of this machine: limits are for one address."""

    def __init__(self, front: Front) -> None:
        super().__init__(f"https://{NAME}")
        self._front, self._houses = front, itertools.cycle(range(2, 250))

    def _line(self, _host: str, _port: int | None) -> HTTPConnection:
        connection = HTTPSConnection(NAME, timeout=PATIENCE)
        connection.sock = self._front.socket(source=f"127.0.0.{next(self._houses)}")
        return connection


@contextmanager
def front(kind: str, ports: Ports, folder: Path, patience: int | None = None) -> Iterator[Front]:
    """The proxy before two ports of this machine; skips the test where the program is not installed.

    `patience`: seconds that a sender may be silent, instead of those in our file.
    """
    program = programs.get(kind)
    folder.mkdir()
    certificates.of_a_server(folder, [NAME])
    made = {"nginx": _nginx, "caddy": _caddy}[kind](program, ports, folder, _ours(kind, patience))
    log = folder / "program.log"
    with servers.started(made.command, log, {name: str(folder) for name in HOMES}) as process:
        end = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < end:
            try:
                made.socket().close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"{kind} does not answer: {log.read_text(errors='replace')[-2000:]}")
        yield made


def _nginx(program: str, ports: Ports, folder: Path, ours: str) -> Front:
    http, https = servers.free_port(), servers.free_port()
    text = _changed(
        re.sub(r"\n *listen \[::\]:[^\n]*", "", ours),
        {
            "listen 80": f"listen 127.0.0.1:{http}",
            "listen 443": f"listen 127.0.0.1:{https}",
            "/etc/letsencrypt/live/tickets.example.org/fullchain.pem": str(folder / "server.pem"),
            "/etc/letsencrypt/live/tickets.example.org/privkey.pem": str(folder / "server.key"),
            "/var/cache/nginx/bonsoir": f"{folder}/cache",
            "/var/log/nginx/": f"{folder}/",
            **{f"server 127.0.0.1:800{number}": f"server 127.0.0.1:{port}" for number, port in enumerate(ports)},
        },
    )
    (folder / "bonsoir.conf").write_text(text, encoding="utf-8")
    types = Path(program).parents[2] / "etc" / "nginx" / "mime.types"
    main = NGINX.format(
        folder=folder,
        user="user root;" if os.geteuid() == 0 else "",
        types=f"include {types};" if types.exists() else "",
    )
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    command = [program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return Front("nginx", folder, http, https, command)


def _caddy(program: str, ports: Ports, folder: Path, ours: str) -> Front:
    http, https, admin = servers.free_port(), servers.free_port(), servers.free_port()
    text = _changed(
        ours,
        {
            "{\n\tlog {": "{\n\t" + CADDY.format(http=http, https=https, admin=admin) + "log {",
            f"\n{NAME} {{": f"\n{NAME} {{\n\ttls {folder}/server.pem {folder}/server.key",
            "127.0.0.1:8000 {": f"127.0.0.1:{ports[0]} {{",
        },
    )
    file = folder / "Caddyfile"
    file.write_text(text, encoding="utf-8")
    given = ["--adapter", "caddyfile", "--config", str(file)]
    again = [program, "reload", "--address", f"127.0.0.1:{admin}", *given]
    return Front("caddy", folder, http, https, [program, "run", *given], again)


def _ours(kind: str, patience: int | None) -> str:
    """The file that people get, with this checkout's folder in it."""
    text = (FILES / NAMES[kind]).read_text(encoding="utf-8")
    slow = SLOW[kind]
    wanted = slow if patience is None else f"{slow.partition(' ')[0]} {patience}s"
    return _changed(text, {"/opt/bonsoir": str(ROOT), slow: wanted})


def _changed(text: str, values: Mapping[str, str]) -> str:
    """The text with words replaced, each of which it must have."""
    for old, new in values.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
