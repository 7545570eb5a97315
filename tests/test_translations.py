"""The catalogues: complete, consistent with what the source says, and written as the two languages are."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from events.core.i18n import LANGUAGES
from payments.gateway.sandbox.words import WORDS

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "events" / "core" / "translations"
WRITTEN = ("fr", "th")
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
NOT_FRENCH = {
    "straight apostrophe": re.compile(r"'"),
    "plain space before : ; ? ! »": re.compile(r" [:;?!»]"),
    "no space before : ; ? !": re.compile(r"[^\W\d_][:;?!](?!/)"),
    "no space inside « »": re.compile("«(?!\u00a0)|(?<!\u00a0)»"),
    "quotation marks of another language": re.compile('[“”"]'),
    "three full stops": re.compile(r"\.\.\."),
}
NOT_THAI = {
    "plain space between number and unit": re.compile(r"\)s (ใบ|ที่|คน|วัน|นาที|วินาที|บรรทัด|รายการ)(?![ก-๙])"),
    "plain space before ๆ": re.compile(" ๆ|[^\u00a0]ๆ"),
    "spoken particle": re.compile("ค่ะ|ครับ"),
    "full stop at the end": re.compile(r"[ก-๙]\.$(?<!โทร\.)"),
}
"""Unlike French, a Thai sentence ends without a mark."""

NOT_IN_OUR_FONTS = re.compile("[\u202f\u2009\u200b\u2060]")
"""The typefaces of the house have no glyph for these spaces."""

ELIDED = {"À la mémoire de %(name)s", "En l’honneur de %(name)s", "Table de %(name)s"}
"""The filter `elided` writes d’Anne there; elsewhere the sentence is turned so that nothing elides."""

SAME_IN_THAI: frozenset[str] = frozenset()
"""Messages that Thai writes in Latin letters: names and codes only."""


@cache
def catalogue(lang: str) -> Catalog:
    """One language as the tree has it."""
    with (TRANSLATIONS / lang / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=lang)


@cache
def said_by_the_source() -> frozenset[tuple[str, ...]]:
    """Every message of the source, extracted afresh: (text,) or (singular, plural)."""
    with (ROOT / ".babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    return frozenset(_forms(message) for _file, _line, message, _comments, _context in found)


def _forms(text: object) -> tuple[str, ...]:
    return tuple(str(form) for form in text) if isinstance(text, (tuple, list)) else (str(text),)


def messages(lang: str) -> Iterator[Message]:
    """Every message but the header."""
    return (message for message in catalogue(lang) if message.id)


def faults(lang: str, rules: dict[str, re.Pattern[str]]) -> list[tuple[str, str]]:
    """(name of the rule, text) wherever a text of the catalogue breaks it."""
    texts = [text for message in messages(lang) for text in _forms(message.string)]
    return [(name, text) for text in texts for name, rule in rules.items() if rule.search(text)]


@pytest.mark.parametrize("lang", WRITTEN)
def test_every_message_of_the_source_is_in_the_catalogue_and_no_other(lang: str) -> None:
    known = {_forms(message.id) for message in messages(lang)}
    assert {"missing": said_by_the_source() - known, "no longer said": known - said_by_the_source()} == {
        "missing": frozenset(),
        "no longer said": set(),
    }, "make messages, then translate"


def test_the_extraction_reads_pages_letters_and_stories() -> None:
    for text in ("Get tickets", "Your key to sign in", "Extra gift", "Ticket {number}", "No seats are left."):
        assert (text,) in said_by_the_source()
    assert ("%(num)s seat left", "%(num)s seats left") in said_by_the_source()


@pytest.mark.parametrize("lang", WRITTEN)
def test_nothing_is_untranslated_fuzzy_or_left_over(lang: str) -> None:
    assert [message.id for message in messages(lang) if not all(_forms(message.string)) or message.fuzzy] == []
    assert list(catalogue(lang).obsolete) == []


@pytest.mark.parametrize("lang", WRITTEN)
def test_placeholders_survive_translation(lang: str) -> None:
    broken = []
    for message in messages(lang):
        singular, most = (_placeholders(form) for form in (_forms(message.id)[0], _forms(message.id)[-1]))
        first, *others = map(_placeholders, _forms(message.string))
        if not singular <= first <= most or any(form != most for form in others):
            broken.append(message.id)
    assert broken == []


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}|%%", text))


@pytest.mark.parametrize(("lang", "forms"), [("fr", 2), ("th", 1)])
def test_plurals_have_as_many_forms_as_the_language(lang: str, forms: int) -> None:
    assert catalogue(lang).num_plurals == forms
    plural = [message for message in messages(lang) if message.pluralizable]
    assert plural
    assert [message.id for message in plural if len(_forms(message.string)) != forms] == []


@pytest.mark.parametrize("lang", WRITTEN)
def test_the_catalogue_compiles_without_an_objection(lang: str, tmp_path: Path) -> None:
    assert [(message.id, errors) for message, errors in catalogue(lang).check()] == []
    with (tmp_path / "messages.mo").open("wb") as file:
        write_mo(file, catalogue(lang))


@pytest.mark.parametrize("text", ["L'eau", "Quoi ?", "Quoi?", "Total:", "«Oui»", "« Oui »", "“Oui”", "Attendez..."])
def test_the_french_rules_see(text: str) -> None:
    assert any(rule.search(text) for rule in NOT_FRENCH.values())


@pytest.mark.parametrize("text", ["บัตร %(num)s ใบ", "ใด ๆ", "ใดๆ", "ขอบคุณค่ะ", "เต็มแล้ว."])
def test_the_thai_rules_see(text: str) -> None:
    assert any(rule.search(text) for rule in NOT_THAI.values())


def test_french_is_set_as_french() -> None:
    assert faults("fr", NOT_FRENCH) == []


def test_french_puts_no_word_that_elides_before_a_name() -> None:
    named = "name|names|house|organisation|organiser|host|buyer|guest|who|account|party|code"
    before = re.compile(
        rf"\b(?:d|l|qu|s|n|jusqu|lorsqu|puisqu)[ea] (?:%\((?:{named})\)s|\{{(?:{named})\}})", re.IGNORECASE
    )
    assert {text for _rule, text in faults("fr", {"elision": before})} == ELIDED


def test_thai_is_set_as_thai() -> None:
    assert faults("th", NOT_THAI) == []


def test_thai_is_in_thai_letters() -> None:
    latin = {_forms(message.id)[0] for message in messages("th") if not re.search("[ก-๙]", _forms(message.string)[0])}
    assert latin == SAME_IN_THAI


@pytest.mark.parametrize("lang", WRITTEN)
def test_no_space_is_used_that_the_typefaces_lack(lang: str) -> None:
    assert faults(lang, {"space": NOT_IN_OUR_FONTS}) == []


def test_english_has_typographic_apostrophes() -> None:
    assert [forms for forms in said_by_the_source() if any("'" in form for form in forms)] == []


def test_english_calls_a_seat_a_seat() -> None:
    """A place is where something is, or one in line, or what is taken from another; title and motto are set."""
    other = re.compile(
        r"tak(?:e|es|en) (?:the |its |their )?place\b|place in line|place cards?|the place where|in its place|%\(\w+\)s"
        r"|(?:address of|hour or|day or|beginning or) (?:the )?place|noted of place|Keep a place|A place is kept"
        r"|your place stays yours",
        re.IGNORECASE,
    )
    english = {form for forms in said_by_the_source() for form in forms}
    assert [form for form in english if re.search(r"\bplaces?\b", other.sub("", form), re.IGNORECASE)] == []


def test_pieces_that_are_joined_keep_their_ends() -> None:
    """A comma at the beginning, a colon or a full stop at the end: the English decides what stands next to a piece."""
    moved = [
        (message.id, message.string)
        for message in messages("fr")
        for text, said in zip(_forms(message.id)[:1], _forms(message.string)[:1], strict=True)
        if text != "No."
        if (text.startswith(",") and not said.startswith(",")) or (text[-1] in ":,.?" and said[-1] != text[-1])
    ]
    assert moved == []


def test_the_stand_ins_page_says_the_same_things_in_every_language() -> None:
    assert set(WORDS) == set(LANGUAGES)
    assert {lang: set(words) for lang, words in WORDS.items()} == {lang: set(WORDS["en"]) for lang in LANGUAGES}
    rules = {"fr": NOT_FRENCH, "th": NOT_THAI, "en": {"straight apostrophe": re.compile("'")}}
    broken = [
        (name, text)
        for lang, words in WORDS.items()
        for text in words.values()
        for name, rule in (rules[lang] | {"space": NOT_IN_OUR_FONTS}).items()
        if rule.search(text)
    ]
    assert broken == []


def test_a_colon_behind_a_word_of_a_page_or_letter_is_left_to_the_filter() -> None:
    glued = re.compile(r'_\("[^"]*"\) \}\}:')
    pages = [page for page in (ROOT / "templates").rglob("*.*") if glued.search(page.read_text(encoding="utf-8"))]
    assert pages == [], "write {{ _(…) | colon }}: French has a space before it"
