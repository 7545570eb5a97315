"""What a command needs before it begins: settings that are right and a database that is ready; else a sentence.

Exit 1 where a setting is missing or the database is away; 2 where `bonsoir migrate` was not run before, so that nobody
takes it for what a command like `audit` has found.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from events.core import migrating
from events.core.db import db
from events.core.settings import Settings, SettingsError, environment, load


class NotMigrated(click.ClickException):
    """The schema is missing, or another than this code's."""

    exit_code = 2


def settings_or_exit() -> Settings:
    """The settings of the environment; one sentence and exit 1 when something is missing or wrong."""
    try:
        return load(environment())
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened(factory: Callable[[], Flask]) -> Iterator[Flask]:
    """The application at work on a database whose schema it knows."""
    try:
        app = factory()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    with app.app_context():
        _demand_schema(db.engine)
        yield app


def share_memory() -> None:
    """Before a web server has workers: they share what is loaded by now, while no collector of garbage visits it."""
    configure_mappers()
    gc.collect()
    gc.freeze()


def on_a_safe_database(settings: Settings) -> Settings:
    """The settings, if their database has the schema, and all that keeps its rows from being rewritten."""
    engine = migrating.engine_for(settings.database_url)
    try:
        _demand_schema(engine)
    finally:
        engine.dispose()
    fault = migrating.faults(settings.database_url)
    if fault:
        raise click.ClickException(fault)
    return settings


def _demand_schema(engine: Engine) -> None:
    try:
        fault = migrating.unready(engine)
    except SQLAlchemyError as error:
        if migrating.never_made(engine.url):
            raise NotMigrated("There is no database yet: run `bonsoir migrate`.") from error
        sentence = f"The database cannot be opened ({type(error).__name__}): does it run, and is DATABASE_URL right?"
        raise click.ClickException(sentence) from error
    if fault:
        raise NotMigrated(fault)
