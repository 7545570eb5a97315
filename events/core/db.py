"""The ground: one database, two engines, and who may write when.

SQLite (the default) and PostgreSQL run the same code; what differs between them stands in this file and nowhere else.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Row,
    Table,
    TypeDecorator,
    event,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import DeclarativeBase, Session

Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class UtcDateTime(TypeDecorator[datetime]):
    """Stores UTC, returns aware datetimes; refuses naive ones. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every row of ours. Names of constraints are fixed, so that migrations can find them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


WholeNumber = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only through INTEGER
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")

# After the class: a map on the base itself is lost under Flask-SQLAlchemy with SQLAlchemy 2.1.
Base.registry.update_type_annotation_map(
    {int: WholeNumber, datetime: UtcDateTime(), dict[str, Any]: Json, dict[str, str]: Json, list[Any]: Json}
)

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


def init_app(app: Flask, url: str) -> None:
    """Bind the application to the database at `url` (SQLAlchemy's form)."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def engine_options(url: str) -> dict[str, Any]:
    """What the engine is made with: a pool as wide as a worker has threads, and no connection trusted blindly."""
    quiet = {"hide_parameters": True}  # an error's text goes into logs, and the parameters are people's names
    if url.startswith("sqlite"):
        return quiet | {"connect_args": {"timeout": 15, "check_same_thread": False}, "pool_size": 8, "max_overflow": 8}
    return quiet | {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5, "pool_timeout": 15}


def prepare(engine: Engine) -> None:
    """Make transactions mean the same on both engines. Once per engine."""
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _open_sqlite):
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # pysqlite's own BEGIN would come too late and be the wrong one
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that reads first and writes later fails with BUSY, whatever the time-out."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_LAST = "bonsoir-at-commit"


@contextmanager
def transaction() -> Iterator[Session]:
    """The edge's writing transaction: everything inside is committed together or not at all.

    Whatever was read before is read again inside, because the world may have moved. Raises RuntimeError when the
    session already carries changes: somebody wrote outside a transaction.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside transaction()")
    session.rollback()
    session.expire_all()  # rollback forgets nothing when no transaction was open
    session.connection(execution_options={"write": True})
    session.info[_LAST] = {}
    try:
        yield session
        for act, items in session.info.pop(_LAST).items():
            act(items)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_LAST, None)


def at_commit(act: Callable[[list[Any]], None], item: object) -> None:
    """Let `act` be called once with all items just before the commit: what many write to is touched last, and briefly.

    Raises RuntimeError outside transaction(), and inside a savepoint, which could not take it back.
    """
    session = db.session()
    if _LAST not in session.info or session.in_nested_transaction():
        raise RuntimeError("only a whole transaction() has an end to wait for")
    session.info[_LAST].setdefault(act, []).append(item)


def assert_idle() -> None:
    """Raise RuntimeError while a transaction is open: nothing of ours may be held while a provider is asked."""
    if db.session().in_transaction():
        raise RuntimeError("a database transaction is open during a call to a provider")


def end_reading() -> None:
    """Give back what a read began, so that a provider may be called; what is read next is read anew."""
    db.session().rollback()
    db.session().expire_all()


def snapshot() -> Connection:
    """A connection of its own that sees one moment of the database, to be read at length; the session stays free."""
    return db.engine.connect().execution_options(isolation_level="SERIALIZABLE")  # SQLite's readers always do


def changed(statement: Executable) -> int:
    """Run an UPDATE or DELETE and return how many rows it touched: how a conditional update tells who was first."""
    result = db.session().execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def plainly(statement: Executable, values: Values | None = None) -> CursorResult[Any]:
    """Run a statement about plain tables on the session's connection: where the ORM's share of the work would count."""
    return db.session().connection().execute(statement, values)


def table_of(model: type[Base]) -> Table:
    """The plain table of a model, for the few places where rows as objects would cost too much."""
    return cast("Table", model.__table__)


def insert_once(model: type[Base], values: dict[str, Any], unique: Sequence[str]) -> bool:
    """Insert unless a row with the same `unique` columns is there; True when this call made the row."""
    session = db.session()
    if session.autoflush:
        session.flush()
    connection = session.connection()
    statement = _inserting_once(model, tuple(unique), connection.dialect.name)
    return connection.execute(statement, values).first() is not None


@cache
def _inserting_once(model: type[Base], unique: tuple[str, ...], dialect: str) -> Executable:
    """Made once: to write it anew costs more than to run it.

    The row itself tells: PostgreSQL's driver does not count the rows of an INSERT that SQLAlchemy lets return its id.
    """
    table = table_of(model)
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    once = make(table).on_conflict_do_nothing(index_elements=list(unique))
    return once.returning(*(table.c[name] for name in unique))


def count_on(counter: type[Base], key: dict[str, Any]) -> Row[Any]:
    """Step the counter of `key` by one, beginning at 1; returns its row, whose `last` is the new number.

    Numbers run without a gap: the row is the caller's until its transaction ends, and a rollback gives the number back.
    """
    insert_once(counter, key | {"last": 0}, list(key))
    columns = counter.__table__.c
    statement = update(counter).filter_by(**key).values(last=columns.last + 1).returning(*columns)
    return db.session().execute(statement, execution_options={"synchronize_session": False}).one()


def renumber(connection: Connection, table: Table) -> None:
    """Number on after rows that came with their ids: PostgreSQL must be told, SQLite looks by itself."""
    if connection.dialect.name == "postgresql" and (column := table.autoincrement_column) is not None:
        last, sequence = func.max(column), func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
