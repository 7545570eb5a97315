"""The first page: what is coming, and what was."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from tests.events.catalogue.conftest import changes, evening


def test_evenings_stand_in_their_order_and_drafts_nowhere(visitor: FlaskClient) -> None:
    now = clock.now()
    with changes(visitor.application):
        evening("sooner", starts_at=now + timedelta(days=10))
        evening("last-year", starts_at=now - timedelta(days=300))
        evening("secret", status="draft")
    page = visitor.get("/?lang=en").text
    places = [page.index(f'"/e/{slug}?lang=en"') for slug in ("sooner", "dinner", "last-year")]
    assert places == sorted(places)
    assert page.index("Evenings that were") < places[2]
    assert "secret" not in page


def test_nothing_announced_is_said(visitor: FlaskClient) -> None:
    assert "Nothing is announced" not in visitor.get("/?lang=en").text
    with changes(visitor.application):
        db.session.execute(update(Event).values(status="draft"))
    assert "Nothing is announced" in visitor.get("/?lang=en").text


def test_chosen_language_is_remembered(visitor: FlaskClient) -> None:
    assert "lang=th" in visitor.get("/?lang=th").headers["Set-Cookie"]
    assert '<html lang="th">' in visitor.get("/").text
    assert "Set-Cookie" not in visitor.get("/").headers


def test_unknown_address_is_answered_in_words(visitor: FlaskClient) -> None:
    answer = visitor.get("/e/nothing?lang=en")
    assert answer.status_code == 404
    assert "<h1>Not here</h1>" in answer.text
