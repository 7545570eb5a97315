"""Fields of the editor: what is typed, what it means, and what is wrong with it, next to where it was typed.

A sheet is a tuple of items. `show` writes stored values as a browser sends them back; `read` understands them again.
What was typed is kept as it was, so that a page with mistakes loses nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from events.catalogue import checking
from events.catalogue.galleries import sides_of
from events.core import money
from events.core.i18n import LANGUAGES, NAMES
from events.core.i18n import gettext as _

Form = MultiDict[str, str]
Raw = dict[str, str | list[str]]
LONGEST = {"text": 200, "long": 8_000}
_WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Setting:
    """What typed values are read in: the evening's languages, currency and time zone."""

    languages: Sequence[str]
    currency: str
    zone: str


@dataclass(frozen=True)
class Item:
    """One field. `translated` is one text for each language; `unset` is what an empty field means."""

    name: str
    label: Any
    kind: str = "text"
    hint: Any = ""
    translated: bool = False
    needed: bool = False
    unset: Any = ""
    options: Callable[[], Iterable[tuple[str, Any]]] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)  # further attributes of the input


@dataclass
class Reading:
    """What a form held: as typed (by field name), as values (by item), and the mistakes (by field name)."""

    raw: Raw
    values: dict[str, Any] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)  # what the fields are called, by field name


class Unreadable(Exception):
    """What was typed means nothing here; the sentence says what would."""


def read(items: Sequence[Item], form: Form, setting: Setting, prefix: str = "") -> Reading:
    """Understand what was typed. Values of items with a mistake are missing."""
    reading = Reading({})
    for item in items:
        name = prefix + item.name
        reading.labels[name] = item.label
        if item.translated:
            _read_texts(item, name, form, setting, reading)
        elif item.kind in ("many", "amounts"):
            reading.raw[name] = form.getlist(name)
            _understand(item, name, reading.raw[name], setting, reading)
        else:
            reading.raw[name] = _plain(form.get(name, ""))
            _understand(item, name, reading.raw[name], setting, reading)
    return reading


def show(items: Sequence[Item], values: Mapping[str, Any], setting: Setting, prefix: str = "") -> Raw:
    """Stored values as a browser would send them back, by field name."""
    raw: Raw = {}
    for item in items:
        name, value = prefix + item.name, values.get(item.name)
        if item.translated:
            raw |= {f"{name}-{code}": (value or {}).get(code, "") for code in LANGUAGES}
        else:
            unset = item.kind == "amount" and value == item.unset
            raw[name] = "" if unset else _SHOW.get(item.kind, _as_text)(value, setting)
    return raw


def _read_texts(item: Item, name: str, form: Form, setting: Setting, reading: Reading) -> None:
    """Texts of languages that the form does not show stay out: the caller keeps what is stored of them."""
    texts: dict[str, str] = {}
    for code in LANGUAGES:
        key = f"{name}-{code}"
        reading.labels[key] = f"{item.label} ({NAMES[code]})"
        text = _plain(form.get(key, ""))
        if item.kind == "text":
            text = re.sub(r"\s*\n\s*", " ", text)  # its field grows with the text, and Enter means nothing in it
        reading.raw[key] = text
        if len(text) > LONGEST[item.kind]:
            reading.mistakes[key] = _("This is too long: at most %(most)s characters.", most=LONGEST[item.kind])
        if text:
            texts[code] = text
    if item.needed and not any(texts.values()):
        reading.mistakes[f"{name}-{setting.languages[0]}"] = _("Please fill this in.")
    reading.values[item.name] = texts


def _understand(item: Item, name: str, raw: str | list[str], setting: Setting, reading: Reading) -> None:
    if not raw and item.kind not in ("many", "tick"):
        if item.needed:
            reading.mistakes[name] = _("Please fill this in.")
        else:
            reading.values[item.name] = item.unset
        return
    try:
        reading.values[item.name] = _READ[item.kind](raw, item, setting)
    except Unreadable as wrong:
        reading.mistakes[name] = str(wrong)


