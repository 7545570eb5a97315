"""Statements that run thousands of times an hour: written once by SQLAlchemy, then given to the driver as they are.

For a statement of half a millisecond SQLAlchemy's share is the greater part: what a session, a connection and a result
know how to do is prepared anew for each. Here the text is kept with what turns values into the driver's and back.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache, partial
from typing import Any, Protocol, cast

from sqlalchemy import ClauseElement, Dialect, Engine, Executable
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select
from sqlalchemy.types import TypeEngine

from events.core import engines

Row = tuple[Any, ...]
Values = Mapping[str, Any]
_Turn = Callable[[Any], Any]


class Run(Protocol):
    """Runs a statement and gives its rows; one that gives no rows, an empty tuple for each that it touched."""

    def __call__(self, statement: Executable, values: Values, /) -> list[Row]: ...


class Written:
    """A statement in the driver's own words."""

    def __init__(self, statement: Executable, names: tuple[str, ...], dialect: Dialect) -> None:
        given = names if isinstance(statement, UpdateBase) else None
        compiled = cast("SQLCompiler", cast("ClauseElement", statement).compile(dialect=dialect, column_keys=given))
        if compiled.post_compile_params:
            raise TypeError("a list is written out anew each time: run this statement with plainly()")
        self.text = str(compiled)
        self._dialect = dialect
        self._order = compiled.positiontup
        self._constants = dict(compiled.params)
        self._drawn = dict(_defaults(compiled))
        self._into = {name: turn for name, bind in compiled.binds.items() if (turn := self._turn(bind.type, "bind"))}
        columns = statement.exported_columns if isinstance(statement, Select | UpdateBase) else ()
        self._width = len(columns)
        self._back = [(at, turn) for at, column in enumerate(columns) if (turn := self._turn(column.type, "result"))]

    def run(self, cursor: DBAPICursor, values: Values) -> list[Row]:
        """Its rows, in our types."""
        cursor.execute(self.text, self.given(values))
        if not self._width:
            return [()] * cursor.rowcount
        rows = cursor.fetchall()
        return [self._ours(row) for row in rows] if self._back else cast("list[Row]", rows)

    def given(self, values: Values) -> Mapping[str, Any] | Sequence[Any]:
        """Values as the driver takes them."""
        own = {**self._constants, **values}
        for name, draw in self._drawn.items():
            own[name] = draw(None)
        for name, turn in self._into.items():
            own[name] = turn(own[name])
        return own if self._order is None else [own[name] for name in self._order]

    def _ours(self, row: Row) -> Row:
        own = list(row)
        for at, turn in self._back:
            own[at] = turn(own[at])
        return tuple(own)

    def _turn(self, its: TypeEngine[Any], way: str) -> _Turn | None:
        mine = its.dialect_impl(self._dialect)
        return mine.bind_processor(self._dialect) if way == "bind" else mine.result_processor(self._dialect, None)


def _defaults(compiled: SQLCompiler) -> Iterator[tuple[str, _Turn]]:
    """Columns that nobody names and Python fills in, with what gives their values."""
    given = [(column, column.default) for column in compiled.insert_prefetch]
    given += [(column, column.onupdate) for column in compiled.update_prefetch]
    for column, default in given:
        value = cast("Any", default).arg
        yield column.key, value if callable(value) else partial(_fixed, value)


def _fixed(value: object, _context: object) -> object:
    return value


@cache
def _written(statement: Executable, names: tuple[str, ...], dialect: Dialect) -> Written:
    return Written(statement, names, dialect)


class Direct:
    """A connection of the driver's, on which each statement is a transaction of its own unless it is `writing()`."""

    def __init__(self, engine: Engine, connection: DBAPIConnection) -> None:
        self._engine, self._connection = engine, connection
        self._error = _error_of(engine)

    def run(self, statement: Executable, values: Values, /) -> list[Row]:
        """The rows of one statement, which is made once and kept by whoever calls. Raises DBAPIError, as ever."""
        written = _written(statement, tuple(values), self._engine.dialect)
        try:
            with closing(self._connection.cursor()) as cursor:
                return written.run(cursor, values)
        except self._error as error:
            raise self._wrapped(error, written.text) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What is written inside is committed together or not at all."""
        if engines.writes_together(self._engine.dialect.name):
            yield  # one statement writes all of it
            return
        with engines.turn(self._engine):
            connection = cast("sqlite3.Connection", self._connection)
            try:
                engines.begin_writing(connection)
                yield
                connection.commit()
            except sqlite3.Error as error:
                connection.rollback()
                raise self._wrapped(error, "BEGIN or COMMIT") from error
            except BaseException:
                connection.rollback()
                raise

    def _wrapped(self, error: Exception, text: str) -> BaseException:
        lost = self._engine.dialect.is_disconnect(cast("Any", error), self._connection, None)
        if lost:
            self._engine.dispose()  # those that lie in the pool have heard as little
        return _as_ours(self._engine, error, text, lost)


def _error_of(engine: Engine) -> type[Exception]:
    return cast("type[Exception]", engine.dialect.loaded_dbapi.Error)


def _as_ours(engine: Engine, error: Exception, text: str | None = None, lost: bool = False) -> BaseException:
    """The driver's error as SQLAlchemy tells it, without the values."""
    dialect, base = engine.dialect, _error_of(engine)
    return DBAPIError.instance(
        text, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


def _taken(engine: Engine) -> PoolProxiedConnection:
    """A connection; where none can be made, the error is SQLAlchemy's, which everybody knows how to answer."""
    try:
        return engine.raw_connection()
    except _error_of(engine) as error:
        raise _as_ours(engine, error) from error


@contextmanager
def directly(engine: Engine) -> Iterator[Direct]:
    """Read, then write once, past the session. On PostgreSQL one statement must be all that is written."""
    own = engines.reader(engine)
    connection = _taken(own)
    try:
        yield Direct(own, connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            connection.invalidate()
        raise
    finally:
        connection.close()
