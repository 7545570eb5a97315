"""Cold start, memory of the processes, weight of pages, and how often a page asks the database."""

import gzip
import json
import os
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from subprocess import Popen
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest

from events.core import clock
from events.core.db import db
from events.core.settings import ROOT
from payments.receipts import issuing
from tests.bench import hall
from tests.bench.driving import flat_out
from tests.bench.orders import Buyers, in_turn
from tests.bench.ours import create_app
from tests.bench.test_pages import asks
from tests.support import servers
from tests.support.asked import questions
from tests.support.servers import free_port, started, wait_for

STARTS = 5
MOST_MEGABYTES = 400
DOCUMENTS = 50

# Both print what they have loaded; the reference loads what the product has loaded of others, and makes an application.
OURS = "from app import create_app; create_app(); import json, sys; print(json.dumps(sorted(sys.modules)))"
BARE = (
    "import importlib, json, sys\nfor name in json.load(sys.stdin): importlib.import_module(name)\n"
    "from flask import Flask\napp = Flask('bare')\n@app.get('/')\ndef page():\n    return 'A page.'\n"
)


def spent(code: str, given: str, values: dict[str, str]) -> tuple[float, str]:
    """Seconds of the processor that a Python needs for the code, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-W", "ignore", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **values}
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def as_installed(folder: Path) -> str:
    """PYTHONPATH of processes that find no numpy: it came with a library of the tests, and a library of ours would
    load it where it is."""
    (folder / "numpy").mkdir(parents=True)
    (folder / "numpy" / "__init__.py").write_text("raise ImportError('only the tests have it')\n", encoding="utf-8")
    return os.pathsep.join((str(folder), str(ROOT)))


def of_others(loaded: list[str]) -> list[str]:
    """Modules that are neither ours nor Python's own, and can be imported by their names."""
    own = {"app", "events", "payments", "tests", "__main__", "__mp_main__"} | set(sys.stdlib_module_names)
    return [name for name in loaded if name.split(".")[0] not in own and not name.startswith("_")]


