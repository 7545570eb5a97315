"""What the demonstration says, in three languages: complete, set with the right marks, and whole in its sums."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import payments.demo
from events.catalogue.models import BLOCK_KINDS
from events.core.i18n import LANGUAGES
from events.team.models import ROLES

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


@pytest.mark.parametrize("name", DINNERS)
def test_amounts_are_whole_and_a_benefit_never_exceeds_its_price(name: str) -> None:
    dinner = read(name)
    amounts = [dinner["goal"], dinner["absent_gift"], *dinner["gift_amounts"]]
    amounts += [kind[key] for kind in dinner["ticket_types"] for key in ("price", "benefit")]
    amounts += [quota["size"] for quota in dinner["quotas"]]
    assert [amount for amount in amounts if type(amount) is not int or amount <= 0] == []
    assert [kind["key"] for kind in dinner["ticket_types"] if kind["benefit"] > kind["price"]] == []


@pytest.mark.parametrize("name", DINNERS)
def test_every_ticket_type_draws_on_the_shared_seats_and_on_quotas_that_exist(name: str) -> None:
    dinner = read(name)
    known = {quota["key"] for quota in dinner["quotas"]}
    for kind in dinner["ticket_types"]:
        assert "seats" in kind["quotas"]
        assert set(kind["quotas"]) <= known


def test_the_early_seat_has_a_quota_and_an_end_of_its_own() -> None:
    dinner = read("next_dinner")
    kinds = {kind["key"]: kind for kind in dinner["ticket_types"]}
    sizes = {quota["key"]: quota["size"] for quota in dinner["quotas"]}
    assert (kinds["early"]["quotas"], kinds["early"]["sales_end_days_before"]) == (["seats", "early"], 60)
    assert sizes == {"seats": 96, "early": 24, "counter": 6}
    assert {key: (kind["price"], kind["benefit"], kind["bundle_size"]) for key, kind in kinds.items()} == {
        "seat": (250000, 120000, 1),
        "early": (220000, 120000, 1),
        "table": (2000000, 960000, 8),
        "counter": (350000, 160000, 1),
    }


def test_the_past_dinner_was_on_the_twenty_second_of_february_at_seven_with_sales_closed_before() -> None:
    past = read("past_dinner")
    begins = datetime.fromisoformat(past["starts_at"])
    assert begins.isoformat() == "2026-02-22T19:00:00+07:00"
    assert datetime.fromisoformat(past["sales_end_at"]) < begins < datetime.fromisoformat(past["ends_at"])
    assert set(past["raised"]) == {"gifts", "benefits"}


def test_what_the_past_dinner_is_said_to_have_raised_fits_in_its_room() -> None:
    past = read("past_dinner")
    seat = next(kind for kind in past["ticket_types"] if kind["key"] == "seat")
    seats, rest = divmod(past["raised"]["benefits"], seat["benefit"])
    assert (rest, 0 < seats <= past["quotas"][0]["size"]) == (0, True)


def test_the_organisation_is_plainly_invented_where_it_must_be() -> None:
    organisation = read("organisation")
    assert "demonstration" in organisation["address"]
    assert organisation["email"].endswith("@example.org")
    assert organisation["tax_id"] is None


def test_guests_are_twelve_reachable_nowhere_and_written_in_several_scripts() -> None:
    guests = read("guests")["guests"]
    assert len(guests) == len({guest["email"] for guest in guests}) == len({guest["name"] for guest in guests}) == 12
    assert all(guest["email"].endswith("@example.org") for guest in guests)
    assert {guest["language"] for guest in guests} == set(LANGUAGES)
    assert any(THAI.search(guest["name"]) for guest in guests)
    assert any("ễ" in guest["name"] for guest in guests)


def test_a_table_of_eight_is_taken_whole() -> None:
    guests = read("guests")["guests"]
    kinds = {kind["key"]: kind["bundle_size"] for kind in read("next_dinner")["ticket_types"]}
    orders: dict[int, list[str]] = {}
    for guest in guests:
        orders.setdefault(guest["order"], []).append(guest["ticket_type"])
    for taken in orders.values():
        assert len(set(taken)) == 1
        assert len(taken) % kinds[taken[0]] == 0


def test_staff_are_one_account_for_each_role() -> None:
    staff = read("guests")["staff"]
    assert sorted(member["role"] for member in staff) == sorted(ROLES)
    assert all(member["email"] == f"{member['role']}@example.org" for member in staff)
