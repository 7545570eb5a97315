"""How a phone becomes a scanner, and how it stops being one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db, transaction
from events.door import pairing
from events.door.models import Device
from tests.events.door.conftest import HOST, Evening, PairPhone, Phone, new_code


@pytest.fixture
def move_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A file in which seconds are written that the clock is ahead."""
    path = tmp_path / "clock"
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(path))
    yield path


def ahead(clock_file: Path, by: timedelta) -> None:
    clock_file.write_text(str(by.total_seconds()))


def ask(client: FlaskClient, code: str, name: str = "Nok") -> tuple[int, str | None]:
    response = client.post("/door/api/pair", json={"code": code, "name": name})
    assert response.json is not None
    return response.status_code, response.json.get("code")


def test_code_pairs_one_phone_with_its_gate(app: Flask, evening: Evening) -> None:
    client, code = app.test_client(), new_code(evening.event_id, "Garden door")
    paired = client.post("/door/api/pair", json={"code": code, "name": "  Nok’s \n phone "}).json
    assert paired is not None
    assert (paired["gate"], paired["event"]["slug"]) == ("Garden door", evening.slug)
    assert db.session.scalars(select(Device.name)).one() == "Nok’s phone"
    assert ask(client, code) == (422, "pairing_code_invalid")


def test_token_is_kept_as_a_digest_only(app: Flask, evening: Evening) -> None:
    token = app.test_client().post(
        "/door/api/pair", json={"code": new_code(evening.event_id), "name": "Nok"}
    ).json["token"]  # type: ignore[index]  # fmt: skip
    assert token not in db.session.scalars(select(Device.token_digest)).all()


def test_code_may_be_typed_freely(app: Flask, evening: Evening) -> None:
    code = new_code(evening.event_id)
    assert ask(app.test_client(), f" {pairing.spaced(code).lower()} ")[0] == 201


def test_link_brings_the_code_behind_a_hash_where_no_server_hears_it(app: Flask, evening: Evening) -> None:
    code = new_code(evening.event_id)
    parts = urlsplit(pairing.link(code))
    assert (f"{parts.scheme}://{parts.netloc}", parts.path, parts.query) == (HOST, "/door", "")
    assert parts.fragment == f"pair={code}"


def test_code_runs_out_after_ten_minutes(app: Flask, evening: Evening, move_clock: Path) -> None:
    early, late = new_code(evening.event_id), new_code(evening.event_id)
    ahead(move_clock, timedelta(minutes=9, seconds=50))
    assert ask(app.test_client(), early)[0] == 201
    ahead(move_clock, timedelta(minutes=10, seconds=5))
    assert ask(app.test_client(), late) == (422, "pairing_code_invalid")


def test_reusable_code_pairs_again(app: Flask, evening: Evening) -> None:
    with transaction():
        code = pairing.new_code(evening.event_id, "Door A", None, reusable=True)
    assert [ask(app.test_client(), code)[0] for _ in range(3)] == [201, 201, 201]


def test_phone_needs_a_name(app: Flask, evening: Evening) -> None:
    code = new_code(evening.event_id)
    assert ask(app.test_client(), code, "  ") == (422, "name_needed")
    assert ask(app.test_client(), code)[0] == 201


def test_guessing_is_slowed_down_and_forgiven(app: Flask, evening: Evening, move_clock: Path) -> None:
    client, code = app.test_client(), new_code(evening.event_id)
    for _ in range(10):
        assert ask(client, "WRONGONE")[0] == 422
    assert ask(client, code) == (429, "too_many_attempts")
    ahead(move_clock, timedelta(seconds=65))
    assert ask(client, code)[0] == 201


def test_device_works_until_a_day_after_the_end(phone: Phone, move_clock: Path) -> None:
    end = timedelta(days=7, hours=4)
    ahead(move_clock, end + timedelta(hours=23, minutes=59))
    assert phone.get("status").status_code == 200
    ahead(move_clock, end + timedelta(hours=24, minutes=1))
    response = phone.get("status")
    assert (response.status_code, response.json["code"]) == (401, "device_expired")  # type: ignore[index]


def test_nobody_pairs_after_the_evening(app: Flask, evening: Evening, move_clock: Path) -> None:
    ahead(move_clock, timedelta(days=9))
    assert ask(app.test_client(), new_code(evening.event_id)) == (422, "event_over")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer \x7f"])
def test_without_a_token_nothing_is_answered(app: Flask, evening: Evening, header: str) -> None:
    client = app.test_client()
    for method, name in (("POST", "scans"), ("POST", "undo"), ("GET", "guests"), ("GET", "status")):
        response = client.open(f"/door/api/{name}", method=method, json={}, headers={"Authorization": header})
        assert (response.status_code, response.json["code"]) == (401, "device_unknown")  # type: ignore[index]


def test_signed_in_staff_is_no_device(organiser: FlaskClient) -> None:
    assert organiser.get("/door/api/status").status_code == 401


def test_token_opens_no_staff_page(phone: Phone, evening: Evening) -> None:
    for path in (f"/manage/{evening.slug}/door", f"/manage/{evening.slug}/guests", "/treasury/"):
        response = phone.client.get(path, headers=phone.headers)
        assert response.status_code == 302
        assert response.location.startswith("/sign-in")


def test_phone_of_one_evening_admits_nobody_to_another(pair: PairPhone, evening: Evening) -> None:
    stranger = pair(event_id=evening.event_id + 1)
    assert stranger.scan(evening.helene)["reason"] == "other_event"
    assert stranger.get("guests", q="moreau").json == {"guests": []}
    assert stranger.get("status").json["expected"] == 1  # type: ignore[index]
