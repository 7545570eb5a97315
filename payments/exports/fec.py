"""The FEC, which French tax inspectors ask for: 18 columns, one fiscal year, one organisation, in its books' currency.

Article A47 A-1 of the Livre des procédures fiscales (https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000027804775).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.refusal import Refusal
from payments.exports import accounts, journal
from payments.exports.csv_files import amount, places_of
from payments.exports.journal import Entry
from payments.exports.rows import Column, Row, Scope, Source
from payments.ledger import periods
from payments.ledger.models import JournalEntry
from payments.receipts.models import ReceiptSettings

ENCODING = "iso-8859-15"
COLUMNS = (
    Column("JournalCode", width=11),
    Column("JournalLib", width=16),
    Column("EcritureNum", width=12),
    Column("EcritureDate", "day", 12),
    Column("CompteNum", width=11),
    Column("CompteLib", width=26),
    Column("CompAuxNum", width=11),
    Column("CompAuxLib", width=11),
    Column("PieceRef", width=14),
    Column("PieceDate", "day", 11),
    Column("EcritureLib", width=34),
    Column("Debit", "money"),
    Column("Credit", "money"),
    Column("EcritureLet", width=11),
    Column("DateLet", "day", 9),
    Column("ValidDate", "day", 11),
    Column("Montantdevise", "decimal", 14),
    Column("Idevise", width=8),
)
JOURNALS = {
    "sales": ("VT", "Billetterie"),
    "refunds": ("RB", "Remboursements"),
    "disputes": ("LI", "Litiges"),
    "stripe": ("ST", "Stripe"),
    "cash": ("CA", "Caisse"),
    "opening": ("AN", "À-nouveaux"),
}
_LABELS = {
    "payment_accepted": "Encaissement accepté",
    "refund_decided": "Remboursement décidé",
    "refund_undone": "Remboursement annulé",
    "refund": "Remboursement",
    "refund_failure": "Remboursement rejeté",
    "seat_given": "Place rendue, prix donné",
    "dispute": "Litige",
    "dispute_reversal": "Litige gagné",
    "dispute_lost": "Litige perdu",
    "dispute_regained": "Litige regagné",
    "comp": "Invitation",
    "movement": "Mouvement Stripe",
    "movement_beside": "Stripe, frais et change",
    "movement_reversal": "Mouvement Stripe contre-passé",
    "drawer_closed": "Écart de caisse",
    "cash_banked": "Remise d'espèces en banque",
    "cash_banked_back": "Remise d'espèces annulée",
    "opening": "Reprise des soldes",
}
_FORBIDDEN = re.compile(r"[\s|\x00-\x1f\x7f-\x9f]+")


def source(scope: Scope, _language: str) -> Source:
    """One row per posting. Entries that close a year are left out, as the law wants; balances brought forward stay.

    Raises Refusal: one_organisation, no_event, one_year, no_rate.
    """
    organisation_id, scope = year_of(scope)
    books = accounts.books_of(organisation_id)
    accounts.demand_rates(books, scope.date_from, scope.date_to)
    query = journal.query_of(scope).where(JournalEntry.journal != periods.CLOSING)
    titles = {event.id: _title(event) for event in db.session.scalars(select(Event))}

    def rows(connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for entry in journal.with_places(connection, journal.entries(records, books), "fr"):
            head, about = _head(entry), _about(entry, titles, scope)
            for line in entry.lines:
                base = line.base or 0
                foreign = line.currency != books.currency
                other = Decimal(line.amount).scaleb(-places_of(line.currency)) if foreign else None
                sides = (base, 0) if line.amount > 0 else (0, -base)
                account = tuple(map(_clean, books.account(line.account)))
                last = (None, None, about[3], other, line.currency if foreign else None)
                yield Row((*head, *account, None, None, *about[:3], *sides, *last), books.currency)

    return Source(query, rows)


def write(rows: Iterable[Row]) -> Iterator[bytes]:
    """The file itself: TAB between fields, comma before decimals, AAAAMMJJ, ISO-8859-15, CRLF; no totals."""
    yield _line([column.key for column in COLUMNS])
    for row in rows:
        if not row.is_total:
            yield _line([_field(column, cell, row.currency) for column, cell in zip(COLUMNS, row.cells, strict=True)])


def file_name(scope: Scope) -> str:
    """<SIREN>FEC<closing date>.txt. Raises Refusal `no_siren`, and what `source` raises."""
    organisation_id, scope = year_of(scope)
    settings = db.session.get(ReceiptSettings, organisation_id)
    tax_id = db.session.get_one(Organisation, organisation_id).tax_id or ""
    siren = re.sub(r"\s", "", settings.siren if settings and settings.siren else tax_id)[:9]
    if not re.fullmatch("[0-9]{9}", siren):
        raise Refusal("no_siren", _("Enter the organisation’s SIREN first: the file is named by it."), status=409)
    return f"{siren}FEC{scope.date_to:%Y%m%d}.txt"


def year_of(scope: Scope) -> tuple[int, Scope]:
    """The organisation, and the scope from the first day of its fiscal year (or a later one) to a day of that year."""
    if len(scope.zones) != 1:
        raise Refusal("one_organisation", _("Choose one organisation: each keeps books of its own."), status=409)
    if scope.event_id is not None:
        raise Refusal("no_event", _("This file holds the books of a whole year: choose all evenings."), status=409)
    [(organisation_id, zone)] = scope.zones.items()
    start = db.session.get_one(Organisation, organisation_id).fiscal_year_start
    year = periods.fiscal_year(scope.date_to or scope.date_from or _today(zone), start)
    first = date(year, start, 1)
    last = date(year + 1, start, 1) - timedelta(days=1)
    begin, end = scope.date_from or first, scope.date_to or last
    if begin < first:
        raise Refusal("one_year", _("This file holds one fiscal year: choose days of the same one."), status=409)
    return organisation_id, replace(scope, date_from=begin, date_to=end)


def _today(zone: ZoneInfo) -> date:
    return clock.now().astimezone(zone).date()


def _head(entry: Entry) -> tuple[Any, ...]:
    it = entry.record
    code, name = JOURNALS.get(it.journal, (it.journal[:2].upper(), it.journal.capitalize()))
    return code, name, f"{code}{it.seq:06}", entry.day


def _about(entry: Entry, titles: dict[int, str], scope: Scope) -> tuple[str, date | None, str, date]:
    """The piece, its day, the label, and the day the entry became final."""
    it = entry.record
    piece = it.order or it.payout or it.txn or f"{it.journal}-{it.seq}"
    paid = scope.day(it.paid_at, it.organisation_id)
    piece_day = paid if paid and paid <= entry.day else entry.day
    return _clean(piece), piece_day, _label(entry, titles), journal.posted_on(it.posted_at, scope, it.organisation_id)


def _label(entry: Entry, titles: dict[int, str]) -> str:
    it = entry.record
    if it.ext_kind == "payment" and it.order:
        count = sum(number for _name, number in entry.places)
        bought = f"{count} place{'s' if count > 1 else ''}" if count else "don"
        return _clean(f"{titles[it.event_id]} {bought}")
    if it.ext_kind in _LABELS:
        return _clean(f"{_LABELS[it.ext_kind]} {it.order or it.payout or ''}".rstrip())
    return _clean(it.memo)


def _title(event: Event) -> str:
    """What the evening is called, or its name in addresses where that cannot be written in ISO-8859-15."""
    title = local(event.title, "fr")
    try:
        title.encode(ENCODING)
    except UnicodeEncodeError:
        return event.slug
    return title


def _clean(text: str) -> str:
    """No TAB, no bar, no line break; what the encoding lacks is left out."""
    return _FORBIDDEN.sub(" ", text).encode(ENCODING, "ignore").decode(ENCODING).strip()


def _field(column: Column, cell: Any, currency: str) -> str:  # noqa: ANN401 - whatever the column holds
    if cell is None:
        return ""
    if column.kind == "money":
        return amount(cell, places_of(currency), ",")
    if column.kind == "day":
        return f"{cell:%Y%m%d}"
    return str(cell).replace(".", ",") if column.kind == "decimal" else str(cell)


def _line(fields: list[str]) -> bytes:
    return ("\t".join(fields) + "\r\n").encode(ENCODING)
