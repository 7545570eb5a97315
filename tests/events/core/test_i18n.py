"""Money, days and hours as people of three languages write them."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from events.core import i18n

MOMENT = datetime(2026, 11, 14, 12, 5, tzinfo=UTC)  # five past seven in the evening in Bangkok
ZONE = "Asia/Bangkok"


@pytest.fixture
def pages() -> Flask:
    """An application that only knows languages."""
    app = Flask("pages")
    i18n.init_app(app)
    return app


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "written"),
    [
        (150_000, "THB", "fr", "1\u00a0500\u00a0฿"),
        (150_000, "THB", "en", "฿1,500"),
        (150_000, "THB", "th", "1,500\u00a0บาท"),
        (150_050, "THB", "fr", "1\u00a0500,50\u00a0฿"),
        (150_050, "THB", "en", "฿1,500.50"),
        (150_050, "THB", "th", "1,500.50\u00a0บาท"),
        (150_050, "EUR", "fr", "1\u00a0500,50\u00a0€"),
        (150_050, "EUR", "en", "€1,500.50"),
        (1_500, "JPY", "en", "¥1,500"),
        (0, "EUR", "fr", "0\u00a0€"),
    ],
)
def test_money_is_written_as_it_is_read(amount: int, currency: str, lang: str, written: str) -> None:
    assert i18n.money(amount, currency, lang) == written


@pytest.mark.parametrize(
    ("lang", "written"),
    [
        ("fr", "samedi 14\u00a0novembre 2026"),
        ("en", "Saturday 14 November 2026"),
        ("th", "วันเสาร์ที่ 14\u00a0พฤศจิกายน พ.ศ.\u00a02569"),
    ],
)
def test_days_are_written_in_three_languages_and_thai_years_after_the_buddha(lang: str, written: str) -> None:
    assert i18n.day(MOMENT, ZONE, lang) == written


@pytest.mark.parametrize(
    ("minute", "lang", "written"),
    [
        (5, "fr", "19\u00a0h\u00a005"),
        (0, "fr", "19\u00a0h"),
        (5, "en", "7:05\u00a0pm"),
        (0, "en", "7\u00a0pm"),
        (5, "th", "19.05\u00a0น."),
        (0, "th", "19.00\u00a0น."),
    ],
)
def test_hours_are_written_as_people_say_them(minute: int, lang: str, written: str) -> None:
    assert i18n.time_of_day(MOMENT.replace(minute=minute), ZONE, lang) == written


def test_a_french_first_of_the_month_has_its_ordinal_and_a_line_begins_with_a_capital() -> None:
    first = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
    assert i18n.day(first, ZONE, "fr") == "lundi 1er\u00a0mars 2027"
    assert i18n.capitalised(i18n.moment(first, ZONE, "fr")) == "Lundi 1er\u00a0mars 2027 à\u00a019\u00a0h\u00a030"
    assert i18n.capitalised("") == ""


@pytest.mark.parametrize(("lang", "written"), [("fr", "3,65\u00a0%"), ("en", "3.65%"), ("th", "3.65%")])
def test_a_share_is_written_as_it_is_read(pages: Flask, lang: str, written: str) -> None:
    with pages.app_context(), i18n.in_language(lang):
        assert i18n.percent(365) == written
        assert i18n.percent(1_000).startswith("10") and "," not in i18n.percent(1_000)


def test_a_french_colon_stands_after_a_space(pages: Flask) -> None:
    with pages.app_context():
        written = []
        for lang in i18n.LANGUAGES:
            with i18n.in_language(lang):
                written.append(i18n.colon("Total"))
    assert written == ["Total\u00a0:", "Total:", "Total:"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Anne", "À la mémoire d’Anne"),
        ("Élodie", "À la mémoire d’Élodie"),
        ("Hélène", "À la mémoire d’Hélène"),
        ("Yves", "À la mémoire d’Yves"),
        ("Yasmine", "À la mémoire de Yasmine"),
        ("Hathai", "À la mémoire de Hathai"),
        ("Camille de Ardoise", "À la mémoire de Camille de Ardoise"),
        ("มะลิ", "À la mémoire de มะลิ"),
        ("", "À la mémoire de "),
    ],
)
def test_french_elides_before_a_name_as_it_is_said(pages: Flask, name: str, written: str) -> None:
    with pages.app_context():
        with i18n.in_language("fr"):
            assert i18n.elided(f"À la mémoire de {name}", name) == written
        with i18n.in_language("en"):
            assert i18n.elided(f"Mark de {name}", name) == f"Mark de {name}"


def test_a_day_is_the_day_of_the_event_not_of_utc() -> None:
    late = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)  # one in the morning of the first of January in Bangkok
    assert i18n.day(late, ZONE, "en") == "Friday 1 January 2027"
    assert i18n.day(late, ZONE, "th").endswith("2570")
    assert i18n.short_moment(late, ZONE) == "01/01/2027 01:00"
    assert i18n.short_day(date(2027, 1, 9)) == "09/01/2027"


@pytest.mark.parametrize(("lang", "written"), [("en", "2026"), ("fr", "2026"), ("th", "2569")])
def test_thai_counts_after_the_buddha_in_figures_too(pages: Flask, lang: str, written: str) -> None:
    when = datetime(2026, 11, 14, 12, 5, tzinfo=UTC)
    with pages.app_context(), i18n.in_language(lang):
        assert i18n.short_day(when) == f"14/11/{written}"
        assert i18n.short_moment(when, "UTC") == f"14/11/{written} 12:05"
        assert i18n.short_moment(when, "UTC", "en") == "14/11/2026 12:05"
        assert str(i18n.calendar_year(2026)) == written


@given(
    st.integers(0, 10**11),
    st.sampled_from(["THB", "EUR", "USD", "CHF", "JPY", "KWD"]),
    st.sampled_from(i18n.LANGUAGES),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_no_thin_space_is_ever_written(amount: int, currency: str, lang: str, when: datetime) -> None:
    written = i18n.money(amount, currency, lang) + i18n.moment(when, ZONE, lang)
    assert not {"\u202f", "\u2009"} & set(written)


@pytest.mark.parametrize(
    ("texts", "lang", "chosen"),
    [
        ({"fr": "oui", "en": "yes", "th": "ใช่"}, "th", "ใช่"),
        ({"fr": "oui", "en": "yes", "th": ""}, "th", "yes"),
        ({"fr": "oui", "en": ""}, "th", "oui"),
        ({"de": "ja"}, "th", "ja"),
        ({}, "th", ""),
        (None, "th", ""),
    ],
)
def test_a_missing_text_is_read_in_another_language(texts: dict[str, str] | None, lang: str, chosen: str) -> None:
    assert i18n.local(texts, lang) == chosen


def test_the_language_is_the_pages_then_the_address_the_cookie_the_browsers(pages: Flask) -> None:
    headers = {"Accept-Language": "th;q=0.9, de", "Cookie": "lang=fr"}
    with pages.test_request_context("/?lang=en", headers=headers):
        g.language = "th"
        assert i18n.language() == "th"
    with pages.test_request_context("/?lang=en", headers=headers):
        assert i18n.language() == "en"
    with pages.test_request_context("/?lang=xx", headers=headers):
        assert i18n.choose_language() in i18n.LANGUAGES
    with pages.test_request_context("/", headers=headers):
        assert i18n.language() == "fr"
    with pages.test_request_context("/", headers={"Accept-Language": "th;q=0.9, de"}):
        assert i18n.language() == "th"
    with pages.test_request_context("/", headers={"Accept-Language": "de"}):
        assert i18n.language() == "en"


def test_letters_are_written_in_the_language_of_their_reader(pages: Flask) -> None:
    with pages.app_context(), i18n.in_language("fr"):
        assert i18n.language() == "fr"
        assert i18n.number(1_500) == "1\u00a0500"
        assert i18n.enumerate_names(["Anne", "Bo", "Cy"]) == "Anne, Bo et Cy"
    with pages.app_context(), i18n.in_language("klingon"):
        assert i18n.language() == "en"


@pytest.mark.parametrize(
    ("lang", "names", "written"),
    [
        ("en", ["Ann", "Bea", "Chai"], "Ann, Bea, and Chai"),
        ("fr", ["Ann", "Bea"], "Ann et Bea"),
        ("th", ["Ann", "Bea"], "Ann และ Bea"),
        ("th", ["ที่นั่ง", "โต๊ะ"], "ที่นั่งและโต๊ะ"),
    ],
)
def test_names_are_listed_and_latin_letters_stand_apart_from_thai(
    pages: Flask, lang: str, names: list[str], written: str
) -> None:
    with pages.test_request_context(f"/?lang={lang}"):
        assert i18n.enumerate_names(names) == written
