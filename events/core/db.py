"""The ground: one database, two engines, and who may write when.

SQLite (the default) and PostgreSQL run the same code; what differs between them stands in `engines` and nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Executable,
    Integer,
    MetaData,
    Row,
    Table,
    TypeDecorator,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from events.core import engines
from events.core.direct import Direct, directly

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
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engines.options(url)
    db.init_app(app)
    with app.app_context():
        engines.prepare(db.engine)


_LAST = "bonsoir-at-commit"
_CONNECTION = "bonsoir-connection"
_DIRECT = "bonsoir-direct"


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
    with engines.turn(db.engine):
        session.info[_CONNECTION] = connection = session.connection(execution_options={"write": True})
        session.info[_DIRECT] = Direct(db.engine, connection.connection)
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
            session.info.pop(_CONNECTION, None)
            session.info.pop(_DIRECT, None)


@contextmanager
def statements_alone() -> Iterator[Direct]:
    """Read, then write once, past the session, which must not be used meanwhile: for what a queue of people waits for.

    Where one statement can write several tables, each is a transaction of its own, and trips to the database are saved.
    """
    if db.session.registry.has():
        end_reading()
    with directly(db.engine) as connection:
        yield connection


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
    session = db.session()
    return (session.info.get(_CONNECTION) or session.connection()).execute(statement, values)


def rows(statement: Executable, values: Mapping[str, Any], /) -> list[tuple[Any, ...]]:
    """The same in the driver's own words, `direct.Run` of the session's transaction: for statements that are kept."""
    session = db.session()
    connection, direct = session.info.get(_CONNECTION), session.info.get(_DIRECT)
    if direct is None or connection is None or connection.closed:
        connection = session.connection()
        direct = Direct(db.engine, connection.connection)
    try:
        return direct.run(statement, values)
    except DBAPIError as error:
        if error.connection_invalidated:
            connection.invalidate()
        raise


def engine() -> str:
    """The name of the engine: sqlite or postgresql. For statements that are made once for each."""
    return db.engine.dialect.name


def glance(statement: Executable, values: Mapping[str, Any], /) -> list[tuple[Any, ...]]:
    """The rows of one SELECT that is kept, read by itself: no transaction, nothing of the session's, no locks."""
    try:
        return _glance(statement, values)
    except DBAPIError as lost:
        if not lost.connection_invalidated:
            raise
        return _glance(statement, values)  # the pool has forgotten its old connections now


def _glance(statement: Executable, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with directly(db.engine) as connection:
        return connection.run(statement, values)


def table_of(model: type[Base]) -> Table:
    """The plain table of a model, for the few places where rows as objects would cost too much."""
    return cast("Table", model.__table__)


def insert_once(model: type[Base], values: dict[str, Any], unique: Sequence[str]) -> bool:
    """Insert unless a row with the same `unique` columns is there; True when this call made the row."""
    session = db.session()
    if session.autoflush:
        session.flush()
    return bool(rows(engines.inserting_once(table_of(model), tuple(unique), engine()), values))


def count_on(counter: type[Base], key: dict[str, Any]) -> Row[Any]:
    """Step the counter of `key` by one, beginning at 1; returns its row, whose `last` is the new number.

    Numbers run without a gap: the row is the caller's until its transaction ends, and a rollback gives the number back.
    """
    insert_once(counter, key | {"last": 0}, list(key))
    columns = counter.__table__.c
    statement = update(counter).filter_by(**key).values(last=columns.last + 1).returning(*columns)
    return db.session().execute(statement, execution_options={"synchronize_session": False}).one()
