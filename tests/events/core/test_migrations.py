"""Each migration on rows that were there before it."""

import sqlite3
from pathlib import Path

from alembic import command

from events.core import migrating


def put(database: sqlite3.Connection, table: str, **values: object) -> None:
    """A row as the schema of its time has it: what nobody names is empty."""
    known = [(row[1], row[2].upper(), row[3]) for row in database.execute(f"PRAGMA table_info({table})")]
    empty = {name: 0 if "INT" in kind else "[]" if kind == "JSON" else "" for name, kind, needed in known if needed}
    row = empty | values
    places = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608 - our own names


def test_an_evening_that_was_cancelled_before_stays_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    command.upgrade(migrating.config(url), "0001")
    with sqlite3.connect(tmp_path / "old.sqlite") as database:
        for number, status in enumerate(("published", "cancelled", "archived"), start=1):
            put(database, "event", id=number, slug=status, status=status)
    database.close()
    migrating.upgrade(url)
    with sqlite3.connect(tmp_path / "old.sqlite") as database:
        rows = database.execute("SELECT status, cancelled_at IS NOT NULL FROM event ORDER BY id").fetchall()
    database.close()
    assert rows == [("published", 0), ("cancelled", 1), ("archived", 0)]
