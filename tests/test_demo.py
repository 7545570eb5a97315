"""`bonsoir demo`: the lines that others rely on, a clean end, and what it refuses to touch."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from payments.demo import folder, running
from tests.support import servers
from tests.support.visitor import Visitor

HERE = r"http://127\.0\.0\.1:\d+"
LINES = {
    "event": f"{HERE}/e/[a-z0-9-]+",
    "past-event": f"{HERE}/e/[a-z0-9-]+",
    "mailbox": HERE,
    "stand-in": HERE,
    "door-code": r"[A-Z0-9 -]{6,}",
    "sign-in-owner": rf"{HERE}/sign-in/[\w-]+",
    "sign-in-organiser": rf"{HERE}/sign-in/[\w-]+",
    "sign-in-treasurer": rf"{HERE}/sign-in/[\w-]+",
    "sign-in-door": rf"{HERE}/sign-in/[\w-]+",
    "ready": f"{HERE}/",
}
PATIENCE = 120
"""Seconds until the demonstration is ready, on a slow machine."""
LEAVE_OUT = ("BONSOIR_", "STRIPE_", "MAIL_", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "PORT", "TRUSTED_PROXIES")


def environment(var: Path, **settings: str) -> dict[str, str]:
    """Ours without anybody's settings, with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEAVE_OUT)}
    return kept | {"BONSOIR_VAR": str(var), **settings}


def family(var: Path) -> list[str]:
    """Every process that was started for this demonstration: each carries its folder in the environment."""
    mark, found = f"BONSOIR_VAR={var}".encode(), []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


