"""What each row of a guest list means: a new guest, a change to one who has a ticket, or a mistake that is said.

Pure: what is known of the evening comes in, sentences go out. The same rows give the same verdicts when they are judged
again at the confirmation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from events.core.folding import folded
from events.core.i18n import LANGUAGES
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext as _l
from events.core.refusal import Refusal
from events.core.typed import find_address
from events.guests.models import ALLERGENS, DIETS
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from payments.guest_import.sheets import Raw

COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "ticket": frozenset({"ticket", "ticket number", "no", "number", "billet", "numero", "บัตร", "เลขที่บัตร"}),
    "name": frozenset({"name", "guest", "full name", "nom", "convive", "prenom et nom", "ชื่อ", "ชื่อ-นามสกุล"}),
    "alias": frozenset({"alias", "name on cards", "nom sur les cartes", "nom affiche", "ชื่อบนการ์ด"}),
    "party": frozenset({"party", "group", "booked by", "groupe", "reserve par", "กลุ่ม", "ผู้จอง"}),
    "email": frozenset({"email", "e-mail", "mail", "courriel", "adresse e-mail", "อีเมล"}),
    "language": frozenset({"language", "lang", "langue", "ภาษา"}),
    "diet": frozenset({"diet", "regime", "อาหาร"}),
    "allergies": frozenset({"allergies", "allergy", "allergie", "แพ้อาหาร"}),
    "note": frozenset({"note", "notes", "to know", "remarque", "a savoir", "หมายเหตุ", "สิ่งที่ควรทราบ"}),
    "table": frozenset({"table", "table number", "โต๊ะ"}),
    "mark": frozenset({"mark", "tag", "mention", "marque", "เครื่องหมาย"}),
}
COLUMN_NAMES: Final = {
    "ticket": _l("Ticket"),
    "name": _l("Name"),
    "alias": _l("Name on cards and lists"),
    "party": _l("Party"),
    "email": _l("E-mail"),
    "language": _l("Language"),
    "diet": _l("Diet"),
    "allergies": _l("Allergies"),
    "note": _l("To know"),
    "table": _l("Table"),
    "mark": _l("Mark"),
}
LONGEST: Final = {"name": 120, "alias": 120, "party": 120, "note": 300, "mark": 40}


@dataclass(frozen=True)
class Row:
    """A row by column. Columns that the file has not got are absent: what is known then stays as it is."""

    number: int
    values: Mapping[str, str]
    mistakes: Sequence[str] = ()


@dataclass(frozen=True)
class Known:
    """The evening as a list meets it: tickets by number with name and address, and the tables' numbers."""

    tickets: Mapping[int, tuple[str, str]]
    tables: frozenset[int]


@dataclass(frozen=True)
class Verdict:
    """What a row is: new, change or mistake; then a sentence for each mistake, which says how to mend it."""

    row: Row
    kind: str
    mistakes: Sequence[str] = ()


def rows_of(raw: Sequence[Raw]) -> list[Row]:
    """The rows below the heading, by column. Raises Refusal: no_heading, column_twice."""
    head = next((at for at, row in enumerate(raw[:10]) if len(_columns(row)) >= 1 and _is_heading(row)), None)
    if head is None:
        sentence = _("The first row must name the columns: name, and as you like ticket, email, party, table, note.")
        raise Refusal("no_heading", sentence, field="file")
    names = _columns(raw[head])
    if len(set(names.values())) < len(names):
        raise Refusal("column_twice", _("Two columns have the same name."), field="file")
    return [_row(one, names) for one in raw[head + 1 :]]


def judge(rows: Sequence[Row], known: Known) -> list[Verdict]:
    """A verdict for each row, in their order."""
    seen: dict[object, int] = {}
    have = {_identity(name, email) for name, email in known.tickets.values() if name}
    verdicts: list[Verdict] = []
    for row in rows:
        mistakes = tuple(_mistakes(row, known, seen, have))
        kind = "mistake" if mistakes else "change" if row.values.get("ticket") else "new"
        verdicts.append(Verdict(row, kind, mistakes))
        seen.setdefault(_key(row), row.number)
    return verdicts


def diet_of(text: str) -> str | None:
    """The code of a diet that was written as code or word; None for one nobody knows."""
    return _code(text, DIETS, DIET_NAMES)


def allergies_of(text: str) -> dict[str, str | None]:
    """Allergies as they were written, separated by commas, each with its code; None for one that nobody knows."""
    parts = [part.strip() for part in re.split("[,;/]", text) if part.strip()]
    return {part: _code(part, ALLERGENS, ALLERGEN_NAMES) for part in parts}


