"""nginx and Caddy before a server of a test, with the very files of docs/running/ on other ports of this machine."""

import os
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from events.core.settings import ROOT
from tests.support import certificates, programs, servers

NAME = "tickets.example.org"
FILES = ROOT / "docs" / "running"
KINDS = ("nginx", "caddy")
Told = tuple[int, dict[str, str], bytes]
"""Status, headers in lower case (`set-cookie` as a browser sends them back), body."""

NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log stderr warn; {user}
events {{ worker_connections 1024; }}
http {{
    {types}
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    include {folder}/bonsoir.conf;
}}
"""
CADDY = "admin off\n\tdefault_bind 127.0.0.1\n\thttp_port {http}\n\thttps_port {https}\n\t"
SLOW = {"nginx": "client_body_timeout 15s", "caddy": "read_body 2m"}
"""How our files say how long a sender may be silent."""


@dataclass(frozen=True)
class Front:
    """A proxy at work on this machine."""

    kind: str
    folder: Path
    http: int
    https: int
    trust: ssl.SSLContext

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
        return self.trust.wrap_socket(plain, server_hostname=name)

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
        return answer.status, told | {"set-cookie": cookies}, answer.read()


@contextmanager
def front(kind: str, upstream: int, folder: Path, patience: int | None = None) -> Iterator[Front]:
    """The proxy before 127.0.0.1:`upstream`; skips the test where the program is not installed.

    `patience`: seconds that a sender may be silent, instead of those in our file.
    """
    program = programs.get(kind)
    folder.mkdir()
    pem, _key = certificates.of_a_server(folder, [NAME])
    trust = ssl.create_default_context(cafile=str(pem))
    made = Front(kind, folder, servers.free_port(), servers.free_port(), trust)
    command, settings = {"nginx": _nginx, "caddy": _caddy}[kind](program, made, upstream, patience)
    log = folder / "program.log"
    with servers.started(command, log, settings) as process:
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


def _nginx(program: str, made: Front, upstream: int, patience: int | None) -> tuple[Sequence[str], Mapping[str, str]]:
    text = re.sub(r"\n *listen \[::\]:[^\n]*", "", _ours("nginx.conf", "nginx", patience))
    first, *others = re.findall(r"server 127\.0\.0\.1:800\d[^;]*;", text)
    text = _changed(
        text,
        {
            "listen 80": f"listen 127.0.0.1:{made.http}",
            "listen 443": f"listen 127.0.0.1:{made.https}",
            "/etc/letsencrypt/live/tickets.example.org/fullchain.pem": str(made.folder / "server.pem"),
            "/etc/letsencrypt/live/tickets.example.org/privkey.pem": str(made.folder / "server.key"),
            "/var/cache/nginx/bonsoir": f"{made.folder}/cache",
            "/var/log/nginx/": f"{made.folder}/",
            first: f"server 127.0.0.1:{upstream};",
            **dict.fromkeys(others, ""),
        },
    )
    (made.folder / "bonsoir.conf").write_text(text, encoding="utf-8")
    types = Path(program).parents[2] / "etc" / "nginx" / "mime.types"
    main = NGINX.format(
        folder=made.folder,
        user="user root;" if os.geteuid() == 0 else "",
        types=f"include {types};" if types.exists() else "",
    )
    (made.folder / "nginx.conf").write_text(main, encoding="utf-8")
    return [program, "-e", "stderr", "-p", str(made.folder), "-c", str(made.folder / "nginx.conf")], {}


def _caddy(program: str, made: Front, upstream: int, patience: int | None) -> tuple[Sequence[str], Mapping[str, str]]:
    text = _changed(
        _ours("Caddyfile", "caddy", patience),
        {
            "{\n\tlog {": "{\n\t" + CADDY.format(http=made.http, https=made.https) + "log {",
            f"\n{NAME} {{": f"\n{NAME} {{\n\ttls {made.folder}/server.pem {made.folder}/server.key",
            "127.0.0.1:8000 127.0.0.1:8001": f"127.0.0.1:{upstream}",
        },
    )
    (made.folder / "Caddyfile").write_text(text, encoding="utf-8")
    homes = {name: str(made.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return [program, "run", "--adapter", "caddyfile", "--config", str(made.folder / "Caddyfile")], homes


def _ours(name: str, kind: str, patience: int | None) -> str:
    """The file that people get, with this checkout's folder in it."""
    text = (FILES / name).read_text(encoding="utf-8")
    slow = SLOW[kind]
    wanted = slow if patience is None else f"{slow.partition(' ')[0]} {patience}s"
    return _changed(text, {"/opt/bonsoir": str(ROOT), slow: wanted})


def _changed(text: str, values: Mapping[str, str]) -> str:
    """The text with words replaced, each of which it must have."""
    for old, new in values.items():
        assert old in text, old
        text = text.replace(old, new)
    return text
