"""Databases for tests: migrated once for each worker, then copied (SQLite) or cloned (PostgreSQL) for each test."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.orm import close_all_sessions

from events.core import engines
from events.core.migrating import upgrade
from tests.support import postgres

ENGINES = ("sqlite", "postgresql")
_ENGINES: set[Engine] = set()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_engines` that asks for a `database_url` (by whatever way) runs once on each."""
    if "database_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize("database_url", ENGINES, indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL of this worker's own; a test that needs it fails where it cannot start."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: postgres.Server) -> Iterator[URL]:
    """A migrated database that nobody is connected to."""
    url = postgres_server.create()
    upgrade(text(url))
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, whole in its one file."""
    path = tmp_path_factory.mktemp("template") / "bonsoir.sqlite"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def postgres_url(postgres_server: postgres.Server, postgres_template: URL) -> Iterator[str]:
    """A migrated, empty PostgreSQL database for one test."""
    url = postgres_server.create(str(postgres_template.database))
    yield text(url)
    _leave(url)
    postgres_server.drop(url)


@pytest.fixture
def empty_postgres_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A PostgreSQL database without any table, for tests of the migrations."""
    url = postgres_server.create()
    yield text(url)
    postgres_server.drop(url)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database for one test."""
    path = tmp_path / "bonsoir.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database for one test: SQLite, and PostgreSQL too where the test is marked `both_engines`."""
    engine = getattr(request, "param", "sqlite")
    url: str = request.getfixturevalue("sqlite_url" if engine == "sqlite" else "postgres_url")
    return url


@event.listens_for(Engine, "engine_connect")
def _notice(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        _ENGINES.add(connection.engine)  # held, so that none is collected with its connections open


def _leave(url: URL) -> None:
    """Close what a test's applications still hold of its database: a connection left to the collector is a warning."""
    close_all_sessions()
    for engine in [*_ENGINES, *engines._READERS.values()]:
        if engine.url.database == url.database:
            engine.dispose()
            _ENGINES.discard(engine)


def text(url: URL) -> str:
    """The address as `DATABASE_URL` takes it."""
    return url.render_as_string(hide_password=False)
