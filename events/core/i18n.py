"""Three languages, written for people: locale, money, dates. Everything a person reads passes here."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, gettext, lazy_gettext, ngettext
from markupsafe import Markup, escape

from events.core import cookies
from events.core.money import major

__all__ = ["LANGUAGES", "gettext", "in_language", "lazy_gettext", "ngettext"]

LANGUAGES = ("fr", "en", "th")
NAMES = {"fr": "Français", "en": "English", "th": "ไทย"}
NBSP = "\u00a0"
LANGUAGE_COOKIE = "lang"

_ELIDES = re.compile("[aeiouœæ]|y(?![aeiou])|h(?:e(?!i|l[gm]|n[dk])|il|ipp|onor|or[at]|ub|ug[ou]|yac)", re.IGNORECASE)
"""How names begin that French elides before, their accents taken off; a spoken h (Hans, Hathai) keeps its "de"."""


babel = Babel()


def init_app(app: Flask) -> None:
    """Languages of the interface, and the filters that templates write money and dates with."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{app.root_path}/events/core/translations"
    babel.init_app(app, default_locale="en", locale_selector=choose_language)
    app.add_template_filter(money, "money")
    app.add_template_filter(day, "day")
    app.add_template_filter(time_of_day, "time_of_day")
    app.add_template_filter(moment, "moment")
    app.add_template_filter(short_moment, "short_moment")
    app.add_template_filter(deadline, "deadline")
    app.add_template_filter(short_day, "short_day")
    app.add_template_filter(plain_day, "plain_day")
    app.add_template_filter(calendar_year, "calendar_year")
    app.add_template_filter(number, "number")
    app.add_template_filter(percent, "percent")
    app.add_template_filter(local, "local")
    app.add_template_filter(capitalised, "capitalised")
    app.add_template_filter(colon, "colon")
    app.add_template_filter(elided, "elided")
    app.add_template_filter(enumerate_names, "enumerate_names")
    app.context_processor(lambda: {"lang": language(), "languages": NAMES})


def choose_language() -> str:
    """What the page said (`g.language`), then `?lang=`, the cookie, the browser."""
    if not has_request_context():
        return "en"
    chosen = g.get("language") or request.args.get("lang") or request.cookies.get(cookies.named(LANGUAGE_COOKIE))
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def language() -> str:
    """The language of what is being written now: fr, en or th."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "en"


@contextmanager
def in_language(lang: str) -> Iterator[None]:
    """Write in another language for a while: letters, papers."""
    with force_locale(lang if lang in LANGUAGES else "en"):
        yield


def local(texts: Mapping[str, str] | None, lang: str | None = None) -> str:
    """One text of several: the wanted language, else English, else French, else any."""
    if not texts:
        return ""
    for wanted in (lang or language(), "en", "fr"):
        if texts.get(wanted):
            return texts[wanted]
    return next((text for text in texts.values() if text), "")


def money(amount: int, currency: str, lang: str | None = None) -> str:
    """An amount for reading: no decimals when there are none, U+00A0 and nothing thinner (the fonts lack U+202F)."""
    value = major(amount, currency)
    locale = lang or language()
    whole = value == value.to_integral_value()
    if currency == "THB" and locale == "th":
        return f"{decimal(value, locale, 0 if whole else 2)}{NBSP}บาท"
    pattern = _currency_pattern(locale, whole)
    text = format_currency(value, currency, format=pattern, locale=locale, currency_digits=not whole)
    return plain_spaces(text.replace("THB", "฿"))  # only Thai has the baht's sign in Babel's tables


def decimal(value: object, locale: str, places: int) -> str:
    """A number with a fixed count of decimals, in the manner of the language."""
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return plain_spaces(format_decimal(value, format=pattern, locale=locale))  # type: ignore[arg-type]


def number(value: int) -> str:
    """A count."""
    return decimal(value, language(), 0)


def percent(basis_points: int) -> str:
    """A share: 3,65 % in French, 3.65% elsewhere; no decimals when there are none."""
    written = decimal(basis_points / 100, language(), 2 if basis_points % 100 else 0)
    return f"{written}{NBSP}%" if language() == "fr" else f"{written}%"


def day(when: datetime, zone: str, lang: str | None = None) -> str:
    """Weekday, day, month and year in the event's zone; Thai pages count years after the Buddha."""
    locale, here = lang or language(), when.astimezone(ZoneInfo(zone))
    if locale == "th":
        text = format_date(here, "EEEE'ที่' d MMMM", locale="th")
        return f"{text.rsplit(' ', 1)[0]}{NBSP}{text.rsplit(' ', 1)[1]} พ.ศ.{NBSP}{calendar_year(here.year, locale)}"
    text = format_date(here, "EEEE d MMMM y", locale=locale)
    return re.sub(r" (\d+) ", _french_day, text, count=1) if locale == "fr" else text


