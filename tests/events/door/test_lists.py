"""The door's lists on paper."""

from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core import clock, tokens
from events.core.db import db
from events.core.i18n import NBSP, time_of_day
from events.core.trail import TrailEntry
from events.door import codes
from tests.events.door.conftest import Evening, Phone, set_status


def text(client: FlaskClient, evening: Evening, order: str, lang: str = "en") -> str:
    response = client.get(f"/manage/{evening.slug}/door/by-{order}.pdf?lang={lang}")
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    document = pypdfium2.PdfDocument(response.data)
    try:
        return "\n".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    finally:
        document.close()


def test_list_by_name_has_every_guest_who_may_come(organiser: FlaskClient, evening: Evening) -> None:
    page = text(organiser, evening, "name")
    assert "Guests by name" in page
    assert page.index("Hélène Moreau") < page.index("Somchai Dee")
    assert "No peanuts" in page
    set_status(evening.alone, "void")
    assert "Somchai" not in text(organiser, evening, "name")


def test_list_by_table_puts_the_unseated_last(organiser: FlaskClient, evening: Evening) -> None:
    page = text(organiser, evening, "table")
    assert page.index("Table 2 · 1 guest") < page.index("Without a table · 2 guests")


@pytest.mark.parametrize("lang", ["fr", "th"])
def test_list_is_set_in_every_language(organiser: FlaskClient, evening: Evening, lang: str) -> None:
    assert "Somchai Dee" in text(organiser, evening, "table", lang)


def test_who_is_in_has_the_hour_instead_of_a_box(organiser: FlaskClient, phone: Phone, evening: Evening) -> None:
    assert "Here since" not in text(organiser, evening, "name")
    phone.scan(evening.alone)
    assert text(organiser, evening, "name").count("Here since") == 1


@pytest.mark.parametrize(("minutes", "believed"), [(-33, True), (180, False)])
def test_who_came_in_without_a_network_is_there_since_then(
    organiser: FlaskClient, phone: Phone, evening: Evening, minutes: int, believed: bool
) -> None:
    then = clock.now() + timedelta(minutes=minutes)  # a clock that is ahead tells nothing
    one = {"scan_id": str(uuid4()), "hash": tokens.digest(evening.alone), "proof": codes.proof(evening.alone)}
    phone.post("scans", {"scans": [one | {"offline": True, "at": then.isoformat()}]})
    hour = time_of_day(then, "Asia/Bangkok", "en").replace(NBSP, " ")
    for page in (text(organiser, evening, "name"), organiser.get(f"/manage/{evening.slug}/door/ticks?lang=en").text):
        assert (hour in page.replace(NBSP, " ")) == believed


def test_printing_is_noted(organiser: FlaskClient, evening: Evening) -> None:
    text(organiser, evening, "name")
    assert "door.list_printed" in db.session.scalars(select(TrailEntry.action)).all()


def test_lists_are_for_those_who_run_the_evening(phone: Phone, evening: Evening) -> None:
    assert phone.client.get(f"/manage/{evening.slug}/door/by-name.pdf", headers=phone.headers).status_code == 302


def test_no_other_list_is_there(organiser: FlaskClient, evening: Evening) -> None:
    assert organiser.get(f"/manage/{evening.slug}/door/by-colour.pdf").status_code == 404
