"""A shared evening: the picture drawn of it, what networks and search engines read, the days until then."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from events.catalogue import sharing
from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from tests.events.catalogue.conftest import changes, evening
from tests.events.catalogue.test_event_page import change, text


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: object) -> None:
    """Pictures are kept in a folder of the test's own."""
    app.config["BONSOIR_VAR"] = tmp_path


def meta(page: str, name: str) -> str:
    """The content of a meta element."""
    found = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_each_language_has_its_own_picture_of_the_size_that_networks_want(visitor: FlaskClient) -> None:
    addresses = {lang: meta(text(visitor, f"/e/dinner?lang={lang}"), "og:image") for lang in ("fr", "en", "th")}
    pictures = {}
    for lang, address in addresses.items():
        assert address.startswith(f"http://localhost/e/dinner/share-{lang}.png?v=")
        answer = visitor.get(address)
        assert answer.mimetype == "image/png"
        assert "immutable" in answer.headers["Cache-Control"]
        assert len(answer.data) < 150_000
        pictures[lang] = answer.data
        picture = Image.open(BytesIO(answer.data))
        assert (picture.format, picture.size) == ("PNG", (sharing.WIDTH, sharing.HEIGHT))
    assert len(set(pictures.values())) == 3


def test_what_networks_read_is_complete(visitor: FlaskClient) -> None:
    page = text(visitor)
    assert (meta(page, "og:image:width"), meta(page, "og:image:height")) == ("1200", "630")
    assert meta(page, "twitter:card") == "summary_large_image"
    assert meta(page, "og:locale") == "en_GB"
    assert re.findall(r'locale:alternate" content="(\w+)"', page) == ["fr_FR", "th_TH"]
    assert "An evening [en]" in meta(page, "og:image:alt")
    assert meta(page, "og:url") == "http://localhost/e/dinner?lang=en"
    assert '<link rel="canonical" href="http://localhost/e/dinner?lang=en">' in page


def test_addresses_are_public_ones_behind_a_proxy_that_ends_tls(visitor: FlaskClient) -> None:
    visitor.application.config["PUBLIC_URL"] = "https://localhost"
    page = text(visitor)
    assert '<link rel="canonical" href="https://localhost/e/dinner?lang=en">' in page
    assert meta(page, "og:image").startswith("https://localhost/")
    assert 'hreflang="th" href="https://localhost/' in page


def test_picture_is_drawn_once_and_again_when_what_it_shows_changes(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    drawn: list[object] = []
    draw = sharing._drawn

    def counted(content: dict[str, Any]) -> bytes:
        drawn.append(content)
        return draw(content)

    monkeypatch.setattr(sharing, "_drawn", counted)
    address = meta(text(visitor), "og:image")
    first = visitor.get(address).data
    assert visitor.get(address).data == first
    assert visitor.get("/e/dinner/share-en.png?v=made-up").data == first
    assert len(drawn) == 1
    change(visitor, goal=1)
    assert meta(text(visitor), "og:image") == address  # nothing that it shows
    change(visitor, title={"en": "Another evening"}, accent_hue=20, accent_chroma=100)
    changed = meta(text(visitor), "og:image")
    assert changed != address
    assert visitor.get(changed).data != first
    assert len(drawn) == 2
    kept = list((visitor.application.config["BONSOIR_VAR"] / "share").iterdir())
    assert len(kept) == 1  # the older one is gone


def test_picture_is_drawn_where_nothing_can_be_kept(visitor: FlaskClient, tmp_path: object) -> None:
    visitor.application.config["BONSOIR_VAR"] = "/dev/null"
    assert visitor.get("/e/dinner/share-en.png").mimetype == "image/png"


def test_draft_has_no_picture_for_strangers(visitor: FlaskClient) -> None:
    change(visitor, status="draft")
    assert visitor.get("/e/dinner/share-en.png").status_code == 404


def test_pictures_among_letters_leave_no_empty_box(visitor: FlaskClient) -> None:
    change(visitor, title={"en": "Dinner 🌸👩\u200d👧 <b>"})
    with visitor.application.app_context():
        event = db.session.query(Event).one()
        assert sharing._content(event, "en")["title"] == "Dinner <b>"


class _Properties(HTMLParser):
    """(property, value) of the microdata of a page, and the types it names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.types: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "itemtype" in given:
            self.types.append(str(given["itemtype"]).rsplit("/", 1)[-1])
        if name := given.get("itemprop"):
            self.found[name] = given.get("content") or given.get("datetime") or given.get("href") or ""


def test_search_engines_read_an_event_with_all_they_ask_for(visitor: FlaskClient) -> None:
    read = _Properties()
    read.feed(text(visitor))
    assert {"SocialEvent", "Place", "NGO", "Offer"} <= set(read.types)
    for name in (
        "startDate",
        "endDate",
        "eventStatus",
        "eventAttendanceMode",
        "image",
        "url",
        "price",
        "priceCurrency",
    ):
        assert read.found[name], name
    assert {"name", "location", "address", "organizer", "offers", "availability", "description"} <= set(read.found)
    assert read.found["eventStatus"] == "https://schema.org/EventScheduled"
    assert read.found["image"].startswith("http://localhost/e/dinner/share-en.png")


@pytest.mark.parametrize(("days", "said"), [(0, "Today"), (1, "Tomorrow"), (2, "In 2 days"), (23, "In 23 days")])
def test_countdown_is_a_sentence(visitor: FlaskClient, midday: None, days: int, said: str) -> None:
    begins = clock.now() + timedelta(days=days, hours=11)
    change(visitor, starts_at=begins, ends_at=begins + timedelta(hours=4), sales_end_at=begins)
    assert f'<span class="countdown">{said}</span>' in text(visitor)


def test_countdown_ends_with_the_evening_or_when_it_is_called_off(visitor: FlaskClient) -> None:
    assert 'class="countdown"' in text(visitor)
    change(visitor, status="cancelled", cancelled_at=clock.now())
    assert 'class="countdown"' not in text(visitor)
    with changes(visitor.application):
        evening("past", starts_at=clock.now() - timedelta(days=40))
        db.session.execute(update(Event).where(Event.slug == "past").values(status="published"))
    assert 'class="countdown"' not in text(visitor, "/e/past?lang=en")
