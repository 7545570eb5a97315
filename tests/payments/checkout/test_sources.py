"""Where a buyer comes from: a word of the link, carried by links and the form alone, kept with the order."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db
from events.core.web import source_of
from events.guests.models import Party
from tests.support.world import furnish

ADDRESS = "https://tickets.example.org"


@pytest.fixture
def visitor(house: Flask) -> FlaskClient:
    house.config["WTF_CSRF_ENABLED"] = False
    furnish()
    return house.test_client()


def get(visitor: FlaskClient, path: str) -> str:
    return visitor.get(path, base_url=ADDRESS).text


def order(visitor: FlaskClient, **fields: str) -> None:
    typed = {"ticket-seat": "1", "name": "Claire", "email": "claire@example.org", "lang": "en", **fields}
    assert visitor.post("/e/dinner/order", data=typed, base_url=ADDRESS).status_code == 303


def sources() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Party.source)))


def test_the_word_travels_from_page_to_form_to_order(visitor: FlaskClient) -> None:
    moved = visitor.get("/e/dinner?from=Newsletter", base_url=ADDRESS)
    assert "from=newsletter" in moved.headers["Location"]
    page = get(visitor, "/e/dinner?lang=en&from=Newsletter")
    assert "/e/dinner/order?lang=en&amp;from=newsletter" in page
    assert re.search(r'href="/e/dinner\?lang=fr&amp;chosen=1&amp;from=newsletter"', page)
    form = get(visitor, "/e/dinner/order?lang=en&from=newsletter")
    assert '<input type="hidden" name="from" value="newsletter">' in form
    order(visitor, **{"from": "newsletter"})
    assert sources() == ["newsletter"]


def test_a_visitor_without_a_word_is_nobodys(visitor: FlaskClient) -> None:
    assert "from=" not in get(visitor, "/e/dinner?lang=en")
    order(visitor)
    assert sources() == [""]


def test_no_cookie_carries_the_word(visitor: FlaskClient) -> None:
    answer = visitor.get("/e/dinner?lang=en&from=newsletter", base_url=ADDRESS)
    assert "Set-Cookie" not in answer.headers


def test_only_a_plain_word_is_kept() -> None:
    assert source_of({"utm_source": "Face Book<script>"}) == "facebookscript"
    assert source_of({"from": "x" * 99}) == "x" * 32
    assert source_of({"from": "flyer-2", "utm_source": "other"}) == "flyer-2"
    assert source_of({}) == ""
