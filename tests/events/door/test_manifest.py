"""What a phone takes along for the hours without a network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import update

from events.core import clock, tokens
from events.core.db import transaction
from events.door import boxes, hours
from events.guests.models import Guest, Party
from events.tickets.models import Ticket
from tests.events.door.conftest import Evening, PairPhone, Phone, set_status

Told = dict[str, Any]


def fetch(phone: Phone, since: int = 0) -> Told:
    response = phone.get("manifest", since=str(since))
    assert response.status_code == 200, response.text
    told: Told = response.json  # type: ignore[assignment]
    return told


def line(told: Told, code: str) -> Told:
    (found,) = [one for one in told["tickets"] if one["hash"] == tokens.digest(code)]
    return dict(found)


def test_manifest_has_every_ticket_of_its_evening_and_no_other(phone: Phone, evening: Evening) -> None:
    told = fetch(phone)
    mine = [evening.helene, evening.marc, evening.alone]
    assert {one["hash"] for one in told["tickets"]} == {tokens.digest(code) for code in mine}
    assert set(told) == {"cursor", "event", "gates", "tickets"}
    assert told["gates"] == ["Door A"]
    assert told["event"]["slug"] == evening.slug


def test_code_opens_its_own_box_and_no_other(phone: Phone, evening: Evening) -> None:
    told = fetch(phone)
    guest = boxes.unseal(evening.helene, line(told, evening.helene)["box"])
    assert (guest["name"], guest["table"], guest["note"]) == ("Hélène Moreau", "2", "No peanuts")
    assert guest["party"] == {"arrived": 0, "expected": 2}
    with pytest.raises(InvalidTag):
        boxes.unseal(evening.helene, line(told, evening.marc)["box"])


def test_proof_of_a_queued_scan_opens_nothing(phone: Phone, evening: Evening) -> None:
    box = line(fetch(phone), evening.helene)["box"]
    for known in (tokens.digest(evening.helene), evening.helene.lower()):
        with pytest.raises(InvalidTag):
            boxes.unseal(known, box)


def test_manifest_tells_nothing_in_plain(phone: Phone, evening: Evening) -> None:
    text = phone.get("manifest").text
    for secret in ("Moreau", "Somchai", "peanuts", "buyer@", evening.helene, evening.alone):
        assert secret not in text


def test_length_of_a_box_tells_no_names_apart(phone: Phone, evening: Evening) -> None:
    told = fetch(phone)
    assert len(line(told, evening.helene)["box"]) == len(line(told, evening.marc)["box"])


def test_nothing_new_is_told_twice(phone: Phone, evening: Evening) -> None:
    first = fetch(phone)
    again = fetch(phone, first["cursor"])
    assert (again["tickets"], again["cursor"]) == ([], first["cursor"])


def rename(model: type[Guest] | type[Party] | type[Ticket], **values: object) -> Callable[[Evening], None]:
    """A change of rows that tells nobody of it."""

    def act(_evening: Evening) -> None:
        with transaction() as session:
            session.execute(update(model).values(**values))

    return act


CHANGES: dict[str, Callable[[Evening], None]] = {
    "void": lambda evening: set_status(evening.helene, "void"),
    "unpaid": lambda evening: set_status(evening.helene, "unpaid"),
    "guest": rename(Ticket, guest_name="Another"),
    "booking": rename(Party, name="Another"),
    "note": rename(Guest, note="In a wheelchair"),
    "table": rename(Guest, table_name="9"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_no_change_is_missed(phone: Phone, evening: Evening, change: Callable[[Evening], None]) -> None:
    first = fetch(phone)
    change(evening)
    later = fetch(phone, first["cursor"])
    assert later["cursor"] > first["cursor"]
    assert line(later, evening.helene) != line(first, evening.helene)
    assert fetch(phone, later["cursor"])["tickets"] == []


@pytest.mark.both_engines
def test_admission_and_undo_are_told(pair: PairPhone, evening: Evening) -> None:
    phone, other = pair("Door A"), pair("Door B")
    cursor = fetch(other)["cursor"]
    answer = phone.scan(evening.helene)
    told = fetch(other, cursor)
    assert line(told, evening.helene)["status"] == "admitted"
    box = boxes.unseal(evening.helene, line(told, evening.helene)["box"])
    assert box["previous"] == {"at": answer["at"], "gate": "Door A"}
    assert boxes.unseal(evening.marc, line(told, evening.marc)["box"])["party"] == {"arrived": 1, "expected": 2}
    phone.post("undo", {"scan_id": answer["scan_id"]})
    assert line(fetch(other, told["cursor"]), evening.helene)["status"] == "valid"


@pytest.mark.both_engines
def test_code_that_is_gone_is_void_on_phones(phone: Phone, evening: Evening) -> None:
    cursor, new = fetch(phone)["cursor"], tokens.new_ticket_code()
    with transaction() as session:
        mine = update(Ticket).where(Ticket.code == evening.helene)
        session.execute(mine.values(code=new, code_hash=tokens.digest(new)))
    told = fetch(phone, cursor)
    assert line(told, evening.helene) == {"hash": tokens.digest(evening.helene), "status": "void", "box": None}
    assert line(told, new)["status"] == "valid"


def test_dead_ticket_names_nobody_offline_either(phone: Phone, evening: Evening) -> None:
    set_status(evening.helene, "replaced")
    one = line(fetch(phone), evening.helene)
    assert one["status"] == "replaced"
    assert boxes.unseal(evening.helene, one["box"]) == {"ticket": "0001"}


def test_cursor_of_a_later_book_starts_again(phone: Phone, evening: Evening) -> None:
    assert len(fetch(phone, 10_000)["tickets"]) == 3  # the database was restored from an older copy


def test_hours_go_along(phone: Phone, evening: Evening) -> None:
    opens = clock.now() + timedelta(hours=1)
    with transaction():
        hours.set_hours(evening.event_id, opens, None)
    event = fetch(phone)["event"]
    assert (event["opens_at"], event["closes_at"]) == (opens.isoformat(), None)


@pytest.mark.parametrize("since", ["-1", "x", "1e3", "９", "9" * 30])
def test_strange_cursor_is_refused(phone: Phone, since: str) -> None:
    response = phone.get("manifest", since=since)
    assert (response.status_code, response.json["code"]) == (422, "bad_request")  # type: ignore[index]


def test_manifest_needs_a_token(phone: Phone) -> None:
    assert phone.client.get("/door/api/manifest").status_code == 401
