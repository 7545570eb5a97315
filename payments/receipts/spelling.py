"""Amounts in words, as papers want them: "mille trois cents euros", "หนึ่งพันสามร้อยบาทถ้วน"."""

import re

from babel.numbers import get_currency_name
from num2words import num2words

from events.core.money import exponent

_UNITS: dict[str, dict[str, tuple[str, str]]] = {
    "fr": {
        "EUR": ("euro", "euros"), "THB": ("baht", "bahts"), "USD": ("dollar", "dollars"),
        "GBP": ("livre sterling", "livres sterling"), "CHF": ("franc suisse", "francs suisses"),
    },
    "en": {
        "EUR": ("euro", "euros"), "THB": ("baht", "baht"), "USD": ("dollar", "dollars"),
        "GBP": ("pound", "pounds"), "CHF": ("Swiss franc", "Swiss francs"),
    },
}  # fmt: skip
_PARTS: dict[str, dict[str, tuple[str, str]]] = {
    "fr": {
        "EUR": ("centime", "centimes"), "THB": ("satang", "satangs"), "USD": ("cent", "cents"),
        "GBP": ("penny", "pence"), "CHF": ("centime", "centimes"),
    },
    "en": {
        "EUR": ("cent", "cents"), "THB": ("satang", "satang"), "USD": ("cent", "cents"),
        "GBP": ("penny", "pence"), "CHF": ("centime", "centimes"),
    },
}  # fmt: skip
_FEMININE = {"GBP"}
"""French units that are counted une, deux: une livre, vingt et une livres."""


def spell(amount: int, currency: str, lang: str) -> str:
    """The amount (minor units, not negative) in words of fr, en or th."""
    whole, rest = divmod(amount, 10 ** exponent(currency))
    if lang == "th":
        return _thai(whole, rest, currency)
    words = f"{_number(whole, lang, currency)}{_link(whole, lang, currency)}{_unit(whole, lang, currency)}"
    if not rest:
        return words
    parts = _PARTS[lang].get(currency)
    if parts is None:
        return f"{words} {_and(lang)} {rest}/{10 ** exponent(currency)}"
    return f"{words} {_and(lang)} {_number(rest, lang, '')} {parts[_plural(rest, lang)]}"


def _thai(whole: int, rest: int, currency: str) -> str:
    """Satang are counted like baht: bahttext's "เอ็ดสตางค์" for one of them is no Thai."""
    name, part = ("บาท", "สตางค์") if currency == "THB" else (get_currency_name(currency, locale="th"), "")
    words = f"{num2words(whole, lang='th')}{name}" if whole or not (rest and part) else ""
    if not rest:
        return f"{words}ถ้วน"
    return f"{words}{num2words(rest, lang='th')}{part}" if part else f"{words} {rest}/{10 ** exponent(currency)}"


def _number(value: int, lang: str, currency: str) -> str:
    words = str(num2words(value, lang=lang)).replace(",", "")
    if lang == "fr" and currency in _FEMININE and re.search(r"(^|\W)un$", words):
        return f"{words}e"
    return words


def _link(value: int, lang: str, currency: str) -> str:
    """ "un million d’euros", but "un million deux cent mille euros"."""
    if lang == "fr" and value and value % 1_000_000 == 0:
        return " d’" if _unit(value, lang, currency)[0] in "aeiou" else " de "
    return " "


def _unit(value: int, lang: str, currency: str) -> str:
    names = _UNITS[lang].get(currency)
    if names is None:
        return str(get_currency_name(currency, count=value, locale=lang))
    return names[_plural(value, lang)]


def _plural(value: int, lang: str) -> int:
    """French counts nought and one alike."""
    return int(value > 1 if lang == "fr" else value != 1)


def _and(lang: str) -> str:
    return "et" if lang == "fr" else "and"
