"""A copy of the whole database in one file, taken while the service runs, and the way back; the same on either engine.

The file is a zip: `backup.json` (schema, moment, rows of each table) and, for each table, a file of JSON lines in the
order of the primary key. It holds guests' names and every secret link: only its owner may read it.
"""

import base64
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, Engine, LargeBinary, Table, select
from sqlalchemy.types import TypeEngine

from events.core import clock
from events.core.db import UtcDateTime, db, snapshot
from events.core.engines import renumber
from events.core.migrating import revision

CONTENTS = "backup.json"
BATCH = 500


class BadBackup(Exception):  # noqa: N818 - not a fault of ours: said in one sentence
    """The file is no backup, or not one for this database; the text says which."""


def save(path: Path) -> dict[str, int]:
    """Write everything to a new file, as it stands at one moment; returns rows by table. Raises FileExistsError.

    The file gets its name when it is whole: one that was cut off is never mistaken for a backup.
    """
    if path.exists():
        raise FileExistsError(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb") as file:
            counts = _write(file)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # unlike a renaming, refuses to replace what somebody put there meanwhile
    finally:
        unfinished.unlink(missing_ok=True)
    return counts


def bring_back(engine: Engine, path: Path) -> dict[str, int]:
    """Fill an empty, migrated database from a file, all or nothing; returns rows by table.

    Raises BadBackup when the file is none, is damaged or of another schema, or when the database holds anything.
    """
    try:
        with zipfile.ZipFile(path) as archive, engine.connect().execution_options(write=True) as connection:
            told = json.loads(archive.read(CONTENTS))
            if told["schema"] != revision(engine):
                raise BadBackup(f"{path.name} was made with schema {told['schema']}, this is {revision(engine)}.")
            with connection.begin():
                for table in db.metadata.sorted_tables:
                    _fill(connection, table, archive, told["rows"])
            return dict(told["rows"])
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadBackup(f"{path.name} is not a whole backup of Bonsoir: {error}") from error


def _write(file: IO[bytes]) -> dict[str, int]:
    counts = {}
    with (
        snapshot() as connection,
        connection.begin(),
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        for table in db.metadata.sorted_tables:
            with archive.open(_member(table), "w", force_zip64=True) as lines:
                counts[table.name] = sum(bool(lines.write(line)) for line in _lines(connection, table))
        told = {"schema": revision(db.engine), "made": clock.now().isoformat(), "rows": counts}
        archive.writestr(CONTENTS, json.dumps(told, indent=1))
    return counts


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield json.dumps(list(row), ensure_ascii=False, default=_text).encode() + b"\n"


def _fill(connection: Connection, table: Table, archive: zipfile.ZipFile, rows: dict[str, int]) -> None:
    if connection.execute(select(table).limit(1)).first() is not None:
        raise BadBackup(f"The database is in use: there are rows in {table.name}. Restore into an empty one.")
    count = 0
    with archive.open(_member(table)) as lines:
        while batch := [_values(table, line) for line in islice(lines, BATCH)]:
            connection.execute(table.insert(), batch)
            count += len(batch)
    if count != rows[table.name]:
        raise ValueError(f"{count} rows of {table.name} where {rows[table.name]} were written")
    renumber(connection, table)


def _values(table: Table, line: bytes) -> dict[str, Any]:
    return {
        column.name: value if value is None else _value(column.type, value)
        for column, value in zip(table.columns, json.loads(line), strict=True)
    }


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, date):  # and a datetime, which is one
        return value.isoformat()
    raise TypeError(f"a backup knows nothing of {type(value).__name__}")


def _value(kind: TypeEngine[Any], value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    match kind:
        case LargeBinary():
            return base64.b64decode(value)
        case UtcDateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case _:
            return value


def _member(table: Table) -> str:
    return f"{table.name}.jsonl"
