"""Several check lists of one evening: each ticket passes each of them, and a gate belongs to one."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.door import boxes, check_lists, pairing
from events.door.models import Admission
from events.guests import questions
from payments.auditing import seats
from tests.events.door.conftest import Evening, PairPhone, Phone
from tests.events.door.test_manage import submit
from tests.events.door.test_manifest import fetch, line


@pytest.fixture
def coats(app: Flask, evening: Evening) -> str:
    """The key of the coat check, which guests pass once."""
    with transaction():
        return check_lists.new_list(evening.event_id, "Coat check", repeats=False)


@pytest.fixture
def terrace(app: Flask, evening: Evening) -> str:
    """The key of the list for those who come back in."""
    with transaction():
        return check_lists.new_list(evening.event_id, "Back in", repeats=True)


def phone_for(app: Flask, evening: Evening, gate: str, check_list: str) -> Phone:
    with transaction():
        code = pairing.new_code(evening.event_id, gate, None, check_list)
    client = app.test_client()
    told = client.post("/door/api/pair", json={"code": code, "name": "A phone"})
    assert told.json["check_list"]["key"] == check_list  # type: ignore[index]
    return Phone(client, told.json["token"])  # type: ignore[index]


def test_each_list_admits_once_for_itself(app: Flask, phone: Phone, evening: Evening, coats: str) -> None:
    coat_phone = phone_for(app, evening, "Wardrobe", coats)
    assert phone.scan(evening.helene)["verdict"] == "admitted"
    assert coat_phone.scan(evening.helene)["verdict"] == "admitted"
    again = coat_phone.scan(evening.helene)
    assert (again["reason"], again["previous"]["gate"]) == ("already_admitted", "Wardrobe")
    assert coat_phone.get("status").json["arrived"] == 1  # type: ignore[index]
    assert coat_phone.scan(evening.marc)["party"] == {"arrived": 2, "expected": 2}
    assert phone.get("status").json["arrived"] == 1  # type: ignore[index]


def test_manifest_knows_its_own_list_only(app: Flask, phone: Phone, evening: Evening, coats: str) -> None:
    coat_phone = phone_for(app, evening, "Wardrobe", coats)
    cursors = {one: fetch(one)["cursor"] for one in (phone, coat_phone)}
    phone.scan(evening.helene)
    assert line(fetch(phone, cursors[phone]), evening.helene)["status"] == "admitted"
    assert fetch(coat_phone, cursors[coat_phone])["tickets"] == []
    box = boxes.unseal(evening.helene, line(fetch(coat_phone), evening.helene)["box"])
    assert (box["previous"], box["party"]["arrived"]) == (None, 0)


@pytest.mark.both_engines
def test_guests_come_back_as_often_as_they_like(app: Flask, evening: Evening, terrace: str) -> None:
    door = phone_for(app, evening, "Terrace", terrace)
    answers = [door.scan(evening.alone) for _ in range(3)]
    assert [one["verdict"] for one in answers] == ["admitted"] * 3
    assert answers[-1]["party"] == {"arrived": 1, "expected": 1}
    assert fetch(door)["event"]["repeats"] is True
    assert list(seats.admissions()) == []
    assert door.post("undo", {"scan_id": answers[-1]["scan_id"]}).json["party"]["arrived"] == 1  # type: ignore[index]
    assert list(seats.admissions()) == []
    assert db.session.scalar(select(func.count(Admission.id))) == 4


def test_questions_are_asked_at_the_entrance_alone(app: Flask, phone: Phone, evening: Evening, coats: str) -> None:
    with transaction():
        questions.new_question(evening.event_id, {"en": "Q?"}, [{"en": "A"}, {"en": "B"}], at_door=True)
    door = phone_for(app, evening, "Wardrobe", coats)
    assert door.scan(evening.alone)["verdict"] == "admitted"
    assert boxes.unseal(evening.helene, line(fetch(door), evening.helene)["box"])["questions"] == []
    assert phone.scan(evening.alone)["verdict"] == "needs"


def test_gate_belongs_to_one_list(evening: Evening, pair: PairPhone, coats: str) -> None:
    pair("Door A")
    with transaction(), pytest.raises(Refusal, match="Entrance"):
        pairing.new_code(evening.event_id, "Door A", None, coats)


def test_organiser_adds_a_list_and_pairs_a_phone_for_it(app: Flask, organiser: FlaskClient, evening: Evening) -> None:
    assert submit(organiser, evening, "lists", name="Auction", repeats="y")[0] == 303
    added = check_lists.of_event(evening.event_id)[-1]
    assert (added.name, added.repeats) == ("Auction", True)
    assert submit(organiser, evening, "lists", name="Auction")[0] == 422
    status, page = submit(organiser, evening, "pairing-codes", gate="Stage", check_list=added.key)
    assert status == 201
    assert submit(organiser, evening, "pairing-codes?lang=en", gate="Stage")[0] == 422
    assert "Auction" in organiser.get(f"/manage/{evening.slug}/door?lang=en").text
    board = organiser.get(f"/manage/{evening.slug}/door/board?lang=en&list={added.key}").text
    assert "Arrivals · Auction" in board


def test_each_list_has_its_hours(
    app: Flask, organiser: FlaskClient, phone: Phone, evening: Evening, coats: str
) -> None:
    door = phone_for(app, evening, "Wardrobe", coats)
    typed = {"opens_at": "2020-11-28T18:30", "closes_at": "2020-11-28T19:00"}
    assert submit(organiser, evening, f"lists/{coats}/hours", **typed)[0] == 303
    told = door.scan(evening.alone)
    assert (told["reason"], sorted(told["hours"])) == ("outside_hours", ["closes_at", "opens_at"])
    assert phone.scan(evening.alone)["verdict"] == "admitted"


def test_list_is_renamed_and_one_that_nobody_used_goes(
    app: Flask, organiser: FlaskClient, evening: Evening, coats: str
) -> None:
    assert submit(organiser, evening, "lists", name="Auction")[0] == 303
    auction = check_lists.of_event(evening.event_id)[-1].key
    assert submit(organiser, evening, f"lists/{auction}/name?lang=en", name="Coat check")[0] == 422  # there is one
    assert submit(organiser, evening, f"lists/{auction}/name", name=" ")[0] == 422
    assert submit(organiser, evening, f"lists/{auction}/name", name="  Silent  auction ")[0] == 303
    assert check_lists.get_list(evening.event_id, auction).name == "Silent auction"
    assert submit(organiser, evening, f"lists/{auction}/hours", opens_at="", closes_at="2099-01-01T01:00")[0] == 303
    door = phone_for(app, evening, "Wardrobe", coats)
    assert submit(organiser, evening, f"lists/{coats}/removal")[0] == 422
    assert door.scan(evening.alone)["verdict"] == "admitted"
    assert submit(organiser, evening, f"lists/{auction}/removal")[0] == 303
    assert [line.key for line in check_lists.of_event(evening.event_id)] == ["entrance", coats]
    assert submit(organiser, evening, "lists/entrance/removal")[0] == 404
    assert submit(organiser, evening, "lists/entrance/name", name="Gate")[0] == 404


@pytest.mark.parametrize("path", ["board?list=none", "lists/none", "lists/none/hours", "ticks?list=none"])
def test_list_that_is_not_there_is_not_found(organiser: FlaskClient, evening: Evening, path: str) -> None:
    assert organiser.get(f"/manage/{evening.slug}/door/{path}").status_code == 404
