"""What the demonstration says, in three languages: complete, set with the right marks, and whole in its sums."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import payments.demo
from events.catalogue.models import BLOCK_KINDS
from events.core.i18n import LANGUAGES

CONTENT = Path(payments.demo.__file__).parent / "content"
DINNERS = ("next_dinner", "past_dinner")
EVENT_TEXTS = ("title", "kind", "hosts", "notice", "cause_link", "venue_address", "benefit_description")
TEXT = object()
LINK = object()
# What each kind of block holds: a text in every language, a plain string, or a list of such.
SHAPES: dict[str, dict[str, Any]] = {
    "cause": {
        "title": TEXT,
        "intro": TEXT,
        "articles": {"drawing": ("jasmine", "letter"), "title": TEXT, "text": TEXT},
    },
    "story": {"title": TEXT, "text": TEXT},
    "figures": {
        "title": TEXT,
        "intro": TEXT,
        "figures": {"value": TEXT, "sentence": TEXT, "source": TEXT, "url": LINK},
    },
    "programme": {"title": TEXT, "rows": {"time": TEXT, "what": TEXT}},
    "partners": {"title": TEXT, "partners": {"name": TEXT, "role": TEXT, "url": LINK}},
    "press": {"title": TEXT, "links": {"title": TEXT, "url": LINK, "source": TEXT}},
    "questions": {"title": TEXT, "questions": {"question": TEXT, "answer": TEXT}},
    "help": {
        "title": TEXT,
        "intro": TEXT,
        "contacts": {"name": TEXT, "address": TEXT, "phone": str, "email": str, "url": LINK},
    },
}
FRENCH_MISTAKES = re.compile(r"'|[ \w][:;?!](?!\w|//)| [»%]|« |\d \d", re.ASCII)
WANTING_GLYPHS = re.compile("[\u202f\u2009\u2060\u200b\u00ad]")
THAI = re.compile("[\u0e01-\u0e5b]")
# A Belgian postcode, bound to its town, is no year.
WESTERN_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?![\d\u00a0])")
UNBOUND_THAI = re.compile(r"\d (คน|บาท|ปี|วัน|ที่|น\.|ล้าน)|พ\.ศ\. |[^\u00a0]ๆ|\d (มกราคม|กุมภาพันธ์)")


def read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))
    return content


def texts(node: object, where: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text that stands in several languages, with the path that leads to it."""
    if isinstance(node, dict) and set(node) & set(LANGUAGES):
        yield where, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{where}.{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from texts(value, f"{where}[{index}]")


def in_language(language: str) -> list[tuple[str, str]]:
    return [(where, text[language]) for name in DINNERS for where, text in texts(read(name), name)]


def strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from strings(child)


def check_shape(content: dict[str, Any], shape: dict[str, Any], where: str) -> None:
    assert set(content) == set(shape), where
    for key, wanted in shape.items():
        check_value(content[key], wanted, f"{where}.{key}")


def check_value(value: object, wanted: object, where: str) -> None:
    if wanted is TEXT:
        assert isinstance(value, dict), where
        assert set(value) == set(LANGUAGES), where
    elif wanted is LINK:
        assert isinstance(value, str), where
        assert value == "" or value.startswith("https://"), where
    elif isinstance(wanted, dict):
        assert isinstance(value, list), where
        assert value, where
        for index, item in enumerate(value):
            check_shape(item, wanted, f"{where}[{index}]")
    elif isinstance(wanted, tuple):
        assert value in wanted, where
    else:
        assert type(value) is wanted, where


@pytest.mark.parametrize("name", DINNERS)
def test_every_text_stands_in_three_languages(name: str) -> None:
    found = list(texts(read(name), name))
    assert len(found) > 40
    for where, text in found:
        assert set(text) == set(LANGUAGES), where
        assert all(text[language] == text[language].strip() != "" for language in LANGUAGES), where


@pytest.mark.parametrize("name", DINNERS)
def test_a_dinner_brings_all_that_an_event_needs(name: str) -> None:
    dinner = read(name)
    assert {key for key in EVENT_TEXTS if set(dinner[key]) == set(LANGUAGES)} == set(EVENT_TEXTS)
    assert dinner["languages"] == list(LANGUAGES)
    assert (dinner["currency"], dinner["time_zone"], dinner["venue"]) == ("THB", "Asia/Bangkok", "Bonjour Bonsoir")
    assert all(dinner[key].startswith("https://") for key in ("map_url", "info_url"))
    assert "088 626 0825" in dinner["phone"]


@pytest.mark.parametrize("name", DINNERS)
def test_a_page_says_that_it_is_a_demonstration(name: str) -> None:
    notice = read(name)["notice"]
    assert ("Démonstration" in notice["fr"], "Demonstration" in notice["en"], "สาธิต" in notice["th"]) == (True,) * 3


@pytest.mark.parametrize("name", DINNERS)
def test_blocks_have_the_keys_of_their_kind(name: str) -> None:
    for position, block in enumerate(read(name)["blocks"]):
        assert set(block) == {"kind", "content"}
        assert block["kind"] in BLOCK_KINDS
        check_shape(block["content"], SHAPES[block["kind"]], f"{name}[{position}].{block['kind']}")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("fr", ("transmettez", "rendez votre place")), ("en", ("pass your ticket on", "Or give your seat back")),
     ("th", ("โอนบัตร", "คืนที่นั่ง"))],
)  # fmt: skip
def test_who_cannot_come_reads_what_becomes_of_ticket_and_seat(lang: str, said: tuple[str, str]) -> None:
    (asked,) = (block["content"] for block in read("next_dinner")["blocks"] if block["kind"] == "questions")
    answers = " ".join(one["answer"][lang] for one in asked["questions"])
    assert [words in answers for words in said] == [True, True]


def test_the_cause_comes_first_and_help_last() -> None:
    kinds = [block["kind"] for block in read("next_dinner")["blocks"]]
    assert kinds == ["cause", "figures", "programme", "partners", "press", "questions", "help"]
    assert len(read("next_dinner")["blocks"][0]["content"]["articles"]) == 2


def test_french_has_its_own_apostrophe_and_bound_marks() -> None:
    for where, text in in_language("fr"):
        mistake = FRENCH_MISTAKES.search(text)
        assert mistake is None, f"{where}: {mistake and mistake.group()!r} in {text}"


@pytest.mark.parametrize("wrong", ["l'an", "Oui !", "Oui!", "Lieu : ici", "Quoi ?", "Quoi?", "1 096", "« oui", "7 %"])
def test_the_check_of_french_sees_a_mistake(wrong: str) -> None:
    assert FRENCH_MISTAKES.search(wrong)


def test_english_has_no_straight_apostrophe() -> None:
    assert [where for where, text in in_language("en") if "'" in text] == []


def test_thai_is_written_in_thai_with_its_numbers_bound() -> None:
    assert [where for where, text in in_language("th") if not THAI.search(text)] == []
    assert [where for where, text in in_language("th") if UNBOUND_THAI.search(text)] == []


def test_thai_counts_years_after_the_buddha() -> None:
    assert [where for where, text in in_language("th") if WESTERN_YEAR.search(text)] == []


@pytest.mark.parametrize("name", [*DINNERS, "organisation", "guests"])
def test_no_space_is_used_that_the_typefaces_lack(name: str) -> None:
    assert [text for text in strings(read(name)) if WANTING_GLYPHS.search(text)] == []
