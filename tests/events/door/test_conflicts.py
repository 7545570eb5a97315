"""Two phones without a network, and what a person makes of it afterwards."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from events.core import clock, tokens
from events.core.db import db, transaction
from events.door import board, codes, conflicts
from events.door.models import Admission, Conflict, Resolution
from events.team.models import Account
from tests.events.door.conftest import Evening, PairPhone, Phone, set_status


def bring(phone: Phone, code: str, minutes_ago: float = 0, scan_id: str | None = None) -> str | None:
    """Upload a green light given without a network; the server's reason to refuse it."""
    one = {
        "scan_id": scan_id or str(uuid4()),
        "hash": tokens.digest(code),
        "proof": codes.proof(code),
        "at": (clock.now() - timedelta(minutes=minutes_ago)).isoformat(),
        "offline": True,
    }
    response = phone.post("scans", {"scans": [one]})
    reason: str | None = response.json["results"][0]["reason"]  # type: ignore[index]
    return reason


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def conflicting() -> list[str]:
    return list(db.session.scalars(select(Conflict.reason).order_by(Conflict.id)))


@pytest.mark.both_engines
def test_ticket_admitted_by_two_phones_is_one_conflict(pair: PairPhone, evening: Evening) -> None:
    assert bring(pair("Door B"), evening.helene, 2) is None
    assert bring(pair("Door A"), evening.helene, 4) == "already_admitted"
    assert conflicting() == ["already_admitted"]
    (case,) = conflicts.of_event(evening.event_id)
    assert [light.gate for light in case.lights] == ["Door A", "Door B"]  # as people lived it
    assert db.session.scalar(select(func.count(Admission.id))) == 1


@pytest.mark.parametrize("first", ["Door A", "Door B"])
def test_order_in_which_two_phones_bring_their_queues_does_not_matter(
    pair: PairPhone, evening: Evening, first: str
) -> None:
    """Whoever finds the network first: everybody is in once, and the conflict tells both hours as people lived them."""
    queues = {"Door A": {evening.helene: 20, evening.marc: 18}, "Door B": {evening.marc: 16, evening.alone: 14}}
    for gate in sorted(queues, key=lambda name: name != first):
        phone = pair(gate)
        for code, minutes_ago in queues[gate].items():
            bring(phone, code, minutes_ago)
    assert board.of_event(evening.event_id).figures == {"arrived": 3, "expected": 3}
    assert db.session.scalar(select(func.count(Admission.id))) == 3
    (case,) = conflicts.of_event(evening.event_id)
    assert case.ticket is not None
    assert case.ticket.code == evening.marc
    assert [light.gate for light in case.lights] == ["Door A", "Door B"]
    assert board.of_event(evening.event_id).arrivals[0].guests >= 1
    assert len(conflicting()) == 1


def test_same_upload_again_is_no_second_conflict(pair: PairPhone, evening: Evening) -> None:
    bring(pair("Door B"), evening.helene)
    phone, scan_id = pair("Door A"), str(uuid4())
    for _ in range(2):
        bring(phone, evening.helene, scan_id=scan_id)
    assert conflicting() == ["already_admitted"]


@pytest.mark.parametrize("status", ["void", "replaced", "unpaid"])
def test_green_light_for_a_ticket_that_is_not_valid_is_recorded(phone: Phone, evening: Evening, status: str) -> None:
    set_status(evening.helene, status)
    bring(phone, evening.helene)
    assert conflicting() == [status]


def test_refusal_whose_answer_was_lost_and_became_green_here_is_a_conflict(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "void")
    scan_id = str(uuid4())
    phone.scan(evening.helene, scan_id)  # online; the phone never heard, and let the guest in
    assert conflicting() == []
    bring(phone, evening.helene, scan_id=scan_id)
    assert conflicting() == ["void"]


def test_refusal_at_an_online_door_is_no_conflict(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    phone.scan(evening.helene)
    phone.scan("A" * 26)
    assert conflicting() == []


@pytest.mark.both_engines
def test_conflicts_and_their_resolutions_are_never_rewritten(pair: PairPhone, evening: Evening) -> None:
    bring(pair("Door B"), evening.helene)
    bring(pair("Door A"), evening.helene)
    with transaction() as session:
        account = Account(email="org@bonsoir.example", name="Organiser", language="en", created_at=clock.now())
        session.add(account)
        session.flush()
        conflicts.resolve(evening.event_id, session.scalars(select(Conflict.id)).one(), account.id, "in_order")
    for statement in ("UPDATE conflict SET reason = 'void'", "DELETE FROM conflict", "DELETE FROM conflict_resolution"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(db.text(statement))


# ---- the organiser's page ----


def test_inbox_says_when_and_where_and_a_person_resolves(
    pair: PairPhone, evening: Evening, organiser: FlaskClient
) -> None:
    bring(pair("Door B"), evening.helene)
    bring(pair("Door A"), evening.helene)
    pages = [organiser.get(f"/manage/{evening.slug}/door{page}?lang=en").text for page in ("", "/board")]
    assert ["refused 1 guest" in page for page in pages] == [True, True]
    address = f"/manage/{evening.slug}/door/conflicts"
    page = organiser.get(f"{address}?lang=en").text
    for said in ("Admitted twice", "Hélène Moreau", "Ticket 0001", "Door A", "Door B", "without a connection"):
        assert said in page
    (conflict_id,) = db.session.scalars(select(Conflict.id))
    form = {"finding": "same_guest", "csrf_token": csrf(page)}
    assert organiser.post(f"{address}/{conflict_id}/resolution", data=form).status_code == 303
    assert organiser.post(f"{address}/{conflict_id}/resolution", data=form | {"finding": "in_order"}).status_code == 303
    assert db.session.scalars(select(Resolution.finding)).all() == ["same_guest"]  # the first word stands
    page = organiser.get(f"{address}?lang=en").text
    assert "One guest, scanned twice" in page
    assert "Settled" not in page
    assert "would have refused" not in organiser.get(f"/manage/{evening.slug}/door?lang=en").text


def test_of_a_refunded_ticket_nobody_is_asked_whether_it_was_scanned_twice(
    phone: Phone, evening: Evening, organiser: FlaskClient
) -> None:
    set_status(evening.helene, "void")
    bring(phone, evening.helene)
    page = organiser.get(f"/manage/{evening.slug}/door/conflicts?lang=en").text
    offered = ['value="same_guest"' in page, 'value="two_guests"' in page, 'value="not_in_order"' in page]
    assert offered == [False, False, True]


def test_conflict_of_another_evening_is_not_found(pair: PairPhone, evening: Evening, organiser: FlaskClient) -> None:
    bring(pair("Door B"), evening.helene)
    bring(pair("Door A"), evening.helene)
    (conflict_id,) = db.session.scalars(select(Conflict.id))
    page = organiser.get(f"/manage/{evening.slug}/door/conflicts").text
    form = {"finding": "same_guest", "csrf_token": csrf(page)}
    assert organiser.post(f"/manage/concert/door/conflicts/{conflict_id}/resolution", data=form).status_code == 404


def test_strangers_see_no_inbox(phone: Phone, evening: Evening) -> None:
    response = phone.client.get(f"/manage/{evening.slug}/door/conflicts", headers=phone.headers)
    assert response.status_code == 302
