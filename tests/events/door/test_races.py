"""Many at once: who was first is for the database to say, on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from events.core.db import db
from events.core.direct import Run
from events.door import check_in
from events.door.models import Admission, Device, Presence, Scan
from tests.events.door.conftest import Evening, PairPhone, Phone, new_code

THREADS = 16
LET_ALL_IN = "INSERT INTO presence (ticket_id, check_list, scan_id) SELECT id, 'entrance', 'another' FROM ticket"

Got = TypeVar("Got")

pytestmark = pytest.mark.both_engines


def counted(column: Any) -> int:  # noqa: ANN401 - a column of SQL
    """Its values that stand in the database now, not when this test first looked."""
    db.session.rollback()
    return int(db.session.scalar(select(func.count(column))) or 0)


def all_at_once(act: Callable[[int], Got], times: int = THREADS) -> list[Got]:
    """What `times` threads got that began together."""
    barrier = Barrier(times)

    def wait_and_act(number: int) -> Got:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(wait_and_act, range(times)))


def test_one_of_many_scans_of_one_ticket_wins(pair: PairPhone, evening: Evening) -> None:
    phones = [pair(f"Door {number}") for number in range(4)]
    answers = all_at_once(lambda number: phones[number % 4].scan(evening.helene))
    reasons = [answer["reason"] for answer in answers]
    assert (reasons.count(None), reasons.count("already_admitted")) == (1, THREADS - 1)
    (winner,) = [answer for answer in answers if answer["verdict"] == "admitted"]
    assert {answer["previous"]["at"] for answer in answers if answer["previous"]} == {winner["at"]}
    assert counted(Admission.id) == 1


def test_same_scan_many_times_at_once_has_one_answer(pair: PairPhone, evening: Evening) -> None:
    phone, scan_id = pair(), str(uuid4())
    answers = all_at_once(lambda _: phone.scan(evening.helene, scan_id), 2 * THREADS)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["verdict"] == "admitted"
    assert counted(Scan.id) == 1


def test_same_scan_id_for_two_tickets_admits_one_of_them(pair: PairPhone, evening: Evening) -> None:
    phone, scan_id = pair(), str(uuid4())
    codes = (evening.helene, evening.alone)
    answers = all_at_once(lambda number: phone.scan(codes[number % 2], scan_id))
    assert all(answer == answers[0] for answer in answers)
    assert counted(Admission.id) == 1
    assert counted(Presence.scan_id) == 1


def test_whole_party_and_single_scans_admit_each_guest_once(pair: PairPhone, evening: Evening) -> None:
    phone, codes = pair(), (evening.helene, evening.marc)
    answers = all_at_once(lambda number: phone.scan(codes[number % 2], party=number % 4 == 0))
    assert sum(answer["admitted"] for answer in answers) == 2
    assert counted(Admission.id) == 2


def test_pairing_code_goes_to_one_phone(app: Flask, evening: Evening) -> None:
    code = new_code(evening.event_id)
    wanted = {"code": code, "name": "Nok"}
    statuses = all_at_once(lambda _: app.test_client().post("/door/api/pair", json=wanted).status_code, 8)
    assert statuses.count(201) == 1
    assert counted(Device.id) == 1


def test_undo_at_once_takes_back_once(pair: PairPhone, evening: Evening) -> None:
    phone, scan_id = pair(), str(uuid4())
    phone.scan(evening.helene, scan_id)
    answers: list[Any] = all_at_once(lambda _: phone.post("undo", {"scan_id": scan_id}).json, 8)
    assert all(answer["undone"] == 1 for answer in answers)
    assert counted(Admission.id) == 2


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [("UPDATE ticket SET status = 'void'", "void"), (LET_ALL_IN, "already_admitted")],
    ids=["voided", "let in elsewhere"],
)
def test_what_happens_between_the_look_and_the_step_is_heeded(
    phone: Phone, evening: Evening, monkeypatch: pytest.MonkeyPatch, meanwhile: str, reason: str
) -> None:
    look = check_in.prepare

    def look_and_be_overtaken(token: str, shown: check_in.Shown, run: Run) -> check_in.Step | None:
        step = look(token, shown, run)
        with db.engine.execution_options(write=True).begin() as somebody_else:
            somebody_else.execute(text(meanwhile))
        return step

    monkeypatch.setattr(check_in, "prepare", look_and_be_overtaken)
    answer = phone.scan(evening.helene)
    assert (answer["verdict"], answer["reason"]) == ("refused", reason)
    assert counted(Admission.id) == 0
