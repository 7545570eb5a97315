"""Pages of the import: choose a file, look at every row, confirm."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event, TicketType
from events.core import own_page
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.team.access import MANAGERS, actor
from payments.guest_import import headings, importing, judging, sheets
from payments.guest_import.judging import Row, Verdict

blueprint = Blueprint("guest_import", __name__)

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes: the largest file with its form, or the rows of one on their way back."""
SHOWN = 200


@blueprint.url_value_preprocessor
def allow_more(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """These addresses take files. Before the token is looked for, which reads the form."""
    request.max_content_length, request.max_form_memory_size = LARGEST_BODY, LARGEST_BODY


@blueprint.get("/manage/<slug>/guests/import")
def upload(slug: str) -> ResponseReturnValue:
    """Which file, and what new guests get."""
    return _page(get_managed_event(slug, MANAGERS))


@blueprint.post("/manage/<slug>/guests/import")
def look(slug: str) -> ResponseReturnValue:
    """What each row would do; nothing is changed yet."""
    event = get_managed_event(slug, MANAGERS)
    own_page.demand()
    try:
        table = judging.table_of(sheets.read(_file()))
        return _preview(event, table.rows, table.ignored)
    except Refusal as refusal:
        return _page(event, refusal), refusal.status


@blueprint.post("/manage/<slug>/guests/import/confirmation")
def confirm(slug: str) -> ResponseReturnValue:
    """All rows that were shown, in one transaction."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    rows, ignored = _rows(request.form.get("rows", "")), request.form.getlist("ignored")[: sheets.MOST_COLUMNS]
    try:
        with transaction():
            event = get_managed_event(slug, MANAGERS)
            shown, send = request.form.get("shown", ""), "send" in request.form
            count = importing.confirm(event, rows, shown, _kind(event), who, send=send)
    except Refusal as refusal:
        end_reading()
        return _preview(get_managed_event(slug, MANAGERS), rows, ignored, refusal), refusal.status
    return redirect(url_for("office.guest_list", slug=slug, said="imported", count=count), 303)


def _file() -> bytes:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refusal("no_file", _("Please choose a file."), field="file")
    return bytes(file.read(sheets.LARGEST_FILE + 1))


def _kind(event: Event) -> TicketType | None:
    return next((kind for kind in event.ticket_types if kind.public_id == request.form.get("kind")), None)


def _rows(text: str) -> list[Row]:
    """What came back from the preview. Whatever it is, it is judged again."""
    try:
        told = json.loads(text)
        return [_row(number, values) for number, values in told][: sheets.MOST_ROWS]
    except (ValueError, TypeError, AttributeError) as error:
        raise NotFound(_("This page has run out. Load it again.")) from error


def _row(number: int, values: dict[str, str]) -> Row:
    clean = {column: str(values[column])[: sheets.LONGEST_CELL] for column in headings.COLUMNS if column in values}
    return Row(int(number), clean)


def _preview(event: Event, rows: Sequence[Row], ignored: Sequence[str], refusal: Refusal | None = None) -> str:
    verdicts = importing.preview(event, rows)
    counts = Counter(verdict.kind for verdict in verdicts)
    mistakes = [verdict for verdict in verdicts if verdict.kind == "mistake"]
    told = json.dumps([[row.number, dict(row.values)] for row in rows], ensure_ascii=False)
    return render_template(
        "payments/guest_import/preview.html",
        event=event,
        verdicts=verdicts,
        mistakes=mistakes,
        count=sum(len(verdict.mistakes) for verdict in mistakes),
        shown=_first_shown(verdicts)[:SHOWN],
        columns={
            name: headings.COLUMN_NAMES[name] for name in headings.COLUMNS if any(row.values.get(name) for row in rows)
        },
        ignored=ignored,
        new=counts["new"],
        changes=counts["change"],
        unchanged=counts["unchanged"],
        rows=told,
        digest=importing.digest(verdicts),
        kind=request.form.get("kind", ""),
        send="send" in request.form,
        refusal=refusal,
    )


def _first_shown(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Mistakes first, rows that change nothing last; else in the order of the file."""
    order = {"mistake": 0, "unchanged": 2}
    return sorted(verdicts, key=lambda verdict: order.get(verdict.kind, 1))


def _page(event: Event, refusal: Refusal | None = None) -> str:
    kinds = [kind for kind in event.ticket_types if kind.bundle_size == 1]
    return render_template("payments/guest_import/upload.html", event=event, kinds=kinds, refusal=refusal)
