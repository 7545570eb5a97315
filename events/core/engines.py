"""What differs between the two engines, and nowhere else: how writing begins, who waits, how rows are numbered."""

import atexit
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from threading import RLock
from typing import Any, cast
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Engine, Executable, String, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from events.core import clock

_TURNS: WeakKeyDictionary[Engine, RLock] = WeakKeyDictionary()
_READERS: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_OPENED: WeakSet[Engine] = WeakSet()
_LONGEST_WAIT, _OF_MIGRATIONS = 15, 60  # seconds
_NAP = 0.0002


def options(url: str) -> dict[str, Any]:
    """What the engine is made with: a pool as wide as a worker has threads, and no connection trusted blindly."""
    quiet = {"hide_parameters": True}  # an error's text goes into logs, and the parameters are people's names
    if url.startswith("sqlite"):
        return quiet | {
            "connect_args": {"timeout": _LONGEST_WAIT, "check_same_thread": False},
            "pool_size": 8,
            "max_overflow": -1,  # whoever has one may wait for the turn to write, and its holder for a connection
        }
    return quiet | {"connect_args": _NOTICE} | {
        "pool_pre_ping": True, "pool_size": 5, "max_overflow": 5, "pool_timeout": 15,
    }  # fmt: skip


# A host that vanished says nothing. So nobody waits long for one that does not pick up (there may be another), and a
# connection over which nothing comes back is given up after ten seconds instead of minutes.
_NOTICE = {
    "connect_timeout": 3,
    **{"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3},
    "tcp_user_timeout": 10_000,  # milliseconds
}


def for_migrations(url: str) -> dict[str, Any]:
    """What an engine for migrations is made with, beside a service at work.

    On PostgreSQL a change of a table that waits for one long reader holds up everybody behind it: it gives up soon, and
    is tried again. On SQLite it is the migration that waits, until no other process writes.
    """
    given = {"timeout": _OF_MIGRATIONS} if url.startswith("sqlite") else {"options": "-c lock_timeout=10s"}
    return {"connect_args": given}


def prepare(engine: Engine) -> None:
    """Make transactions mean the same on both engines. Once per engine."""
    _OPENED.add(engine)
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _open_sqlite):
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        _TURNS[engine] = RLock()


