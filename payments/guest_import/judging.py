"""What each row of a guest list means: a new guest, a guest who has a ticket, or a mistake that is said.

Pure: what is known of the evening comes in, sentences go out. The same rows give the same verdicts when they are judged
again at the confirmation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from events.core.folding import folded
from events.core.i18n import LANGUAGES, enumerate_names, in_language
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import find_address
from events.guests.models import ALLERGENS, DIETS
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from payments.guest_import import headings
from payments.guest_import.headings import COLUMN_NAMES
from payments.guest_import.sheets import Raw

LONGEST: Final = {"name": 120, "alias": 120, "party": 120, "note": 300, "mark": 40}

_NONE: Final = ("-", "no", "none", "non", "aucun", "aucune", "rien", "ไม่มี")
_ALSO: Final = dict.fromkeys(_NONE, "") | {
    "normal": "", "vegetarienne": "vegetarian", "vege": "vegetarian", "vegane": "vegan", "kasher": "kosher",
    "cacher": "kosher", "enfant": "child", "เด็ก": "child",
}  # fmt: skip
"""What people write of a diet beside its own words."""
_ALSO_ALLERGENS: Final = dict.fromkeys(_NONE, "") | {
    **dict.fromkeys(("nut", "tree nuts", "noix", "fruit a coque", "ถั่วเปลือกแข็ง"), "nuts"),
    **dict.fromkeys(("peanut", "arachide", "cacahuete", "cacahuetes"), "peanuts"),
    **dict.fromkeys(("egg", "oeuf", "oeufs"), "eggs"),
    **dict.fromkeys(("soy", "soja"), "soya"),
    **dict.fromkeys(("lactose", "dairy", "laitages", "produits laitiers"), "milk"),
    **dict.fromkeys(("shrimp", "shrimps", "prawns", "crevettes", "กุ้ง"), "crustaceans"),
}
"""The same of allergies. What two of them may be meant by ("shellfish") is asked back."""


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
    """What a row is: new, change, unchanged or mistake.

    Of a mistake a sentence for each, which says how to mend it; of a change what stood in the cells that change.
    """

    row: Row
    kind: str
    mistakes: Sequence[str] = ()
    before: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The rows below the heading, and the headings of columns that are left out."""

    rows: Sequence[Row]
    ignored: Sequence[str]


def table_of(raw: Sequence[Raw]) -> Table:
    """The rows below the heading, by column. Raises Refusal: no_heading, column_twice."""
    for at, row in enumerate(raw[:10]):
        if (heading := headings.find(row)) is not None:
            return Table([_row(one, heading) for one in raw[at + 1 :]], heading.ignored)
    sentence = _("The first row must name the columns: name, and as you like ticket, email, party, table, note.")
    raise Refusal("no_heading", sentence, field="file")


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
    return _code(text, DIETS, DIET_NAMES, _ALSO)


def allergies_of(text: str) -> dict[str, str | None]:
    """Allergies as they were written, separated by commas, each with its code; None for one that nobody knows."""
    parts = [part.strip() for part in re.split("[,;/]", text) if part.strip()]
    return {part: _code(part, ALLERGENS, ALLERGEN_NAMES, _ALSO_ALLERGENS) for part in parts}


def _code(text: str, codes: Sequence[str], names: Mapping[str, object], also: Mapping[str, str]) -> str | None:
    wanted = folded(text).strip()
    words = {**{code.replace("_", " "): code for code in codes}, **_spoken(tuple(names.items())), **also}
    return wanted if wanted in codes else words.get(wanted, words.get(wanted.replace("-", " ")))


@cache
def _spoken(names: tuple[tuple[str, object], ...]) -> Mapping[str, str]:
    """Codes by word in every language: a file speaks that of whoever wrote it, not of whoever reads it here."""
    found = dict[str, str]()
    for language in LANGUAGES:
        with in_language(language):
            found |= {folded(str(name)): code for code, name in names}
    return found


def _row(raw: Raw, heading: headings.Heading) -> Row:
    cells = {
        column: " ".join(filter(None, (_plain(raw.cells[place]) for place in places if place < len(raw.cells))))
        for column, places in heading.places.items()
    }
    return Row(raw.number, cells, raw.mistakes)


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
        yield _("There is no table %(number)s. Add it on the page Tables first.", number=number[0])
    for name, most in LONGEST.items():
        if len(values.get(name, "")) > most:
            yield _("The column “%(name)s” is too long: at most %(num)s letters.", name=COLUMN_NAMES[name], num=most)


def _of_kitchen(values: Mapping[str, str]) -> Iterator[str]:
    if values.get("diet") and diet_of(values["diet"]) is None:
        yield _(
            "Nobody knows the diet “%(text)s”. Known are %(names)s. Write anything else in the column of notes.",
            text=values["diet"][:40],
            names=enumerate_names([str(DIET_NAMES[code]) for code in DIETS if code]),
        )
    for text, code in allergies_of(values.get("allergies", "")).items():
        if code is None:
            yield _(
                "Nobody knows the allergy “%(text)s”. Known are %(names)s. Write anything else in the column of notes.",
                text=text[:40],
                names=enumerate_names([str(ALLERGEN_NAMES[code]) for code in ALLERGENS]),
            )
