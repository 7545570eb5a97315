"""Undoing an admission, the live figure, and looking a guest up by name."""

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from events.core.db import db
from events.core.trail import TrailEntry
from events.door.models import Admission
from tests.events.door.conftest import Evening, PairPhone, Phone

# ---- undo ----


def test_undone_guest_may_come_in_again_and_both_facts_stay(phone: Phone, evening: Evening) -> None:
    scan_id = str(uuid4())
    phone.scan(evening.helene, scan_id)
    undone = phone.post("undo", {"scan_id": scan_id})
    assert undone.json == {"scan_id": scan_id, "undone": 1, "party": {"arrived": 0, "expected": 2}}
    assert phone.scan(evening.helene)["verdict"] == "admitted"
    assert db.session.scalar(select(func.count(Admission.id))) == 3


def test_undoing_twice_answers_the_same(phone: Phone, evening: Evening) -> None:
    scan_id = str(uuid4())
    phone.scan(evening.helene, scan_id, party=True)
    first = phone.post("undo", {"scan_id": scan_id})
    assert first.json["undone"] == 2  # type: ignore[index]
    assert phone.post("undo", {"scan_id": scan_id}).json == first.json


def test_late_undo_does_not_put_out_who_came_in_again(phone: Phone, evening: Evening) -> None:
    scan_id = str(uuid4())
    phone.scan(evening.helene, scan_id)
    phone.post("undo", {"scan_id": scan_id})
    phone.scan(evening.helene)
    phone.post("undo", {"scan_id": scan_id})
    assert phone.scan(evening.helene)["reason"] == "already_admitted"


def test_refused_or_unheard_of_scan_cannot_be_undone(phone: Phone, evening: Evening) -> None:
    refused = str(uuid4())
    phone.scan("NONE", refused)
    for scan_id in (refused, str(uuid4())):
        response = phone.post("undo", {"scan_id": scan_id})
        assert (response.status_code, response.json["code"]) == (404, "scan_not_found")  # type: ignore[index]


def test_other_evening_cannot_undo_ours(app: Flask, pair: PairPhone, evening: Evening) -> None:
    scan_id = str(uuid4())
    pair().scan(evening.helene, scan_id)
    stranger = pair(event_id=evening.event_id + 1)
    assert stranger.post("undo", {"scan_id": scan_id}).status_code == 404


# ---- figures and search ----


def test_status_counts_who_is_in(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    status = phone.get("status").json
    assert status is not None
    assert (status["arrived"], status["expected"], status["gate"]) == (1, 3, "Door A")
    assert status["event"]["time_zone"] == "Asia/Bangkok"


@pytest.mark.parametrize("asked", ["helene", "MOREAU", "hél", "moreau h", "0001"])
def test_search_finds_by_any_part_of_a_name(phone: Phone, evening: Evening, asked: str) -> None:
    phone.scan(evening.helene)
    found = phone.get("guests", q=asked).json["guests"]  # type: ignore[index]
    assert found[0]["ticket"] in {"0001", "0002"}
    assert {guest["booked_by"] for guest in found} == {"Hélène Moreau"}
    assert next(guest for guest in found if guest["ticket"] == "0001")["gate"] == "Door A"


def test_search_keeps_to_the_evening_and_gives_no_code_away(phone: Phone, evening: Evening) -> None:
    assert phone.get("guests", q="Other").json == {"guests": []}
    assert evening.helene not in phone.get("guests", q="moreau").text


def test_every_search_is_noted_without_what_was_asked(phone: Phone, evening: Evening) -> None:
    phone.get("guests", q="moreau")
    noted = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "door.search")).one()
    assert noted.details == {"shown": 2}
    assert noted.actor.startswith("device:")


def test_search_needs_two_letters(phone: Phone) -> None:
    response = phone.get("guests", q=" m ")
    assert (response.status_code, response.json["code"]) == (422, "query_too_short")  # type: ignore[index]
