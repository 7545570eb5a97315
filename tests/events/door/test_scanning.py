"""Tickets shown at the door, over HTTP."""

import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from events.core import clock, tokens
from events.core.db import db, transaction
from events.door import codes, hours
from events.door.models import Admission, Scan
from tests.events.door.conftest import Evening, PairPhone, Phone, set_status


def test_good_ticket_is_admitted_with_name_table_and_note(phone: Phone, evening: Evening) -> None:
    answer = phone.scan(evening.helene)
    assert (answer["verdict"], answer["reason"], answer["admitted"]) == ("admitted", None, 1)
    guest = answer["guest"]
    assert (guest["name"], guest["table"], guest["note"]) == ("Hélène Moreau", "2", "No peanuts")
    assert guest["type"]["fr"] == "Une place"
    assert answer["party"] == {"arrived": 1, "expected": 2}


def test_second_scan_is_refused_with_time_and_gate(pair: PairPhone, evening: Evening) -> None:
    first = pair("Door A").scan(evening.helene)
    answer = pair("Door B").scan(evening.helene)
    assert (answer["verdict"], answer["reason"]) == ("refused", "already_admitted")
    assert answer["previous"] == {"at": first["at"], "gate": "Door A", "scan_id": first["scan_id"]}
    assert answer["guest"]["name"] == "Hélène Moreau"


def test_guest_without_a_name_is_known_by_the_booking(phone: Phone, evening: Evening) -> None:
    guest = phone.scan(evening.marc)["guest"]
    assert (guest["name"], guest["booked_by"]) == (None, "Hélène Moreau")


@pytest.mark.parametrize("status", ["void", "replaced", "unpaid"])
def test_ticket_that_is_not_valid_is_refused(phone: Phone, evening: Evening, status: str) -> None:
    set_status(evening.helene, status)
    answer = phone.scan(evening.helene)
    assert (answer["verdict"], answer["reason"], answer["admitted"]) == ("refused", status, 0)


def test_dead_ticket_names_nobody(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "void")
    assert phone.scan(evening.helene)["guest"] == {"ticket": "0001"}


