"""Every export: page, API and command call `export_file`; the rows behind it are `export_rows`.

Rows are read as they are written, so that a file needs no more memory than a page; their order is fixed, so that the
same data gives the same file; totals stand last, one for each currency.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import trail
from events.core.db import db, snapshot
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from payments.exports import fec
from payments.exports.csv_files import for_people, write_csv
from payments.exports.json_files import write_json
from payments.exports.offer import FORMATS, Export, get_export
from payments.exports.rows import Row, Scope, Source, Told, scope_of, with_totals
from payments.exports.workbooks import write_xlsx

AT_ONCE = 500
"""Rows fetched at a time."""
PIECE = 64_000
"""Bytes of a workbook that are read at a time."""


@dataclass(frozen=True)
class File:
    """A file to take away; `pieces` are made while they are asked for."""

    name: str
    mimetype: str
    pieces: Iterator[bytes]


def export_rows(
    what: str,
    *,
    organisation_ids: Collection[int] | None = None,
    event: Event | None = None,
    date_from: date | None = None,
    date_to: date | None = None,
    language: str = "en",
) -> Iterator[Row]:
    """The rows of one export, then its totals. Days are included on both ends, in the organisation's time zone.

    `language` chooses among the names that ticket types have. Raises Refusal for an unknown export.
    """
    export = get_export(what)
    scope = scope_of(organisation_ids, event, date_from, date_to)
    return rows_of(export, checked(export, scope), language)


def export_file(what: str, form: str, scope: Scope, language: str = "en", told: Told | None = None) -> File:
    """One file. `told` hears from time to time how many rows are written.

    Raises Refusal for what is not offered, and for what an export cannot do without, before the first byte.
    """
    export = get_export(what)
    if form not in export.formats:
        raise NotFound(_("There is no such format."))
    scope = checked(export, scope)
    name = name_of(export, form, scope)
    if form in export.others:
        return File(name, FORMATS[form][1], export.others[form](scope, language, told or _nobody))
    rows = rows_of(export, scope, language)
    return File(name, FORMATS[form][1], _written(export, form, _told(rows, told) if told else rows, language))


def name_of(export: Export, form: str, scope: Scope) -> str:
    """What the file is called when it is taken away. Raises Refusal where the name wants what nobody entered."""
    if form == "txt":
        return fec.file_name(scope)
    form_part = "-import" if form == "import" else ""
    return f"bonsoir-{export.name}{_of(scope)}{form_part}.{FORMATS[form][0]}"


def checked(export: Export, scope: Scope) -> Scope:
    """The scope, if the export can be of it. Raises Refusal `one_organisation`."""
    if export.of_one and len(scope.zones) != 1:
        raise Refusal("one_organisation", _("Choose one organisation: each keeps books of its own."), status=409)
    return scope


def rows_of(export: Export, scope: Scope, language: str) -> Iterator[Row]:
    """Its rows and totals; what stands in the way is said now, not when the first row is read."""
    source = _source(export, scope, language)
    return with_totals(export.columns, _stream(source))


def first_rows(export: Export, scope: Scope, language: str, count: int) -> list[Row]:
    """A few rows and no totals, without reading the rest; lines of text where the file is no table."""
    if export.source:
        return list(islice(_stream(_source(export, checked(export, scope), language), count), count))
    if export.slow:
        return []
    [pieces] = export.others.values()
    return [Row((line,), "") for line in _lines(pieces(checked(export, scope), language, _nobody), count)]


def count_rows(export: Export, scope: Scope, language: str) -> int:
    """How many lines it will have, as near as its query knows."""
    source = export.source or export.size
    if source is None:
        return 0
    query = source(checked(export, scope), language).query.order_by(None)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def note(export: Export, form: str, scope: Scope, actor: str) -> None:
    """Who took which file, in every organisation's trail; in the caller's transaction."""
    days = {"from": str(scope.date_from or ""), "to": str(scope.date_to or "")}
    subject = f"event:{scope.event_id}" if scope.event_id else "all events"
    for organisation_id in scope.zones:
        trail.note(actor, "exported", subject, organisation_id, what=export.name, format=form, **days)


def _source(export: Export, scope: Scope, language: str) -> Source:
    if export.source is None:
        raise NotFound(_("There is no such format."))
    return export.source(scope, language)


def _stream(source: Source, limit: int | None = None) -> Iterator[Row]:
    """A few rows in memory at a time, on the server's side too, all of one moment."""
    at_once = min(AT_ONCE, limit or AT_ONCE)
    with snapshot() as connection:
        records = connection.execute(source.query, execution_options={"yield_per": at_once})
        yield from source.rows(connection, records)


def _written(export: Export, form: str, rows: Iterator[Row], language: str) -> Iterator[bytes]:
    if form == "txt":
        return fec.write(rows)
    if form == "json":
        return write_json(export, rows)
    if form == "xlsx":
        return _workbook(export, rows)
    return write_csv(export, rows, for_people(language) if form == "csv" else export.import_form)


def _workbook(export: Export, rows: Iterable[Row]) -> Iterator[bytes]:
    """It can only be sent when it is whole: its table of contents stands at the end."""
    with write_xlsx(export, rows) as file:
        while piece := file.read(PIECE):
            yield piece


def _told(rows: Iterator[Row], told: Told) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        told(number)
        yield row


def _nobody(_done: int) -> None:
    """Nobody wants to hear how far it is."""


def _lines(pieces: Iterator[bytes], count: int) -> Iterator[str]:
    found: list[str] = []
    for piece in pieces:
        found += piece.decode().splitlines()
        if len(found) >= count:
            break
    return iter(found[:count])


def _of(scope: Scope) -> str:
    event: Any = db.session.get(Event, scope.event_id) if scope.event_id is not None else None
    return f"-{event.slug}" if event else ""
