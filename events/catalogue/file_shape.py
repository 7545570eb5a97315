"""The shape of an evening's file: which words may stand in it, and of what kind is what stands behind them.

What they must say to make sense together is `loading`'s. A word that nobody knows is a mistake: a goal spelt "gaol"
would be no goal, and nobody told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Column

from events.catalogue import checking, completeness
from events.catalogue.models import Event, Organisation
from events.core import money
from events.core.db import Base
from events.core.i18n import LANGUAGES
from events.core.typed import find_address

Check = Callable[[object, str], Iterator[str]]
"""Looks at a value and at the place it stands in ("ticket type 1: "), and yields a sentence for each mistake."""

PARTS: Mapping[str, tuple[Sequence[str], str, Sequence[str], Sequence[str]]] = {
    "story": (("title", "text"), "", (), ()),
    "cause": (("title", "intro"), "articles", ("title", "text"), ("drawing",)),
    "programme": (("title",), "rows", ("time", "what"), ()),
    "figures": (("title", "intro"), "figures", ("value", "sentence", "source"), ("url",)),
    "partners": (("title",), "partners", ("name", "role"), ("url",)),
    "press": (("title",), "links", ("title", "source"), ("url",)),
    "gallery": (("title", "intro"), "pictures", ("alt", "caption"), ("picture",)),
    "questions": (("title",), "questions", ("question", "answer"), ()),
    "help": (("title", "intro"), "contacts", ("name", "address"), ("phone", "email", "url")),
}
"""Of each kind of block: its texts, the word for its rows, and the texts and plain words of a row."""
MOST_SEATS = 100_000
_NOT_WRITTEN = {"id", "organisation_id", "created_at", "next_ticket_number", "mark", "version", "cover", "cancelled_at"}
"""Columns that are the program's own."""
_RANGES = {
    "accent_hue": (0, 359), "accent_chroma": (0, 140), "card_fee_bp": (0, 10_000),
    "fiscal_year_start": (1, 12), "guest_data_days": (1, 3650),
}  # fmt: skip


def faults(content: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for everything in the file that is of another kind than it should be, or that nobody knows."""
    house, evening = _of_columns(Organisation), _of_columns(Event)
    evening |= {"quotas": _rows("quota", _QUOTA), "ticket_types": _rows("ticket type", _TYPE)}
    evening["blocks"] = _rows("block", _block)
    yield from _table({"organisation": _inside("organisation: ", house), "event": _inside("", evening)})(content, "")


def _words(value: object, place: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{place}Words are wanted here, in quotation marks."
    elif "\0" in value:
        yield f"{place}There is a sign among these words that no page can show."


def _that(is_right: Callable[[str], object], sentence: str) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if found := list(_words(value, place)):
            yield from found
        elif not is_right(str(value)):
            yield f"{place}{sentence}"

    return check


def _whole(least: int = 0, most: int = money.LARGEST) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{place}A whole number is wanted here."
        elif not least <= value <= most:
            yield f"{place}Please give a whole number from {least} to {most}."

    return check


def _yes(value: object, place: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{place}Either true or false is wanted here."


def _moment(value: object, place: str) -> Iterator[str]:
    if not isinstance(value, str | datetime):
        yield f"{place}A day and an hour are wanted here, such as 2027-05-08T19:00:00."


def _texts(value: object, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f'{place}It must be given per language: {{ en = "...", fr = "..." }}.'
        return
    for code, text in value.items():
        if code not in LANGUAGES:
            yield f"{place}{code}: Pages are written in {', '.join(LANGUAGES)}."
        yield from _words(text, f"{place}{code}: ")


def _list(each: Check) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}A list is wanted here, in square brackets."
            return
        for one in value:
            yield from each(one, place)

    return check


def _rows(name: str, each: Check) -> Check:
    """Tables one below the other, each of which is named with its number."""

    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}Tables of its own are wanted here, in double square brackets."
            return
        above = place.removesuffix(": ").rpartition(": ")
        for number, one in enumerate(value, start=1):
            yield from each(one, f"{above[0]}{above[1]}{name} {number}: ")

    return check


def _table(fields: Mapping[str, Check], needed: Sequence[str] = ()) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{place}A table of its own is wanted here."
            return
        yield from (f"{place}{name} is missing." for name in needed if name not in value)
        for name, one in value.items():
            if name in fields:
                yield from fields[name](one, f"{place}{name}: ")
            else:
                near = get_close_matches(name, fields, n=1)
                yield f"{place}{name}: Nobody knows this word here" + (f"; is “{near[0]}” meant?" if near else ".")

    return check


def _inside(place: str, fields: Mapping[str, Check]) -> Check:
    return lambda value, _place: _table(fields)(value, place)


def _block(value: object, place: str) -> Iterator[str]:
    """Of a kind that nobody knows `loading` says so."""
    kind = str(value.get("kind")) if isinstance(value, Mapping) else ""
    heads, rows, texts, plain = PARTS.get(kind, ((), "", (), ()))
    fields: dict[str, Check] = {"kind": _words, **dict.fromkeys(heads, _texts)}
    if rows:
        fields[rows] = _rows("row", _table({**dict.fromkeys(texts, _texts), **dict.fromkeys(plain, _words)}))
    if not isinstance(value, Mapping) or kind in PARTS:
        yield from _table(fields)(value, place)


_CHECKS: Mapping[str, Check] = {
    **dict.fromkeys(completeness.TEXTS, _texts),
    **dict.fromkeys(("starts_at", "ends_at", "sales_end_at"), _moment),
    "languages": _list(_words),
    "gift_amounts": _list(_whole()),
    "slug": _that(checking.is_slug, "Small letters a to z, digits and single hyphens only."),
    "language": _that(LANGUAGES.__contains__, f"Pages are written in {', '.join(LANGUAGES)}."),
    "time_zone": _that(checking.is_zone, "This time zone is not known."),
    "email": _that(find_address, "This is not an e-mail address."),
    "map_url": _that(lambda text: not text or checking.is_web_address(text), "This is not a web address."),
}
_QUOTA = _table({"key": _words, "name": _words, "size": _whole(most=MOST_SEATS)}, ("key", "name", "size"))
_TYPE = _table({
    "key": _words, "quotas": _list(_words), "name": _texts, "description": _texts,
    **dict.fromkeys(("price", "benefit", "bundle_size", "min_per_order", "max_per_order"), _whole()),
    "hidden": _yes, "refund_by_seat": _yes, "sales_end_days_before": _whole(most=3650),
})  # fmt: skip


def _of_columns(model: type[Base]) -> dict[str, Check]:
    columns = (column for column in model.__mapper__.columns if column.name not in _NOT_WRITTEN)
    return {column.name: _of_column(column) for column in columns}


def _of_column(column: Column[Any]) -> Check:
    if column.name in _CHECKS:
        return _CHECKS[column.name]
    kind = column.type.python_type
    if kind is int:
        return _whole(*_RANGES.get(column.name, (0, money.LARGEST)))
    return _yes if kind is bool else _words