def test_ticket_voided_after_admission_is_void_not_used(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    set_status(evening.helene, "void")
    assert phone.scan(evening.helene)["reason"] == "void"


def test_ticket_of_another_evening_tells_nothing_about_its_guest(phone: Phone, evening: Evening) -> None:
    answer = phone.scan(evening.elsewhere)
    assert (answer["reason"], answer["guest"], answer["party"]) == ("other_event", None, None)


FORGED = ["", " ", "A" * 26, "A" * 25, "A" * 5000, "x' OR 1=1 --", "\x00\x01", "ตั๋ว", "https://bonsoir.example/t/abc"]


@pytest.mark.parametrize("code", FORGED)
def test_forged_code_is_unknown(phone: Phone, evening: Evening, code: str) -> None:
    answer = phone.scan(code)
    assert (answer["verdict"], answer["reason"], answer["guest"]) == ("refused", "unknown", None)


def test_truncated_code_is_unknown(phone: Phone, evening: Evening) -> None:
    assert phone.scan(evening.helene[:-1])["reason"] == "unknown"


def test_code_typed_by_hand_is_understood(phone: Phone, evening: Evening) -> None:
    code = evening.helene.lower()
    assert phone.scan(f" {code[:9]}-{code[9:18]} {code[18:]} ")["verdict"] == "admitted"


def test_hash_with_proof_admits(phone: Phone, evening: Evening) -> None:
    code = evening.helene
    one = {"scan_id": str(uuid4()), "hash": tokens.digest(code), "proof": codes.proof(code), "offline": True}
    assert phone.post("scans", {"scans": [one]}).json["results"][0]["verdict"] == "admitted"  # type: ignore[index]


def test_hash_alone_admits_nobody(phone: Phone, evening: Evening) -> None:
    code = evening.helene
    one = {"scan_id": str(uuid4()), "hash": tokens.digest(code), "proof": sha256(b"guess").hexdigest()}
    assert phone.post("scans", {"scans": [one]}).json["results"][0]["reason"] == "unknown"  # type: ignore[index]
    assert phone.scan(code)["verdict"] == "admitted"


def test_hours_are_kept_and_a_used_ticket_still_counts_as_outside_them(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    with transaction():
        hours.set_hours(evening.event_id, clock.now() + timedelta(hours=1), None)
    assert phone.scan(evening.helene)["reason"] == "outside_hours"
    with transaction():
        hours.set_hours(evening.event_id, None, None)
    assert phone.scan(evening.marc)["verdict"] == "admitted"


# ---- the same scan again ----


def test_same_scan_gets_its_first_answer_again(pair: PairPhone, evening: Evening) -> None:
    phone, scan_id = pair(), str(uuid4())
    first = phone.scan(evening.helene, scan_id)
    assert phone.scan(evening.helene, scan_id) == first
    assert pair("Door B").scan(evening.alone, scan_id) == first
    assert db.session.scalar(select(func.count(Admission.id))) == 1


def test_refusal_stays_a_refusal_for_the_same_scan(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "unpaid")
    scan_id = str(uuid4())
    first = phone.scan(evening.helene, scan_id)
    set_status(evening.helene, "valid")
    assert phone.scan(evening.helene, scan_id) == first
    assert phone.scan(evening.helene)["verdict"] == "admitted"


def test_results_come_in_the_order_sent(phone: Phone, evening: Evening) -> None:
    scans = [{"scan_id": str(uuid4()), "code": code} for code in (evening.alone, "NONE", evening.helene, evening.alone)]
    results = phone.post("scans", {"scans": scans}).json["results"]  # type: ignore[index]
    assert [one["scan_id"] for one in results] == [one["scan_id"] for one in scans]
    assert [one["reason"] for one in results] == [None, "unknown", None, "already_admitted"]


def test_what_is_kept_of_a_scan_holds_nothing_about_a_person(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    kept = json.dumps(db.session.scalars(select(Scan.answer)).all())
    assert "Moreau" not in kept
    assert "peanuts" not in kept
    assert evening.helene not in kept


# ---- parties ----


def test_whole_party_comes_in_with_one_scan(phone: Phone, evening: Evening) -> None:
    answer = phone.scan(evening.helene, party=True)
    assert (answer["verdict"], answer["admitted"]) == ("admitted", 2)
    assert answer["party"] == {"arrived": 2, "expected": 2}
    assert phone.scan(evening.marc)["reason"] == "already_admitted"
    assert phone.scan(evening.alone)["verdict"] == "admitted"


def test_rest_of_the_party_follows_one_who_is_in(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    assert phone.scan(evening.helene, party=True)["admitted"] == 1
    assert phone.scan(evening.helene, party=True)["reason"] == "already_admitted"


def test_party_leaves_out_who_has_no_valid_ticket(phone: Phone, evening: Evening) -> None:
    set_status(evening.marc, "void")
    answer = phone.scan(evening.helene, party=True)
    assert (answer["admitted"], answer["party"]) == (1, {"arrived": 1, "expected": 1})


def test_party_does_not_follow_a_void_ticket(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "void")
    assert phone.scan(evening.helene, party=True)["reason"] == "void"
    assert phone.scan(evening.marc)["verdict"] == "admitted"


# ---- what is not a request ----

GOOD = {"scan_id": "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "code": "A"}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"scans": []},
        {"scans": {}},
        {"scans": ["A"]},
        {"scans": [{"code": "A"}]},
        {"scans": [{"scan_id": "1", "code": "A"}]},
        {"scans": [GOOD | {"code": 7}]},
        {"scans": [GOOD | {"party": "yes"}]},
        {"scans": [GOOD | {"at": "yesterday"}]},
        {"scans": [GOOD | {"at": "2026-11-21T19:00:00"}]},
        {"scans": [{"scan_id": GOOD["scan_id"], "hash": "00"}]},
        {"scans": [GOOD, {"scan_id": "1"}]},
    ],
)
def test_malformed_request_is_refused_and_writes_nothing(phone: Phone, body: object) -> None:
    response = phone.post("scans", body)
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.json["code"] == "bad_request"  # type: ignore[index]
    assert db.session.scalar(select(func.count(Scan.id))) == 0


def test_two_hundred_scans_at_once_and_no_more(phone: Phone) -> None:
    many = [GOOD | {"scan_id": str(uuid4())} for _ in range(201)]
    assert len(phone.post("scans", {"scans": many[:200]}).json["results"]) == 200  # type: ignore[index]
    response = phone.post("scans", {"scans": many})
    assert (response.status_code, response.json["code"]) == (422, "too_many_scans")  # type: ignore[index]
