"""How the evening fills, for those who look on."""

from datetime import timedelta
from uuid import uuid4

from flask.testing import FlaskClient

from events.core import clock, tokens
from events.door import board, codes
from tests.events.door.conftest import Evening, Phone


def test_board_counts_tables_and_says_which_is_complete(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.helene)
    found = board.of_event(evening.event_id)
    assert found.figures == {"arrived": 1, "expected": 3}
    assert [(line.name, line.arrived, line.expected) for line in found.tables] == [("2", 1, 1), ("", 0, 2)]
    assert [line.is_complete for line in found.tables] == [True, False]


def test_arrival_without_a_network_counts_when_it_was(phone: Phone, evening: Evening) -> None:
    phone.scan(evening.alone)
    earlier = (clock.now() - timedelta(minutes=30)).isoformat()
    one = {"scan_id": str(uuid4()), "hash": tokens.digest(evening.helene), "proof": codes.proof(evening.helene)}
    phone.post("scans", {"scans": [one | {"offline": True, "at": earlier}]})
    steps = board.of_event(evening.event_id).arrivals
    assert (len(steps), steps[0].guests, steps[-1].guests) == (7, 1, 1)
    assert sum(step.guests for step in steps) == 2


def test_who_was_let_out_again_did_not_arrive(phone: Phone, evening: Evening) -> None:
    phone.post("undo", {"scan_id": phone.scan(evening.alone)["scan_id"]})
    assert list(board.of_event(evening.event_id).arrivals) == []


def test_page_shows_it(phone: Phone, organiser: FlaskClient, evening: Evening) -> None:
    phone.scan(evening.helene)
    page = organiser.get(f"/manage/{evening.slug}/door/board?lang=en").text
    for said in ("1 guest has arrived, of 3 expected.", "Complete", "Without a table", "<rect"):
        assert said in page
