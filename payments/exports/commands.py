"""`bonsoir export`: the same files as on the treasurer's page."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event, Organisation
from events.core.db import db, end_reading, transaction
from events.core.i18n import LANGUAGES, in_language
from events.core.refusal import Refusal
from events.core.starting import opened
from payments.exports import exporting
from payments.exports.offer import EXPORTS, FORMATS, get_export
from payments.exports.rows import Scope, scope_of

Factory = Callable[..., Flask]


def _epilog() -> str:
    """Every export with its formats, for --help."""
    lines = (f"{export.name:<15} {', '.join(export.formats)}" for export in EXPORTS.values())
    return "\b\nWHAT, and its formats (the first is the usual one):\n" + "\n".join(lines)


@click.command(epilog=_epilog())
@click.argument("what", type=click.Choice(tuple(EXPORTS)), metavar="WHAT")
@click.option("--event", "slug", help="Only this evening.")
@click.option("--organisation", "house", help="Only this organisation, by its short name.")
@click.option("--from", "date_from", type=click.DateTime(["%Y-%m-%d"]), help="The first day.")
@click.option("--to", "date_to", type=click.DateTime(["%Y-%m-%d"]), help="The last day, included.")
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), help="The export's usual one unless told.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Whose decimals.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file, instead of the screen.")
@click.pass_obj
def export(
    factory: Factory,
    what: str,
    slug: str | None,
    house: str | None,
    date_from: datetime | None,
    date_to: datetime | None,
    form: str | None,
    language: str,
    output: Path | None,
) -> None:
    """A file for the books, the tax office or the thank-you letters, as on the treasurer's page.

    CSV is for people, `import` for programs; both end lines alike, but only people get totals.
    """
    with opened(factory), in_language(language):
        first, last = (day.date() if day else None for day in (date_from, date_to))
        wanted = form or get_export(what).formats[0]
        try:
            scope = _scope(slug, house, first, last)
            file = exporting.export_file(what, wanted, scope, language)
            end_reading()
            with transaction():
                exporting.note(get_export(what), wanted, scope, "command")
            _write(file.pieces, output)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal


def _scope(slug: str | None, house: str | None, *days: object) -> Scope:
    event = db.session.scalars(select(Event).where(Event.slug == slug)).one_or_none() if slug else None
    if slug and event is None:
        raise click.ClickException(f"There is no event {slug}.")
    query = select(Organisation.id)
    ids = list(db.session.scalars(query.where(Organisation.slug == house) if house else query))
    if house and not ids:
        raise click.ClickException(f"There is no organisation {house}.")
    return scope_of(ids, event, *days)  # type: ignore[arg-type] # two days


def _write(pieces: Iterator[bytes], output: Path | None) -> None:
    try:
        with click.open_file(str(output or "-"), "wb", lazy=False) as file:
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        if output is None:
            raise  # a screen that was closed is no mistake to tell of: click ends quietly
        raise click.ClickException(f"Cannot write {output}: {error.strerror}.") from error