def _plain(text: str) -> str:
    """Without what no person types on purpose: control characters, and space around."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "".join(sign for sign in unix if sign == "\n" or sign.isprintable() or sign in "\u00a0\u200b\u202f\u2060")


def _text(raw: str, item: Item, setting: Setting) -> str:
    most = LONGEST.get(item.kind, LONGEST["text"])
    if len(raw) > most:
        raise Unreadable(_("This is too long: at most %(most)s characters.", most=most))
    return str(raw)


def _number(raw: str, item: Item, setting: Setting) -> int:
    if not _WHOLE.fullmatch(raw):
        raise Unreadable(_("Please give a whole number."))
    return int(raw)


def _amount(raw: str, item: Item, setting: Setting) -> int:
    amount = money.parse(raw, setting.currency)
    if amount is None:
        raise Unreadable(_("Please give an amount, such as 2500."))
    return amount


def _amounts(raw: list[str], item: Item, setting: Setting) -> list[int]:
    return sorted({_amount(one, item, setting) for one in raw if one.strip()} - {0})


def _moment(raw: str, item: Item, setting: Setting) -> datetime:
    try:
        typed = datetime.fromisoformat(raw).replace(tzinfo=None)
    except ValueError as error:
        raise Unreadable(_("Please give a day and an hour.")) from error
    if not 2000 <= typed.year <= 2200:
        raise Unreadable(_("Please look at the year again."))
    moment = typed.replace(tzinfo=ZoneInfo(setting.zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(setting.zone)).replace(tzinfo=None) != typed:
        raise Unreadable(_("This hour does not exist on that day: the clocks are put forward."))
    return moment


def _zone(raw: str, item: Item, setting: Setting) -> str:
    if not checking.is_zone(raw):
        raise Unreadable(_("This time zone is not known. It is written like Asia/Bangkok."))
    return str(raw)


def _web(raw: str, item: Item, setting: Setting) -> str:
    address = raw if "://" in raw else f"https://{raw}"
    if not checking.is_web_address(address) or len(address) > 500:
        raise Unreadable(_("This is not a web address."))
    return str(address)


def _picture(raw: str, item: Item, setting: Setting) -> str:
    if sides_of(raw) is None:
        raise Unreadable(_("This picture is not there any more."))
    return str(raw)


def _choice(raw: str, item: Item, setting: Setting) -> str:
    if raw not in _keys(item):
        raise Unreadable(_("Please choose one of these."))
    return str(raw)


def _many(raw: list[str], item: Item, setting: Setting) -> list[str]:
    if not set(raw) <= set(_keys(item)):
        raise Unreadable(_("Please choose among these."))
    return [key for key in _keys(item) if key in raw]


def _tick(raw: str, item: Item, setting: Setting) -> bool:
    return bool(raw)


def _keys(item: Item) -> list[str]:
    return [key for key, _words in item.options()] if item.options else []


def _as_text(value: object, setting: Setting) -> str:
    return "" if value is None else str(value)


def _as_amount(value: int | None, setting: Setting) -> str:
    if not value:
        return "" if value is None else "0"
    plain = money.major(value, setting.currency)
    return f"{plain:f}" if plain % 1 else f"{plain:.0f}"


def _as_moment(value: datetime | None, setting: Setting) -> str:
    return value.astimezone(ZoneInfo(setting.zone)).strftime("%Y-%m-%dT%H:%M") if value else ""


_READ: Mapping[str, Callable[..., Any]] = {
    **dict.fromkeys(("text", "long", "tel", "slug"), _text),
    **{"number": _number, "amount": _amount, "amounts": _amounts, "moment": _moment, "zone": _zone, "web": _web},
    **{"picture": _picture, "choice": _choice, "many": _many, "tick": _tick},
}
_SHOW: Mapping[str, Callable[..., str | list[str]]] = {
    "amount": _as_amount,
    "amounts": lambda value, setting: [_as_amount(amount, setting) for amount in value or []],
    "moment": _as_moment,
    "many": lambda value, _setting: [str(one) for one in value or []],
    "tick": lambda value, _setting: "on" if value else "",
}
