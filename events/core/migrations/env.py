"""How Alembic reaches the database: the address comes from events.core.migrating, never from a file.

Only tables that the process has imported are compared: whoever compares imports the application first.
"""

from typing import Literal

from alembic import context
from sqlalchemy import JSON, BigInteger

from events.core.db import Base, UtcDateTime
from events.core.migrating import engine_for


def _written(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Our own types by our own names, so that a migration reads like the models."""
    if kind != "type":
        return False
    names = {UtcDateTime: "UtcDateTime()", BigInteger: "WholeNumber", JSON: "Json"}
    return names.get(type(item), False)


def run() -> None:
    """Migrate, or compare, in one transaction on a connection of its own."""
    engine = engine_for(context.config.attributes["database_url"])
    with engine.connect().execution_options(write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_written,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
