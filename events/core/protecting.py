"""Tables whose rows nobody rewrites: each engine's own triggers, and which of them stand."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from events.core.db import db


def append_only(table: str) -> dict[str, list[str]]:
    """Statements per dialect that make a table append-only: UPDATE, DELETE (and TRUNCATE) are refused."""
    message = f"{table} is append-only"
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$",
            *(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION {table}_append_only()"
                for verb in ("UPDATE", "DELETE", "TRUNCATE")
            ),
        ],
    }


def triggers(connection: Connection | None = None) -> set[str]:
    """The names of the triggers that stand in the database now; of the session's unless a `connection` is given."""
    queries: dict[str, str] = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }
    asked = connection or db.session().connection()
    return set(asked.scalars(text(queries[asked.dialect.name])))


def on_each(statements: dict[str, list[str]], dialect: str, execute: Callable[[str], object]) -> None:
    """Run the statements of one dialect, in order; used by migrations."""
    for statement in statements[dialect]:
        execute(statement)
