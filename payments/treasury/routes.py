"""The treasurer's pages: orders, and every file there is to take away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import trail
from events.core.db import transaction
from events.core.i18n import decimal, gettext, language
from events.core.money import exponent, major
from events.core.refusal import NotFound
from events.office import evenings
from events.team import access
from events.team.access import MONEY
from payments.treasury import listing, words
from payments.treasury.exporting import EXPORTS, FORMATS, Export, export_rows, get_export, write_csv, write_xlsx
from payments.treasury.rows import Cell, Column, Row

blueprint = Blueprint("treasury", __name__)

PREVIEWED = 10
IN_MEMORY = 1_000_000
"""Bytes of a file that are kept in memory; the rest waits on disk, so that a slow reader holds no transaction."""


@dataclass(frozen=True)
class Choice:
    """What the treasurer chose to see: one evening or all of theirs, perhaps some days."""

    organisation_ids: list[int]
    event: Event | None
    date_from: date | None
    date_to: date | None

    def rows(self, what: str) -> Iterator[Row]:
        """The rows of one export, of this choice."""
        where = None if self.event else self.organisation_ids
        return export_rows(
            what,
            organisation_ids=where,
            event=self.event,
            date_from=self.date_from,
            date_to=self.date_to,
            language=language(),
        )


@blueprint.get("/treasury/evenings")
def events() -> ResponseReturnValue:
    """The evenings whose money the account keeps."""
    return render_template("payments/treasury/events.html", evenings=evenings.list_events(MONEY))


@blueprint.get("/treasury/<slug>")
def orders(slug: str) -> ResponseReturnValue:
    """The orders of one evening, totals last."""
    event = get_managed_event(slug, MONEY)
    return render_template(
        "payments/treasury/orders.html",
        event=event,
        columns={column.key: (place, column) for place, column in enumerate(EXPORTS["orders"].columns)},
        words=words.COLUMNS,
        part=listing.part_of(export_rows("orders", event=event), request.args.get("page", 1, type=int)),
        open_orders=listing.open_orders(event),
        never_paid=listing.count_never_paid(event),
        written=_written,
        states=words.STATES,
    )


@blueprint.get("/treasury/exports")
@blueprint.get("/treasury/<slug>/exports")
def exports(slug: str | None = None) -> ResponseReturnValue:
    """Every file: what it is for, its first rows, its formats."""
    choice = _choice(slug or request.args.get("event"))
    return render_template(
        "payments/treasury/exports.html",
        event=choice.event,
        choice=choice,
        evenings=evenings.list_events(MONEY),
        previews=[(export, listing.part_of(choice.rows(name), size=PREVIEWED)) for name, export in EXPORTS.items()],
        written=_written,
        words=words.COLUMNS,
    )


@blueprint.get("/treasury/exports/<what>.<suffix>")
def download(what: str, suffix: str) -> ResponseReturnValue:
    """One file. Who took it away is written down before the first byte leaves."""
    export = get_export(what)
    if suffix not in FORMATS:
        raise NotFound(gettext("There is no such format."))
    choice = _choice(request.args.get("event"))
    _note(export, suffix, choice)
    file = write_xlsx(export, choice.rows(what)) if suffix == "xlsx" else _spooled(export, choice.rows(what))
    name = "-".join(filter(None, ("bonsoir", what, choice.event.slug if choice.event else None)))
    return send_file(file, mimetype=FORMATS[suffix], as_attachment=True, download_name=f"{name}.{suffix}")


def _choice(slug: str | None) -> Choice:
    """Raises NotFound for an evening that is not theirs; who keeps no organisation's money gets their first evening."""
    event = get_managed_event(slug, MONEY) if slug else None
    whole = access.organisations(MONEY)
    if event is None and not whole:
        event = next(iter(evenings.list_events(MONEY)), None)
        if event is None:
            raise NotFound(gettext("This page does not exist, or it is not for you."))
    return Choice(whole, event, _day("from"), _day("to"))


def _day(name: str) -> date | None:
    """A day as date fields send it; anything else is no day."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _note(export: Export, suffix: str, choice: Choice) -> None:
    days = {"from": str(choice.date_from or ""), "to": str(choice.date_to or "")}
    subject = f"event:{choice.event.id}" if choice.event else "all events"
    whose = [choice.event.organisation_id] if choice.event else choice.organisation_ids
    actor = access.actor()
    with transaction():
        for organisation_id in whose:
            trail.note(actor, "exported", subject, organisation_id, what=export.name, format=suffix, **days)


def _spooled(export: Export, rows: Iterator[Row]) -> IO[bytes]:
    """Written whole before it is sent: a fault on the way gives an error, not half a file."""
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    for piece in write_csv(export, rows, language()):
        file.write(piece)
    file.seek(0)
    return cast(IO[bytes], file)


def _written(column: Column, cell: Cell, currency: str) -> str:
    """One cell as the page shows it."""
    if column.kind == "money" and isinstance(cell, int):
        return decimal(major(cell, currency), language(), exponent(currency))
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    shown = words.STATES.get(str(cell), cell) if column.key in {"status", "state", "kind"} else cell
    return str(shown) if shown is not None else ""