@contextmanager
def demo(var: Path, port: int, **settings: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The demonstration, ready; the lines it printed, in their order."""
    with (var.parent / "errors").open("wb") as errors:
        process = subprocess.Popen(
            [servers.BONSOIR, "demo", "--port", str(port)],
            env=environment(var, **settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    try:
        yield process, dict(_read(process))
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        if process.stdout:
            process.stdout.close()


def _read(process: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    assert process.stdout is not None
    for line in process.stdout:
        name, _, value = line.rstrip("\n").partition(" ")
        yield name, value
        if name == "ready":
            return


def end(process: subprocess.Popen[str], number: signal.Signals) -> int:
    """Send the signal and wait; the exit code."""
    process.send_signal(number)
    return process.wait(40)


def assert_gone(var: Path, port: int) -> None:
    """No process of the demonstration is left, and its port is free."""
    deadline = time.monotonic() + 5  # a child's child may take a moment to be reaped
    while (left := family(var)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def assert_can_be_used(told: Mapping[str, str], var: Path) -> None:
    """Pages answer, keys open, may be used again, and every command works on the demonstration's data."""
    for name in ("event", "past-event"):
        assert Visitor(told["ready"]).get(told[name] + "?lang=fr").status == 200
    assert Visitor(told["mailbox"]).get(told["mailbox"] + "/messages.json").status == 200
    for role, page in (("owner", "/manage"), ("treasurer", "/treasury/"), ("treasurer", "/treasury/")):
        visitor = Visitor(told["ready"].rstrip("/"))
        key = told[f"sign-in-{role}"]
        assert visitor.post(key, visitor.get(key).fields).status == 303
        assert visitor.get(page).status in (200, 302, 308)
    audited = subprocess.run([servers.BONSOIR, "audit", "--json"], env=environment(var), capture_output=True, text=True)
    assert (json.loads(audited.stdout)["violations"], audited.returncode) == ([], 0), audited.stderr


def test_the_demo_says_where_everything_is_and_leaves_nothing_running(tmp_path: Path) -> None:
    var, port = tmp_path / "demo", servers.free_port()
    with demo(var, port) as (process, told):
        assert list(told) == list(LINES)
        assert [name for name, value in told.items() if not re.fullmatch(LINES[name], value)] == []
        assert told["ready"] == f"http://127.0.0.1:{port}/"
        assert len(family(var)) >= 5  # itself, stand-in, mailbox, web server, worker
        assert_can_be_used(told, var)
        second = [servers.BONSOIR, "demo", "--fresh", "--port", str(servers.free_port())]
        refused = subprocess.run(second, env=environment(var), capture_output=True, text=True)
        assert (refused.returncode, "is running" in refused.stderr) == (1, True)
        assert Visitor(told["ready"]).get(told["event"] + "?lang=fr").status == 200
        assert end(process, signal.SIGTERM) == 0
    assert_gone(var, port)
    named = f"http://localhost:{port}"  # a setting given in the environment wins, and passkeys need a name
    with demo(var, port, PUBLIC_URL=named) as (process, again):
        assert {name: again[name] for name in ("event", "past-event", "ready")} == {
            name: told[name].replace("http://127.0.0.1", "http://localhost")
            for name in ("event", "past-event", "ready")
        }
        assert Visitor(named).get(again["event"] + "?lang=fr").status == 200
        assert again["sign-in-owner"].startswith(f"{named}/sign-in/")
        assert end(process, signal.SIGINT) == 0
    assert_gone(var, port)


def refused(var: Path, *, port: int | None = None, **settings: str) -> str:
    """The one sentence with which the demonstration refuses to start; exit code 1 and nothing left."""
    result = subprocess.run(
        [servers.BONSOIR, "demo", "--port", str(port or servers.free_port())],
        env=environment(var, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    assert family(var) == []
    return result.stderr


def test_the_demo_refuses_a_live_key_and_does_not_print_it(tmp_path: Path) -> None:
    sentence = refused(tmp_path / "demo", STRIPE_SECRET_KEY="sk_live_1234567890")
    assert "live key" in sentence
    assert "1234567890" not in sentence
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize(
    "given",
    [{"STRIPE_SECRET_KEY": "rk_live_1234567890"}, {"MAIL_SERVER": "mail.example.org"}, {"MAIL_SERVER": "192.0.2.1"}],
)
def test_the_demo_refuses_restricted_live_keys_and_mail_servers_elsewhere(given: dict[str, str]) -> None:
    with pytest.raises(folder.DemoRefused, match="live key|not on this machine"):
        running.refuse(given)


def test_the_demo_refuses_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in refused(tmp_path / "demo", port=port)


def test_the_demo_leaves_a_database_of_others_untouched(tmp_path: Path, sqlite_template: Path) -> None:
    foreign, ours = tmp_path / "foreign.sqlite", tmp_path / "real.sqlite"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.executescript("CREATE TABLE cats (name TEXT); INSERT INTO cats VALUES ('Minou');")
    ours.write_bytes(sqlite_template.read_bytes())
    with closing(sqlite3.connect(ours)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        columns = [(row[1], row[2]) for row in connection.execute("PRAGMA table_info(organisation)") if row[3]]
        values = [7 if "INT" in kind else "real" for _name, kind in columns]
        names, marks = ", ".join(name for name, _kind in columns), ", ".join("?" * len(columns))
        connection.execute(f"INSERT INTO organisation ({names}) VALUES ({marks})", values)  # noqa: S608
        connection.commit()
    for path in (foreign, ours):
        before = path.read_bytes()
        said = refused(tmp_path / "demo", DATABASE_URL=f"sqlite:///{path}")
        assert "neither empty nor the demo" in said
        with closing(sqlite3.connect(path)) as connection:
            after = "\n".join(connection.iterdump())
        path.write_bytes(before)
        with closing(sqlite3.connect(path)) as connection:
            assert after == "\n".join(connection.iterdump())


def test_the_mailbox_is_never_offered_the_password_of_another_mail_server(tmp_path: Path) -> None:
    values = running._chosen(running._base(tmp_path, 8000), {})
    assert [values[f"MAIL_{name}"] for name in ("USERNAME", "PASSWORD", "USE_TLS")] == ["", "", ""]
    chosen = running._chosen(values, {"MAIL_USERNAME": "me"})
    assert chosen["MAIL_USERNAME"] == "me"  # what the environment says wins
