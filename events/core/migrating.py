"""Bringing a database to the newest schema, and telling whether it is there."""

import re
from functools import cache
from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine

from events.core import protecting
from events.core.engines import for_migrations, prepare

DIRECTORY = Path(__file__).parent / "migrations"


def config(database_url: str) -> Config:
    """Alembic's configuration for the database at `database_url`."""
    settings = Config()
    settings.set_main_option("script_location", str(DIRECTORY))
    settings.attributes["database_url"] = database_url
    return settings


def upgrade(database_url: str) -> None:
    """Bring the database at `database_url` to the newest schema, its triggers in place. Idempotent."""
    command.upgrade(config(database_url), "head")
    _protect(database_url)


def is_current(engine: Engine) -> bool:
    """Whether the schema is the one this code was written for."""
    return revision(engine) == ScriptDirectory(str(DIRECTORY)).get_current_head()


def fits(engine: Engine) -> bool:
    """Whether this code may use the database: at its own schema, or already at the next release's.

    Revisions begin with their release's number in four digits, and a migration leaves the code of the release before it
    working (docs/running.md), so that old processes go on, and may start again, until the new ones have taken over.
    """
    there, ours = revision(engine), ScriptDirectory(str(DIRECTORY)).get_current_head()
    return there == ours or _release(there) == _release(ours) + 1 > 1


def _release(name: str | None) -> int:
    """A revision's release; 0 for what is none."""
    digits = re.match("[0-9]{4}", name or "")
    return int(digits[0]) if digits else 0


def revision(engine: Engine) -> str | None:
    """The schema a database is at; None where there is none yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def append_only_tables() -> frozenset[str]:
    """The tables whose rows nobody rewrites, as the migrations name them."""
    revisions = ScriptDirectory(str(DIRECTORY)).walk_revisions()
    return frozenset(table for revision in revisions for table in getattr(revision.module, "APPEND_ONLY", ()))


def unprotected(connection: Connection) -> list[str]:
    """The append-only tables of which a trigger is gone, in alphabetical order."""
    present, dialect = protecting.triggers(connection), connection.dialect.name
    made = {
        table: re.findall(r"CREATE TRIGGER (\w+) ", " ".join(protecting.append_only(table)[dialect]))
        for table in append_only_tables()
    }
    return sorted(table for table, names in made.items() if not present.issuperset(names))


def unready(engine: Engine) -> str | None:
    """Why this code cannot even read the database, in one sentence with the mend; None when it can."""
    if fits(engine):
        return None
    if revision(engine) is None:
        return "The database has no tables of Bonsoir's yet: run `bonsoir migrate`."
    return "The database is not at the newest schema: run `bonsoir migrate`."


def never_made(url: URL) -> bool:
    """Whether there is no database at all yet: no file, and perhaps not its folder, which `bonsoir migrate` makes."""
    place = Path(url.database or "")
    return url.get_backend_name() == "sqlite" and not place.exists() and place.parent.parent.is_dir()


def faults(database_url: str) -> str | None:
    """Why nothing must be written to this database, in one sentence with the mend; None when it is in order."""
    engine = engine_for(database_url)
    try:
        if fault := unready(engine):
            return fault
        with engine.connect() as connection:
            bare = unprotected(connection)
    finally:
        engine.dispose()
    if bare:
        return f"Rows of {', '.join(bare)} could be rewritten, as their triggers are gone: run `bonsoir migrate`."
    return None


def _protect(database_url: str) -> None:
    """Put back triggers that are gone: a batch migration drops them silently."""
    engine = engine_for(database_url)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        present = protecting.triggers(connection)
        for table in unprotected(connection):
            for statement in protecting.append_only(table)[engine.dialect.name]:
                if not any(f"TRIGGER {name} " in statement for name in present):
                    connection.exec_driver_sql(statement)
    engine.dispose()


def engine_for(database_url: str) -> Engine:
    """An engine of its own for a migration: prepared as the application's, thrown away afterwards."""
    engine = create_engine(database_url, **for_migrations(database_url))
    prepare(engine)
    return engine


def append_only(table: str) -> None:
    """Within a migration: refuse UPDATE and DELETE on a table. A batch migration of it must call this again."""
    protecting.on_each(protecting.append_only(table), op.get_bind().dialect.name, op.execute)