def _code(text: str, codes: Sequence[str], names: Mapping[str, object]) -> str | None:
    wanted = folded(text).strip()
    spoken = {folded(str(name)): code for code, name in names.items()}
    spaced = {code.replace("_", " "): code for code in codes}
    return wanted if wanted in codes else spoken.get(wanted, spaced.get(wanted.replace("-", " ")))


def _columns(row: Raw) -> dict[int, str]:
    found = {}
    for place, cell in enumerate(row.cells):
        name = folded(cell).strip().rstrip(":*").strip()
        column = next((column for column, words in COLUMNS.items() if name in words), None)
        if column:
            found[place] = column
    return found


def _is_heading(row: Raw) -> bool:
    return bool({"name", "ticket"} & set(_columns(row).values()))


def _row(raw: Raw, names: Mapping[int, str]) -> Row:
    cells = {column: raw.cells[place] if place < len(raw.cells) else "" for place, column in names.items()}
    return Row(raw.number, {column: _plain(cell) for column, cell in cells.items()}, raw.mistakes)


def _plain(cell: str) -> str:
    """Our own exports put an apostrophe before what looks like a formula."""
    return cell[1:] if re.match("'[=+@-]", cell) else cell


def _key(row: Row) -> object:
    ticket = row.values.get("ticket", "")
    return int(ticket) if re.fullmatch("[0-9]{1,6}", ticket) else _identity(row.values.get("name", ""), _email(row))


def _identity(name: str, email: str) -> tuple[str, str]:
    return folded(name), email.casefold()


def _email(row: Row) -> str:
    return row.values.get("email", "")


def _mistakes(row: Row, known: Known, seen: Mapping[object, int], have: set[tuple[str, str]]) -> Iterator[str]:
    """Everything that is wrong with a row, the worst first: whoever mends the file wants to do it once."""
    yield from row.mistakes
    values = row.values if not row.mistakes else _without_formulas(row.values)
    name, ticket = values.get("name", ""), values.get("ticket", "")
    if ticket:
        yield from _of_ticket(ticket, known)
    elif not name and not row.mistakes:  # of merged cells all but the first are empty
        yield _("A new guest needs a name.")
    elif name and not row.values.get("ticket") and _identity(name, _email(row)) in have:
        yield _("This guest is on the list already. Give the ticket number to change something.")
    # Of a row without a name and with no number one cannot say who it is.
    if (name or isinstance(_key(row), int)) and _key(row) in seen:
        yield _("This is the same guest as in row %(number)s.", number=seen[_key(row)])
    yield from _of_cells(values, known)


def _without_formulas(values: Mapping[str, str]) -> dict[str, str]:
    """The cells that can be judged: what a formula comes to is not known, and that it is one has been said."""
    return {column: text for column, text in values.items() if not text.startswith(("=", "@"))}


def _of_ticket(text: str, known: Known) -> Iterator[str]:
    if not re.fullmatch("[0-9]{1,6}", text):
        yield _("“%(text)s” is no ticket number.", text=text[:30])
    elif int(text) not in known.tickets:
        yield _("There is no ticket %(number)s.", number=text)


def _of_cells(values: Mapping[str, str], known: Known) -> Iterator[str]:
    if values.get("email") and find_address(values["email"]) is None:
        yield _("“%(text)s” is no e-mail address.", text=values["email"][:60])
    if values.get("language") and values["language"].lower()[:2] not in LANGUAGES:
        yield _("The language must be fr, en or th.")
    yield from _of_kitchen(values)
    table = values.get("table", "")
    if table and not (number := re.match("[0-9]{1,4}(?= ·|$)", table)):
        yield _("“%(text)s” is no number of a table.", text=table[:30])
    elif table and number and int(number[0]) not in known.tables:
        yield _("There is no table %(number)s.", number=number[0])
    for name, most in LONGEST.items():
        if len(values.get(name, "")) > most:
            yield _("The column “%(name)s” is too long: at most %(num)s letters.", name=COLUMN_NAMES[name], num=most)


def _of_kitchen(values: Mapping[str, str]) -> Iterator[str]:
    if values.get("diet") and diet_of(values["diet"]) is None:
        yield _("Nobody knows the diet “%(text)s”. Write it in the column of notes.", text=values["diet"][:40])
    for text, code in allergies_of(values.get("allergies", "")).items():
        if code is None:
            yield _("Nobody knows the allergy “%(text)s”. Write it in the column of notes.", text=text[:40])
