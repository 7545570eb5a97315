"""The guest list as a file: CSV and XLSX that no spreadsheet takes for a program."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Final

import xlsxwriter

from events.core.i18n import gettext as _
from events.core.i18n import local, short_moment
from events.core.spreadsheets import neutralised
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from events.office.guest_list import Line

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTHS: Final = (9, 28, 28, 28, 22, 30, 8, 16, 12, 16, 24, 30, 12, 16)


def headings() -> list[str]:
    """The first row; an import knows these words again."""
    return [
        *(_("Ticket"), _("Name"), _("Name on cards"), _("Booked by"), _("E-mail"), _("Type"), _("Code")),
        *(_("Table"), _("State"), _("Diet"), _("Allergies"), _("To know"), _("Mark"), _("Checked in")),
    ]


def row(line: Line, zone: str) -> list[str]:
    """One guest in words."""
    guest, ticket, party = line.guest, line.ticket, line.party
    states = {"valid": _("valid"), "unpaid": _("not paid"), "void": _("no longer valid")}
    allergies = [str(ALLERGEN_NAMES[code]) for code in guest.allergies if code in ALLERGEN_NAMES] if guest else []
    return [
        *(ticket.short_number, ticket.guest_name or "", guest.alias if guest else ""),
        *(party.name, party.email, local(ticket.ticket_type.name), party.booking, line.table),
        states.get(ticket.status, ticket.status),
        str(DIET_NAMES[guest.diet]) if guest and guest.diet else "",
        *(", ".join(allergies), line.note, guest.mark if guest else ""),
        short_moment(line.checked_in_at, zone, "en") if line.checked_in_at else "",
    ]


def write_csv(rows: Iterable[Sequence[str]], language: str) -> Iterator[bytes]:
    """UTF-8 with BOM and CRLF; `;` between cells where French spreadsheets read it."""
    yield "\ufeff".encode()
    for cells in rows:
        text = io.StringIO()
        csv.writer(text, delimiter=";" if language == "fr" else ",").writerow([neutralised(cell) for cell in cells])
        yield text.getvalue().encode()


def write_xlsx(rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A temporary file, rewound; whoever closes it removes it. Every cell is text, and none a formula."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads it, and closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 - the same data gives the same bytes
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, width in enumerate(WIDTHS):
            sheet.set_column(place, place, width)
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, cell)
    file.seek(0)
    return file
