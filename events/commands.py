"""Commands of the house: serve, work, migrate, add, invite, backup, restore, bounce."""

import os
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from events.catalogue import file_shape
from events.catalogue.loading import BadContent, add_event, add_organisation
from events.catalogue.models import Event, Organisation
from events.core import away, backups, migrating, serving, trail, working
from events.core.db import db, transaction
from events.core.i18n import LANGUAGES
from events.core.refusal import Refusal
from events.core.settings import Settings, SettingsError, ready_to_serve
from events.core.starting import on_a_safe_database, opened, settings_or_exit
from events.mail import bouncing
from events.mail.links import absolute
from events.team import inviting
from events.team.models import ROLES, Membership
from events.tickets import wallets

Factory = Callable[[], Flask]


def serving_settings() -> Settings:
    """Settings complete enough to sell tickets; the database is at its newest schema, its triggers in place."""
    settings = settings_or_exit()
    try:
        ready_to_serve(settings)
        wallets.read(settings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    return on_a_safe_database(settings)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--work",
    "works",
    is_flag=True,
    help="Also send letters and do the other jobs, in a process beside the web server's: enough for one small machine.",
)
@click.pass_obj
def serve(factory: Factory, host: str, port: int, workers: int, works: bool) -> None:
    """Run the web server until it is told to end; requests under way are finished first."""
    settings = serving_settings()
    application = serving.shared(factory)
    if settings.log_format == "plain":
        click.echo(f"{settings.public_url} is served at http://{host}:{port}. Ctrl-C ends it.", err=True)
    make = partial(serving.WebServer, application, host, port, workers, json=settings.log_format == "json")
    if works:
        serving.serve_and_work(make, application)
    else:
        make().run()


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.pass_obj
def work(factory: Factory, once: bool) -> None:
    """Send letters, watch payments and do the other jobs, until told to end."""
    serving_settings()
    working.work(factory, once)


def _bring_to_newest(settings: Settings) -> None:
    """Make the database where there is none, for its owner alone: guests' names will be in it."""
    others = os.umask(0o077)
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        migrating.upgrade(settings.database_url)
    finally:
        os.umask(others)


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    settings = settings_or_exit()
    try:
        _bring_to_newest(settings)
    except (SQLAlchemyError, OSError) as error:
        if not away.is_passing(error):
            raise
        kind = type(getattr(error, "orig", error)).__name__
        sentence = f"Nothing was changed, as the database is away or somebody holds a table ({kind}): try again."
        raise click.ClickException(sentence) from error
    click.echo("The database is at the newest schema.")


@click.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--event", "slug", help="For this event alone, instead of the whole organisation.")
@click.option("--organisation", "house", help="Whose, by its short name: needed where there are several.")
@click.option(
    "--language", default="en", show_default=True, type=click.Choice(list(LANGUAGES)), help="Theirs, at first."
)
@click.pass_obj
def invite(factory: Factory, email: str, role: str, slug: str | None, house: str | None, language: str) -> None:
    """Let somebody sign in with a role; prints the address to open."""
    with opened(factory), transaction():
        event = db.session.scalars(select(Event).where(Event.slug == slug)).one_or_none() if slug else None
        if slug and event is None:
            raise click.ClickException(f"There is no event {slug}.")
        organisation = event.organisation if event and not house else _organisation(house)
        if event and event.organisation_id != organisation.id:
            raise click.ClickException(f"There is no event {slug} of {organisation.slug}.")
        try:
            link = inviting.invite(email, role, organisation.id, event.id if event else None, language=language)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
    click.echo(link)


def _organisation(slug: str | None) -> Organisation:
    """It; of several none is guessed, for a role opens a guest list."""
    known = {one.slug: one for one in db.session.scalars(select(Organisation).order_by(Organisation.slug))}
    if slug is None and len(known) == 1:
        return next(iter(known.values()))
    if not known:
        raise click.ClickException("There is no organisation yet.")
    if slug is None:
        raise click.ClickException(f"Name one of the organisations with --organisation: {', '.join(known)}.")
    if slug not in known:
        raise click.ClickException(f"There is no organisation {slug}. There is {', '.join(known)}.")
    return known[slug]


def _who_is_next(organisation: Organisation) -> str:
    owned = select(Membership.id).where(Membership.organisation_id == organisation.id)
    if db.session.scalars(owned.limit(1)).first() is not None:
        return f"{organisation.name} is there. Its members begin an evening at this address:"
    alone = len(db.session.scalars(select(Organisation.id).limit(2)).all()) == 1
    whose = "" if alone else f" --organisation {organisation.slug}"
    return (
        f"{organisation.name} is there. Invite its owner (`bonsoir invite EMAIL --role owner{whose}`), who begins here:"
    )


@click.command()
@click.argument("file", type=click.File("rb"))
@click.pass_obj
def add(factory: Factory, file: IO[bytes]) -> None:
    """Add an evening from a TOML file (docs/example-evening.toml); prints its address. All of it, or nothing.

    A file with nothing but the organisation adds that, and prints where its first evening is begun in the browser.
    """
    try:
        content = tomllib.load(file)
        if wrong := list(file_shape.faults(content)):
            raise BadContent(wrong)
        with opened(factory), transaction():
            organisation = add_organisation(content.get("organisation", {}))
            address = absolute("editor.new")
            if "event" in content:
                slug = add_event(organisation, content["event"]).slug
                trail.note("command", "event.added", slug, organisation.id)
                address = absolute("catalogue.event", slug=slug)
            else:
                click.echo(_who_is_next(organisation), err=True)
    except tomllib.TOMLDecodeError as error:
        raise click.ClickException(f"The file is no TOML: {error}.") from error
    except BadContent as bad:
        raise click.ClickException("\n".join(bad.problems)) from bad
    click.echo(address)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(factory: Factory, file: Path) -> None:
    """Copy the whole database into FILE while everything runs. It holds the guest list: keep it as you keep that."""
    on_a_safe_database(settings_or_exit())
    with factory().app_context():
        try:
            rows = backups.save(file)
        except OSError as error:
            raise click.ClickException(f"Cannot write {file}: {error.strerror or 'it is there already'}.") from error
        with transaction():
            trail.note("service", "backup.made", file.name, rows=sum(rows.values()))
    click.echo(f"{file}: {sum(rows.values())} rows. Only you may read it; restore it with `bonsoir restore {file}`.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(factory: Factory, file: Path) -> None:
    """Fill an empty database from FILE; one that holds anything is left alone."""
    settings = settings_or_exit()
    _bring_to_newest(settings)
    with factory().app_context():
        try:
            rows = backups.bring_back(db.engine, file)
        except backups.BadBackup as error:
            raise click.ClickException(str(error)) from error
        with transaction():
            trail.note("service", "backup.restored", file.name, rows=sum(rows.values()))
    click.echo(f"{sum(rows.values())} rows are back. Run `bonsoir reconcile`: Stripe knows what happened since.")


@click.command()
@click.argument("message", type=click.File("rb"), default="-")
@click.pass_obj
def bounce(factory: Factory, message: IO[bytes]) -> None:
    """Take in a report of a letter that could not be delivered, from a mail server's pipe (docs/running.md).

    Exit 0 whatever it is: a mail server that is told otherwise would send the report back to nobody.
    """
    raw = message.read(bouncing.LARGEST)
    with opened(factory), transaction():
        taken = bouncing.take_in(raw)
    click.echo("The letter came back: noted." if taken else "This is no report about a letter of ours: left alone.")


COMMANDS = (add, serve, work, migrate, invite, backup, restore, bounce)
