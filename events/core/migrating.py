"""Bringing a database to the newest schema, and telling whether it is there."""

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

from events.core import db
from events.core.db import prepare

DIRECTORY = Path(__file__).parent / "migrations"


def config(database_url: str) -> Config:
    """Alembic's configuration for the database at `database_url`."""
    settings = Config()
    settings.set_main_option("script_location", str(DIRECTORY))
    settings.attributes["database_url"] = database_url
    return settings


def upgrade(database_url: str) -> None:
    """Bring the database at `database_url` to the newest schema. Idempotent."""
    command.upgrade(config(database_url), "head")


def is_current(engine: Engine) -> bool:
    """Whether the schema is the one this code was written for."""
    head = ScriptDirectory(str(DIRECTORY)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def engine_for(database_url: str) -> Engine:
    """An engine of its own for a migration: prepared as the application's, thrown away afterwards."""
    engine = create_engine(database_url)
    prepare(engine)
    return engine


def append_only(table: str) -> None:
    """Within a migration: refuse UPDATE and DELETE on a table. A batch migration of it must call this again."""
    db.on_each(db.append_only(table), op.get_bind().dialect.name, op.execute)
