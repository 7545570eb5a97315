"""What the many applications of one test process share, as they are all made of the same source.

An application and an engine for each test are cheap, but what they make for themselves at first use is not: rules of
addresses, compiled templates, compiled statements. Here the second application finds what the first made.
And none of them waits for the disk: their databases need not survive a power cut. Servers that tests start do.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from werkzeug.routing import Rule

from events.core import engines

_TEMPLATES: dict[str, bytes] = {}
_STATEMENTS: dict[Any, Any] = {}
_RULES: dict[Any, tuple[dict[str, Any], dict[str, Callable[..., tuple[str, str]]]]] = {}


PRAGMAS = engines._PRAGMAS
"""What the product tells SQLite."""

engines._PRAGMAS = (*PRAGMAS, "synchronous=OFF")  # type: ignore[assignment]


class Templates(BytecodeCache):
    """Compiled templates in this process's memory; jinja2 compares the source before it takes one."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if there is something for it."""
        if bucket.key in _TEMPLATES:
            bucket.bytecode_from_string(_TEMPLATES[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds."""
        _TEMPLATES[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Templates()}


@event.listens_for(Engine, "engine_connect")
def _share_statements(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_STATEMENTS)


def _same_kind(mine: Dialect, other: object) -> bool:
    return type(mine) is type(other)


# A statement is kept under the dialect that it was compiled for, and each engine has a dialect of its own.
for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    dialect.__eq__ = _same_kind  # type: ignore[assignment]
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


_compile = Rule.compile
_COMPILED = ("_parts", "_trace", "_converters", "arguments")
_BUILDERS = ("_build", "_build_unknown")


def _compile_once(rule: Rule) -> None:
    """What a rule matches and how its address is built: its text, its converters and its defaults say it all."""
    kinds = tuple(rule.map.converters.items()) if rule.map else ()
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults), kinds)
    if key not in _RULES:
        _compile(rule)
        builders = {name: getattr(rule, name).__func__ for name in _BUILDERS}
        _RULES[key] = {name: getattr(rule, name) for name in _COMPILED}, builders
    compiled, builders = _RULES[key]
    vars(rule).update(compiled)
    vars(rule).update({name: builder.__get__(rule) for name, builder in builders.items()})


Rule.compile = _compile_once  # type: ignore[method-assign, assignment]