# A scan writes six pages: copying the log back every 1,000 of them, SQLite's habit, costs more than a longer log.
_PRAGMAS = (
    *("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"),
    "wal_autocheckpoint=4000",
)


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # pysqlite's own BEGIN would come too late and be the wrong one
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that reads first and writes later fails with BUSY, whatever the time-out."""
    if connection.get_execution_options().get("write", False):
        try:
            begin_writing(cast("sqlite3.Connection", connection.connection.driver_connection))
        except sqlite3.OperationalError as busy:
            raise OperationalError("BEGIN IMMEDIATE", None, busy) from busy
    else:
        connection.exec_driver_sql("BEGIN")


def begin_writing(connection: sqlite3.Connection) -> None:
    """Take SQLite's one lock, and ask again five times a millisecond while another process has it.

    SQLite itself would nap for up to 100 ms between two questions, and those who ask seldom would wait longest.
    """
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()  # milliseconds: a migration has more
    connection.execute("PRAGMA busy_timeout=0")
    try:
        end = clock.monotonic() + patience / 1000
        while not _began(connection, last=clock.monotonic() >= end):
            clock.pause(_NAP)
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience}")


def _began(connection: sqlite3.Connection, last: bool) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as busy:
        if last or busy.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@atexit.register
def _say_goodbye() -> None:
    """A process that ends closes its connections, as the driver expects; one that is killed does not."""
    for engine in list(_OPENED):
        engine.dispose()


def reader(engine: Engine) -> Engine:
    """The engine for statements that stand alone: no transaction is begun and ended for them.

    PostgreSQL's connections come from a pool of their own, which stay as they are and are not asked first whether they
    live; SQLite's are the same ones.
    """
    if engine.dialect.name == "sqlite":
        return engine
    if engine not in _READERS:
        usual = options("postgresql") | {"pool_pre_ping": False, "isolation_level": "AUTOCOMMIT"}
        usual["pool_reset_on_return"] = None  # no transaction is ever begun on them
        mine = _READERS.setdefault(engine, create_engine(engine.url, **usual))
        event.listen(mine, "connect", _read_by_index)
        _OPENED.add(mine)
    return _READERS[engine]


def _read_by_index(connection: DBAPIConnection, _record: object) -> None:
    """What stands alone asks for few rows. A plan is kept, and one made while a table was a page long would read it all
    when it has thousands."""
    with closing(connection.cursor()) as cursor:
        cursor.execute("SET enable_seqscan = off")


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """SQLite has one writer at a time, and who must wait asks again after ever longer naps, up to 100 ms.

    So the threads of a process stand in line for their turn instead; only the first of them meets other processes.
    """
    lock = _TURNS.get(engine)
    mine = lock.acquire(timeout=_LONGEST_WAIT) if lock else False  # after that, the database says what is wrong
    try:
        yield
    finally:
        if lock and mine:
            lock.release()


class in_one_text(FunctionElement[str]):  # noqa: N801 - it is called
    """A column's texts of all rows, with blanks between. SQLAlchemy's own writes its separator anew each time."""

    type = String()
    inherit_cache = True


@compiles(in_one_text)
def _in_one_text(element: in_one_text, compiler: SQLCompiler, **options: Any) -> str:
    name = "group_concat" if compiler.dialect.name == "sqlite" else "string_agg"
    return f"{name}({compiler.process(element.clauses, **options)}, ' ')"


@cache
def upserting(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    """The beginning of an INSERT that knows ON CONFLICT; both engines go on in the same words."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def inserting_once(table: Table, unique: tuple[str, ...], dialect: str, told: tuple[str, ...] = ()) -> Executable:
    """Made once: to write it anew costs more than to run it. `told` are the columns of the new row that are wanted.

    The row itself tells: PostgreSQL's driver does not count the rows of an INSERT that SQLAlchemy lets return its id.
    """
    once = upserting(table, dialect).on_conflict_do_nothing(index_elements=list(unique))
    return once.returning(*(table.c[name] for name in told or unique))


def writes_together(dialect: str) -> bool:
    """Whether one statement may write to several tables: PostgreSQL's may, and each trip to it costs."""
    return dialect == "postgresql"


def renumber(connection: Connection, table: Table) -> None:
    """Number on after rows that came with their ids: PostgreSQL must be told, SQLite looks by itself."""
    if connection.dialect.name == "postgresql" and (column := table.autoincrement_column) is not None:
        last, sequence = func.max(column), func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


_AWAY = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
}
_AWAY_STATES = ("08", "40", "53", "57", "58", "55P03", "25006")
"""SQLSTATEs, by their beginning: connection, serialisation, resources, operator, system, lock, read-only."""


def is_away(error: BaseException) -> bool:
    """Whether the database cannot do its work at this moment, though nothing is wrong with what it was asked.

    Away, starting, full, read-only, or asked by too many at once: what failed was not done, and may be tried again.
    """
    if isinstance(error, TimeoutError):  # of the pool
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _AWAY
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer at all
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return str(state).startswith(_AWAY_STATES)


_CLASHES = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
}
_CLASH_STATES = {"23505": "unique_violation", "23503": "foreign_key_violation"}


def clash_of(error: IntegrityError) -> str | None:
    """What two wanted at once, as far as may be said: a key taken, or a row gone. None for any other mistake."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorname if error.orig.sqlite_errorcode in _CLASHES else None
    kind = _CLASH_STATES.get(str(getattr(error.orig, "sqlstate", "")))
    diagnosis = getattr(error.orig, "diag", None)
    return f"{kind} {getattr(diagnosis, 'constraint_name', None) or ''}".strip() if kind else None