def test_cold_start(sqlite_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    values = hall.settings(sqlite_url, free_port(), str(tmp_path / "var"))
    values["PYTHONPATH"] = as_installed(tmp_path / "path")
    known = of_others(json.loads(spent(OURS, "", values)[1]))
    importable = "import importlib, json, sys\nfound = []\nfor name in json.load(sys.stdin):\n"
    importable += "    try: importlib.import_module(name)\n    except ImportError: continue\n    found.append(name)\n"
    known = json.loads(spent(importable + "print(json.dumps(found))", json.dumps(known), values)[1])
    assert "sqlalchemy.orm" in known, "these are not the libraries"
    rounds = [(spent(OURS, "", values)[0], spent(BARE, json.dumps(known), values)[0]) for _turn in range(STARTS)]
    ours, bare = (statistics.median(one) for one in zip(*rounds, strict=True))
    note("cold start", ours, "s CPU", reference=bare, against="bare, same libraries", at_most=3.0)


def test_memory(sqlite_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    """One service that does both, as a small machine runs it; then the same by two, which share nothing."""
    port = free_port()
    values = hall.settings(sqlite_url, port, str(tmp_path / "var"))
    slug = hall.furnish(values, sells=True)
    hall.fill(values, slug, 1_000)
    values["PYTHONPATH"] = as_installed(tmp_path / "path")
    serve = ["serve", "--port", str(port)]
    with at_work(values, tmp_path, [*serve, "--work"]) as (both,):
        toil(port, slug, values)
        worker, *web = (pss(pid) for pid in servers.children(both.pid))
        web.append(pss(both.pid))
    note("of these the web server, two workers", sum(web), "MB PSS")
    note("of these the job worker", worker, "MB PSS")
    note("web and job workers, one service", sum(web) + worker, "MB PSS", at_most=MOST_MEGABYTES)
    with at_work(values, tmp_path, serve, ["work"]) as services:
        toil(port, slug, values)
        two = [sum(map(pss, (each.pid, *servers.children(each.pid)))) for each in services]
    note("web server as a service of its own", two[0], "MB PSS")
    note("job worker as a service of its own", two[1], "MB PSS")


@contextmanager
def at_work(values: dict[str, str], folder: Path, *commands: list[str]) -> Iterator[list[Popen[bytes]]]:
    """`bonsoir <command>` each, and none of them has ended by the end."""
    with ExitStack() as stack:
        programs = [
            stack.enter_context(
                servers.started([sys.executable, "-m", "app", *words], folder / f"{words[0]}.log", values)
            )
            for words in commands
        ]
        servers.wait_for(f"{values['PUBLIC_URL']}/healthz", programs[0].poll, folder / "serve.log")
        yield programs
        assert [program.poll() for program in programs] == [None] * len(programs)


def toil(port: int, slug: str, values: dict[str, str]) -> None:
    """Let them do everything once that costs memory: pages, forms, orders, and as many receipts as DOCUMENTS."""
    before = written(values)
    flat_out(asks("page", port, f"/e/{slug}?lang=en", b"seats still free"), 2.0)
    flat_out(asks("form", port, f"/e/{slug}/order?lang=en", b"csrf_token"), 2.0)
    flat_out(Buyers(port, slug).side("free", in_turn(), b"/o/"), 2.0)
    end = clock.monotonic() + 120
    while written(values) < before + DOCUMENTS:
        assert clock.monotonic() < end, "the worker writes nothing"
        clock.pause(0.2)


def written(values: dict[str, str]) -> int:
    """Receipts that there are on paper."""
    with closing(sqlite3.connect(values["DATABASE_URL"].removeprefix("sqlite:///"))) as connection:
        done = "SELECT count(*) FROM job WHERE kind = ? AND status = 'done'"
        return int(connection.execute(done, [issuing.PAPER]).fetchone()[0])


def pss(pid: int) -> float:
    """Megabytes of a process, what it shares divided among those who share it."""
    found = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements of the engine in this application's context, transactions' begins left out."""
    with questions() as asked:
        yield asked
        asked[:] = [one for one in asked if not one.startswith("BEGIN")]


def test_pages_of_an_order(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, note: Callable[..., None]
) -> None:
    values = hall.settings(sqlite_url, free_port(), str(tmp_path / "var"))
    slug = hall.furnish(values, sells=True)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    app = create_app()
    browser, base = app.test_client(), values["PUBLIC_URL"]
    with app.app_context():
        form = f"/e/{slug}/order?lang=en"
        for what, path in (("event page, written", f"/e/{slug}?lang=en"), ("event page, kept", f"/e/{slug}?lang=en"),
                           ("to one's language", f"/e/{slug}"), ("order form", form)):  # fmt: skip
            with counted() as asked:
                page = browser.get(path, base_url=base)
            assert page.status_code in (200, 302)
            note(f"statements: {what}", len(asked), "")
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
        assert token
        typed = {"csrf_token": token[1], "name": "Claire", "email": "claire@example.org", "lang": "en"}
        for what, kind in (("order of a free seat", "free-0"), ("order with a pay page at once", "dear")):
            with counted() as asked:
                answer = browser.post(form, data={**typed, f"ticket-{kind}": "1"}, base_url=base)
            assert answer.status_code == 303, answer.text
            note(f"statements: {what}", len(asked), "")
        with counted() as asked:
            assert browser.get(urljoin("/o/", "/o/nothing"), base_url=base).status_code == 404
        note("statements: an order's page that is not there", len(asked), "")
        db.engine.dispose()


def test_weight(sqlite_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    port = free_port()
    values = hall.settings(sqlite_url, port, str(tmp_path / "var"))
    slug = hall.furnish(values)
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--workers", "1"]
        process = stack.enter_context(started(command, tmp_path / "web.log", values))
        wait_for(f"{base}/healthz", process.poll, tmp_path / "web.log")
        for what, path in (("event page", f"/e/{slug}?lang=en"), ("order form", f"/e/{slug}/order?lang=en")):
            page = fetched(base + path)
            linked = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"', page.decode())
            beside = {urljoin(base + path, one) for one in linked} | {f"{base}/static/img/icons.svg"}
            weight = len(gzip.compress(page)) / 1000
            whole = weight + sum(len(gzip.compress(fetched(one))) for one in sorted(beside)) / 1000
            note(f"weight: {what}, compressed", weight, "kB")
            note(f"weight: {what}, with sheets, scripts and icons", whole, "kB")


def fetched(address: str) -> bytes:
    """The body."""
    with urlopen(address) as answer:  # noqa: S310 - an address of this machine
        return bytes(answer.read())
