"""The demonstration's gallery: drawings on the past evening's page, described in every language, and light."""

import re

import pytest
from flask import Flask

from events.core.db import transaction
from events.core.i18n import LANGUAGES
from payments.demo import gallery
from payments.demo.catalogue import add_house, read
from tests.payments.demo.test_content import FRENCH_MISTAKES, THAI, texts
from tests.support import world as w

LIGHT = 40_000
"""Bytes of what a telephone loads of all three."""


def test_the_past_evening_shows_three_drawings(house: Flask) -> None:
    with transaction():
        past, _coming, _staff = add_house()
        event_id, slug = past.id, past.slug
    gallery.hang(event_id)
    browser, words = w.browser_of(house), read("gallery")
    page = browser.get(f"/e/{slug}?lang=en").text
    assert words["title"]["en"] in page
    assert all(picture["alt"]["en"] in page for picture in words["pictures"])
    files = set(re.findall(rf"/e/{slug}/pictures/[^ \"]+-small\.avif", page))
    sizes = [len(browser.get(file).data) for file in files]
    assert (len(sizes), sum(sizes) < LIGHT) == (3, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_words_are_set_as_the_language_is(lang: str) -> None:
    said = [texts_of[lang] for _where, texts_of in texts(read("gallery"))]
    assert len(said) == 8
    if lang == "fr":
        assert [text for text in said if FRENCH_MISTAKES.search(text)] == []
    assert all(bool(THAI.search(text)) == (lang == "th") for text in said)
