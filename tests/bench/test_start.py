"""Cold start, memory of the processes, weight of pages, and how often a page asks the database."""

import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest

from events.core import clock
from events.core.db import db
from events.core.settings import ROOT
from tests.bench import hall
from tests.bench.driving import flat_out
from tests.bench.orders import Buyers, in_turn
from tests.bench.ours import create_app
from tests.bench.test_pages import asks
from tests.support.asked import questions
from tests.support.servers import free_port, started, wait_for

STARTS = 5
MOST_MEGABYTES = 400

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
    port = free_port()
    values = hall.settings(sqlite_url, port, str(tmp_path / "var"))
    slug = hall.furnish(values, sells=True)
    hall.fill(values, slug, 1_000)
    values["PYTHONPATH"] = as_installed(tmp_path / "path")
    with ExitStack() as stack:
        web = started([sys.executable, "-m", "app", "serve", "--port", str(port)], tmp_path / "web.log", values)
        work = started([sys.executable, "-m", "app", "work"], tmp_path / "work.log", values)
        processes = [stack.enter_context(web), stack.enter_context(work)]
        wait_for(f"http://127.0.0.1:{port}/healthz", processes[0].poll, tmp_path / "web.log")
        flat_out(asks("page", port, f"/e/{slug}?lang=en", b"places still free"), 2.0)
        flat_out(asks("form", port, f"/e/{slug}/order?lang=en", b"csrf_token"), 2.0)
        flat_out(Buyers(port, slug).side("free", in_turn(), b"/o/"), 2.0)
        clock.pause(3)
        assert [process.poll() for process in processes] == [None, None]
        parts = [sum(map(pss, tree(process.pid))) for process in processes]
    note("web server, two workers", parts[0], "MB PSS")
    note("job worker", parts[1], "MB PSS")
    note("web and job workers together", sum(parts), "MB PSS", at_most=MOST_MEGABYTES)


def tree(pid: int) -> list[int]:
    """The process and all it started."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


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
