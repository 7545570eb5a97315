"""The organiser's page of the door."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.door import pairing
from events.door.models import DoorHours
from events.tickets import qr
from tests.events.door.conftest import Evening, Phone


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def submit(client: FlaskClient, evening: Evening, path: str, **fields: str) -> tuple[int, str]:
    page = client.get(f"/manage/{evening.slug}/door").text
    form = {"csrf_token": token_of(page), **fields}
    response = client.post(f"/manage/{evening.slug}/door/{path}", data=form)
    return response.status_code, response.text


def test_new_code_is_shown_once_and_pairs(app: Flask, organiser: FlaskClient, evening: Evening) -> None:
    status, page = submit(organiser, evening, "pairing-codes", gate="Terrace")
    assert status == 201
    shown = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", page)
    assert shown
    assert shown[0] not in organiser.get(f"/manage/{evening.slug}/door").text
    paired = app.test_client().post("/door/api/pair", json={"code": shown[0], "name": "Nok"})
    assert paired.json["gate"] == "Terrace"  # type: ignore[index]


@pytest.mark.parametrize("form", ["pairing-codes", "hours"])
def test_a_forms_answer_opened_again_by_its_address_is_the_doors_page(
    organiser: FlaskClient, evening: Evening, form: str
) -> None:
    answer = organiser.get(f"/manage/{evening.slug}/door/{form}")
    assert (answer.status_code, answer.location) == (303, f"/manage/{evening.slug}/door")


def test_code_is_a_link_for_any_camera_and_the_next_one_is_a_tap_away(organiser: FlaskClient, evening: Evening) -> None:
    page = submit(organiser, evening, "pairing-codes", gate="Terrace", may_sell="1")[1]
    shown = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", page)[0].replace("-", "")
    assert qr.path_of_address(pairing.link(shown))[1] in page
    assert 'value="Terrace"' in page
    assert re.search(r'name="may_sell" value="1" checked', page)
    assert not re.search(r'name="may_comp" value="1" checked', page)


def test_gate_must_be_named(organiser: FlaskClient, evening: Evening) -> None:
    assert submit(organiser, evening, "pairing-codes", gate=" ")[0] == 422


def test_revoked_phone_is_turned_away_at_once(organiser: FlaskClient, phone: Phone, evening: Evening) -> None:
    page = organiser.get(f"/manage/{evening.slug}/door").text
    assert "Nok’s phone" in page
    device = re.search(r"/devices/(\d+)/revocation", page)
    assert device
    assert submit(organiser, evening, f"devices/{device[1]}/revocation")[0] == 303
    response = phone.get("status")
    assert (response.status_code, response.json["code"]) == (401, "device_revoked")  # type: ignore[index]
    assert "device_revoked" in " ".join(db.session.scalars(select(TrailEntry.action)))


def test_hours_are_read_in_the_events_zone(organiser: FlaskClient, evening: Evening) -> None:
    typed = {"opens_at": "2026-11-28T18:30", "closes_at": "2026-11-29T00:30"}
    assert submit(organiser, evening, "hours", **typed)[0] == 303
    kept = db.session.get_one(DoorHours, (evening.event_id, "entrance"))
    assert kept.opens_at is not None
    assert kept.opens_at.astimezone(ZoneInfo("Asia/Bangkok")).strftime("%H:%M") == "18:30"
    assert 'value="2026-11-28T18:30' in organiser.get(f"/manage/{evening.slug}/door").text


def test_hours_that_would_turn_everybody_away_say_so_until_they_are_mended(
    organiser: FlaskClient, evening: Evening
) -> None:
    page = f"/manage/{evening.slug}/door?lang=en"
    event = db.session.get_one(Event, evening.event_id)
    begins = event.starts_at.astimezone(ZoneInfo("Asia/Bangkok"))

    def said(opens_at: datetime, closes_at: datetime) -> str:
        typed = {"opens_at": f"{opens_at:%Y-%m-%dT%H:%M}", "closes_at": f"{closes_at:%Y-%m-%dT%H:%M}"}
        assert submit(organiser, evening, "hours", **typed)[0] == 303
        return organiser.get(page).text

    another_day = said(begins - timedelta(days=30), begins - timedelta(days=29))
    assert another_day.count("With these hours nobody would be let in then.") == 2  # at the top, and at the form
    late = said(begins + timedelta(hours=1), begins + timedelta(hours=4))
    assert "The evening begins at" in late
    assert "nobody would be let in" not in late
    good = said(begins - timedelta(hours=1), begins + timedelta(hours=4))
    assert "The evening begins at" not in good
    with transaction() as session:  # the evening is put off for a week, its door is not
        moved = session.get_one(Event, evening.event_id)
        moved.starts_at, moved.ends_at = moved.starts_at + timedelta(days=7), moved.ends_at + timedelta(days=7)
    assert "nobody would be let in then" in organiser.get(page).text


def test_kept_hours_are_confirmed(organiser: FlaskClient, evening: Evening) -> None:
    assert "These hours are kept." not in organiser.get(f"/manage/{evening.slug}/door?lang=en").text
    assert "These hours are kept." in organiser.get(f"/manage/{evening.slug}/door?lang=en&said=hours").text


def test_hours_in_the_wrong_order_are_refused_and_kept_in_the_form(organiser: FlaskClient, evening: Evening) -> None:
    typed = {"opens_at": "2026-11-28T18:30", "closes_at": "2026-11-28T18:00"}
    status, page = submit(organiser, evening, "hours", **typed)
    assert status == 422
    assert "2026-11-28T18:00" in page
    assert db.session.scalars(select(DoorHours)).all() == []


@pytest.mark.parametrize("path", ["pairing-codes", "hours", "devices/1/revocation"])
def test_foreign_page_can_press_no_button(organiser: FlaskClient, phone: Phone, evening: Evening, path: str) -> None:
    response = organiser.post(f"/manage/{evening.slug}/door/{path}", data={"gate": "A"})
    assert response.status_code >= 400
    assert phone.get("status").status_code == 200


def test_stranger_is_asked_to_sign_in(app: Flask, evening: Evening) -> None:
    assert app.test_client().get(f"/manage/{evening.slug}/door").status_code == 302


@pytest.mark.parametrize(("lang", "word"), [("en", "Ticket code"), ("fr", "Bonsoir"), ("th", "Bonsoir")])
def test_app_is_there_for_everybody(app: Flask, lang: str, word: str) -> None:
    response = app.test_client().get(f"/door?lang={lang}")
    assert response.status_code == 200
    assert f'lang="{lang}"' in response.text
    assert word in response.text
    assert "style=" not in response.text
    assert not re.search(r"<script(?![^>]* src=)", response.text)