def plain_day(when: date) -> str:
    """Day, month and year of a day that is the same everywhere; Thai pages count years after the Buddha."""
    if language() == "th":
        return f"{format_date(when, 'd MMMM', locale='th')} พ.ศ.{NBSP}{calendar_year(when.year)}"
    text = format_date(when, "d MMMM y", locale=language())
    return re.sub(r"^1 ", f"1er{NBSP}", text) if language() == "fr" else text


def time_of_day(when: datetime, zone: str, lang: str | None = None) -> str:
    """The hour as people write it: 19 h 30, 7:30 pm, เวลา 19.30 น."""
    locale, here = lang or language(), when.astimezone(ZoneInfo(zone))
    if locale == "fr":
        return f"{here.hour}{NBSP}h" + (f"{NBSP}{here.minute:02}" if here.minute else "")
    if locale == "th":
        return f"{here.hour:02}.{here.minute:02}{NBSP}น."
    text = format_time(here, "h:mm a" if here.minute else "h a", locale="en")
    return plain_spaces(text).replace("AM", "am").replace("PM", "pm").replace(" ", NBSP)


def moment(when: datetime, zone: str, lang: str | None = None) -> str:
    """Day and hour together, as on an invitation."""
    locale = lang or language()
    if locale == "th":
        return f"{day(when, zone, locale)} เวลา{NBSP}{time_of_day(when, zone, locale)}"
    between = f" à{NBSP}" if locale == "fr" else ", "
    return f"{day(when, zone, locale)}{between}{time_of_day(when, zone, locale)}"


def deadline(when: datetime, zone: str) -> str:
    """Day and hour until which something is kept, and whose hour that is: who reads may be abroad."""
    place = get_timezone_location(ZoneInfo(zone), locale=language(), return_city=True)
    return gettext("%(moment)s (%(place)s time)", moment=moment(when, zone), place=place)


def is_asked_for_another() -> bool:
    """Whether a form was sent by one of the page's language buttons: what was typed is shown again, and not judged."""
    return request.form.get("action") == "language"


def short_moment(when: datetime, zone: str, lang: str | None = None) -> str:
    """Day and hour in figures, for lists: 14/11/2026 19:05, on Thai pages 14/11/2569 19:05."""
    here = when.astimezone(ZoneInfo(zone))
    return f"{short_day(here, lang)} {here:%H:%M}"


def short_day(when: date, lang: str | None = None) -> str:
    """A day in figures, for lists: 14/11/2026, on Thai pages 14/11/2569. A datetime's is the day of its own zone."""
    return f"{when:%d/%m}/{calendar_year(when.year, lang)}"


def calendar_year(number: int, lang: str | None = None) -> int:
    """A year as a page counts it: 2026, in Thai 2569."""
    return number + 543 if (lang or language()) == "th" else number


def capitalised(text: str) -> str:
    """For the beginning of a line: French days are small inside a sentence."""
    return text[:1].upper() + text[1:]


def colon(text: str) -> str:
    """A label and its colon: French has a space before it."""
    return f"{text}{NBSP if language() == 'fr' else ''}:"


def elided(text: str, name: str) -> str:
    """A sentence that names somebody; in French "de" gives way to a name that begins with a vowel: d’Anne, d’Hélène."""
    if language() != "fr" or not _ELIDES.match(unicodedata.normalize("NFD", name)):
        return text
    shown = escape(name) if isinstance(text, Markup) else name
    return text.replace("de " + shown, "d’" + shown, 1)


def enumerate_names(names: list[str]) -> str:
    """ "A, B and C" in the manner of the language."""
    text = format_list(names, locale=language())
    return re.sub(
        r"(?<=[A-Za-z0-9)])และ", " และ", re.sub(r"และ(?=[A-Za-z0-9(])", "และ ", text)
    )  # Latin letters in Thai


def plain_spaces(text: str) -> str:
    """Thin no-break spaces become ordinary no-break ones."""
    return text.replace("\u202f", NBSP).replace("\u2009", NBSP)


def _french_day(number: re.Match[str]) -> str:
    """ "1er mars", "28 février": the number does not leave its month."""
    return f" {'1er' if number[1] == '1' else number[1]}{NBSP}"


def _currency_pattern(locale: str, whole: bool) -> str:
    digits = "#,##0" if whole else "#,##0.00"
    if locale == "en":
        return f"¤{digits}"
    return f"{digits}{NBSP}¤"
