"""The build: what is locked, what stands at the top, and that the tests' own servers end."""

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).parent.parent
TOP = {
    *("app.py", "pyproject.toml", "events", "payments", "templates", "static", "tests"),
    *("README.md", "LICENSE", "CHANGELOG.md", "Makefile", "requirements.lock", "docs"),
}
LOCKS = (ROOT / "requirements.lock", ROOT / ".ci" / "requirements-dev.lock")

DOOMED = """
import os, signal
from tests.support import postgres
with postgres.running() as server:
    with postgres.psycopg.connect(postgres.address(server.url)) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    print(row[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def committed() -> list[str]:
    """The paths that git keeps, as the checkout has them."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in listing.split("\0") if path]


def pins(lock: Path) -> dict[str, set[str]]:
    """Distribution -> versions (several where they depend on Python's)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", lock.read_text(), re.MULTILINE):
        found.setdefault(normal(name), set()).add(version)
    return found


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    """The distributions that `requirements` ask for."""
    return {normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def test_top_level_holds_only_what_every_project_has() -> None:
    first = {path.split("/", maxsplit=1)[0] for path in committed()}
    assert {name for name in first if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_hashes(lock: Path) -> None:
    requirements = re.split(r"\n(?=\S)", lock.read_text().strip())
    locked = [block for block in requirements if not block.startswith("#")]
    assert len(locked) > 50
    assert [block.split()[0] for block in locked if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_name_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text()
    assert "index-url" not in lock.read_text()


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    runtime = names(project["project"]["dependencies"]) | names(groups["build"])
    assert runtime <= pins(LOCKS[0]).keys()
    assert runtime | names(groups["dev"]) <= pins(LOCKS[1]).keys()


def test_what_is_declared_is_imported() -> None:
    modules: dict[str, set[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(normal(distribution), set()).add(module)
    sources = (path.read_text() for top in ("events", "payments") for path in (ROOT / top).rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", "\n".join(sources), re.MULTILINE))
    asked = names(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
    idle = {name for name in asked if not modules.get(name, set()) & imported}
    # named in addresses of databases; data of the standard library; openpyxl reads with it what others wrote
    assert idle == {"psycopg", "tzdata", "defusedxml"}


def test_development_runs_what_is_deployed() -> None:
    runtime, development = map(pins, LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


def test_continuous_integration_runs_the_one_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs started now react to SIGINT, even if the tests were started in the background, where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def by_itself() -> dict[str, str]:
    """The environment of a make that nobody's make has called."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def test_a_second_demo_installs_nothing() -> None:
    command = ["make", "--dry-run", "demo"]
    plan = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=by_itself()).stdout
    assert plan.splitlines()[-1].endswith("bonsoir demo")
    assert "Installing" not in plan


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.usefixtures("interruptible")
def test_what_make_runs_ends_with_make(number: signal.Signals, tmp_path: Path) -> None:
    guard, program = ROOT / ".ci" / "under-make", "import time; print('up', flush=True); time.sleep(60)"
    (tmp_path / "Makefile").write_text(f'all:\n\t@exec {guard} {sys.executable} -c "{program}"\n')
    make = subprocess.Popen(
        ["make", "all"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=by_itself()
    )
    assert make.stdout is not None
    with make.stdout as output:
        assert output.readline() == b"up\n"
        make.send_signal(number)
        began = time.monotonic()
        assert output.read() == b""  # nobody holds it open any more
    make.wait()
    assert time.monotonic() - began < 30


@pytest.mark.both_engines
def test_a_test_gets_a_migrated_database_of_its_own(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert "alembic_version" in inspect(connection).get_table_names()
        connection.exec_driver_sql("CREATE TABLE left_behind (id integer)")
    with engine.begin() as connection:
        assert "left_behind" in inspect(connection).get_table_names()


@pytest.mark.both_engines
def test_nothing_of_another_test_is_in_it(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        assert "left_behind" not in inspect(connection).get_table_names()
        connection.exec_driver_sql("CREATE TABLE left_behind (id integer)")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends a child with its parent")
@pytest.mark.skipif("BONSOIR_TEST_POSTGRES" in os.environ, reason="the server named there is not ours to end")
def test_postgresql_ends_with_a_test_run_that_is_killed() -> None:
    killed = subprocess.run([sys.executable, "-c", DOOMED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    pid_file = Path(killed.stdout.strip()) / "postmaster.pid"
    deadline = time.monotonic() + 10
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not pid_file.exists()
    subprocess.run(["rm", "-rf", str(pid_file.parent.parent)], check=True)
