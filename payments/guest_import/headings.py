"""Which columns a guest list has: the words of its first row, in three languages, and those nobody knows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from events.core.folding import folded
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext as _l
from events.core.refusal import Refusal
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
_FIRST: Final = frozenset({"first name", "firstname", "given name", "prenom", "ชื่อจริง"})
_LAST: Final = frozenset({"last name", "lastname", "surname", "family name", "nom de famille", "นามสกุล", "สกุล"})
_EITHER: Final[Mapping[str, str]] = {"name": "last", "nom": "last", "ชื่อ": "first"}
"""Alone the whole name; beside a column with the other half the half that is missing."""


@dataclass(frozen=True)
class Heading:
    """Where each column stands (a name in two halves: where both do), and the headings that say nothing to us."""

    places: Mapping[str, Sequence[int]]
    ignored: Sequence[str]


def find(row: Raw) -> Heading | None:
    """The heading that this row is, if it is one. Raises Refusal: column_twice."""
    columns = _columns(row)
    if not {"name", "first", "ticket"} & set(columns.values()):
        return None
    if any(times > 1 for times in Counter(columns.values()).values()):
        raise Refusal("column_twice", _("Two columns have the same name."), field="file")
    places = {column: [place] for place, column in columns.items()}
    halves = places.pop("first", []) + places.pop("last", [])
    if halves:
        places["name"] = halves
    known = {place for found in places.values() for place in found}
    return Heading(places, [cell for place, cell in enumerate(row.cells) if cell and place not in known])


def _columns(row: Raw) -> dict[int, str]:
    """Column by place; a name in two columns is `first` and `last`."""
    words = {place: folded(cell).strip().rstrip(":*").strip() for place, cell in enumerate(row.cells)}
    found = {place: column for place, word in words.items() if (column := _column(word))}
    return found | _halves(words)


def _column(word: str) -> str | None:
    return next((column for column, words in COLUMNS.items() if word in words), None)


def _halves(words: Mapping[int, str]) -> dict[int, str]:
    """The two halves of the name, where both are there and no column has the whole of it."""
    sure = {place: half for place, word in words.items() if (half := _half(word))}
    missing = {"first", "last"} - set(sure.values())
    whole = {place: word for place, word in words.items() if _column(word) == "name"}
    if len(missing) == 1 and set(whole.values()) <= _words_for(missing):
        sure |= {place: _EITHER[word] for place, word in whole.items()}
        whole = {}
    return sure if not whole and {"first", "last"} <= set(sure.values()) else {}


def _half(word: str) -> str | None:
    return "first" if word in _FIRST else "last" if word in _LAST else None


def _words_for(halves: Iterable[str]) -> set[str]:
    return {word for word, half in _EITHER.items() if half in halves}
