"""Migrations against models, on both engines; and that facts stay as they were written."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from events.core import migrating, protecting, trail
from events.core.db import Base, db, transaction

ROOT = Path(__file__).parent.parent

# In a process of its own: Alembic's configuration is global, and every model must have been imported.
COMPARE = """
import sys
import app
from alembic import command
from sqlalchemy import Column, String
from events.core.db import Base
from events.core.migrating import config
if sys.argv[2:] == ["more"]:
    Base.metadata.tables["letter"].append_column(Column("colour", String, nullable=True))
command.check(config(sys.argv[1]))
"""


def compared(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `alembic check` says about the database at `url`."""
    command = [sys.executable, "-W", "error", "-c", COMPARE, url, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.both_engines
def test_migrations_make_what_the_models_say(database_url: str) -> None:
    result = compared(database_url)
    assert result.returncode == 0, result.stderr + result.stdout


def test_a_model_without_its_migration_is_noticed(database_url: str) -> None:
    result = compared(database_url, "more")
    assert result.returncode != 0
    assert "letter" in result.stderr
    assert "colour" in result.stderr


@pytest.mark.both_engines
def test_checks_and_indexes_are_those_of_the_models(house: Flask) -> None:
    """What `alembic check` does not compare: CHECK constraints, and that an index is unique or partial."""
    seen = inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        checks = {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        assert {one["name"] for one in seen.get_check_constraints(name)} == checks, name
        unique = {str(index.name) for index in table.indexes if index.unique}
        plain = {str(index.name) for index in table.indexes} - unique
        found = {str(one["name"]): one for one in seen.get_indexes(name) if not one.get("duplicates_constraint")}
        assert {key for key, one in found.items() if one["unique"]} == unique, name
        assert plain <= found.keys(), name


@pytest.mark.both_engines
def test_only_a_migrated_database_is_current(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    assert migrating.is_current(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not migrating.is_current(engine)


@pytest.fixture
def empty(tmp_path: Path) -> Engine:
    """A database without a table."""
    return create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}", poolclass=NullPool)


def test_an_empty_database_is_not_current_until_it_is_migrated(empty: Engine) -> None:
    assert not migrating.is_current(empty)
    migrating.upgrade(str(empty.url))
    assert migrating.is_current(empty)
    migrating.upgrade(str(empty.url))  # once more changes nothing


@pytest.mark.both_engines
def test_facts_are_kept_by_triggers(house: Flask) -> None:
    tables = migrating.append_only_tables()
    assert tables >= {"journal_entry", "posting", "trail", "order_status", "admission", "scan"}
    wanted = {f"{table}_no_{verb}" for table in tables for verb in ("update", "delete")}
    if db.engine.dialect.name == "postgresql":
        wanted |= {f"{table}_no_truncate" for table in tables}
    assert wanted <= protecting.triggers()


UPDATE, DELETE = "UPDATE trail SET actor = 'somebody else'", "DELETE FROM trail"
REWRITING: dict[str, dict[str, str]] = {
    "update": {"sqlite": UPDATE, "postgresql": UPDATE},
    "delete": {"sqlite": DELETE, "postgresql": DELETE},
    "replace": {
        "sqlite": "INSERT OR REPLACE INTO trail SELECT * FROM trail",
        "postgresql": "INSERT INTO trail SELECT * FROM trail ON CONFLICT (id) DO UPDATE SET actor = 'somebody else'",
    },
    "empty": {"sqlite": f"{DELETE} WHERE 1 = 1", "postgresql": "TRUNCATE trail"},
}


@pytest.mark.both_engines
@pytest.mark.parametrize("way", REWRITING)
def test_a_fact_cannot_be_rewritten(house: Flask, way: str) -> None:
    with transaction():
        trail.note("account:1", "looked", "the books")
    statement = text(REWRITING[way][db.engine.dialect.name])
    with pytest.raises(DatabaseError, match="trail is append-only"), transaction() as session:
        session.execute(statement)
    assert db.session.scalars(text("SELECT actor FROM trail")).all() == ["account:1"]
