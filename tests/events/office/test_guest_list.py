"""The guest list and the figures, as the organiser sees them."""

from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select, update

from events.core import tokens
from events.core.db import db, transaction
from events.core.folding import folded
from events.core.i18n import money
from events.door.models import ENTRANCE, Admission, Device, Presence
from events.guests.models import Guest
from events.office import guest_list
from events.tickets.models import Ticket
from tests.support.staff import NOON, Staff, sell

LIST = "/manage/dinner/guests"


@pytest.fixture
def evening(staff: Staff) -> Staff:
    """Six tickets of three buyers at the dinner, one at the other charity's ball."""
    with staff.app.app_context(), transaction():
        sell("dinner", "A7K2Q", "Hélène Moreau", [("Hélène Moreau", "No peanuts"), (None, "")])
        sell("dinner", "C8P4X", "ณัฐพงษ์ ศรีสุวรรณ", [("ณัฐพงษ์ ศรีสุวรรณ", ""), ("Ngô Thị Hương", "Vegetarian")])
        sell("dinner", "E5V6N", "100% Real_Name", [("O'Brien", ""), ("Đặng Sœur", "")])
        sell("ball", "Z9Z9Z", "Hélène Elsewhere", [("Hélène Elsewhere", "")])
        hers = select(Ticket.id).where(Ticket.guest_name == "Ngô Thị Hương")
        db.session.execute(update(Guest).where(Guest.ticket_id.in_(hers)).values(table_name="Jasmine"))
    return staff


def check_in(staff: Staff, number: int) -> None:
    with staff.app.app_context(), transaction():
        ticket = db.session.scalars(select(Ticket).where(Ticket.event_id == 1, Ticket.number == number)).one()
        device = Device(
            event_id=1,
            gate="Door",
            name="A telephone",
            token_digest=tokens.digest("telephone"),
            paired_at=NOON,
            expires_at=NOON + timedelta(days=200),
            revoked_at=None,
        )
        db.session.add(device)
        db.session.flush()
        db.session.add(Presence(ticket_id=ticket.id, check_list=ENTRANCE, scan_id="scan-1"))
        db.session.add(
            Admission(
                event_id=1,
                ticket_id=ticket.id,
                check_list=ENTRANCE,
                scan_id="scan-1",
                device_id=device.id,
                gate="Door",
                at=NOON,
                device_at=None,
                offline=False,
                undoes=None,
            )
        )


def numbers(staff: Staff, query: str = "", shown: str = "all") -> list[int]:
    with staff.app.app_context():
        return [line.ticket.number for line in guest_list.find(1, query, shown).lines]


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("helene", [1, 2]),
        ("HÉLÈNE moreau", [1, 2]),
        ("moreau helene", [1, 2]),
        ("ngo thi huong", [4]),
        ("ศรีสุวรรณ", [3, 4]),
        ("o’brien", [5]),
        ("dang soeur", [6]),
        ("100%", [5, 6]),
        ("%", [5, 6]),
        ("_", [5, 6]),
        ("a7k2q@example.org", [1, 2]),
        ("0004", [4]),
        ("jasmine", [4]),
        ("elsewhere", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_part_of_name_address_number_or_table_finds_whatever_the_accents(
    evening: Staff, query: str, found: list[int]
) -> None:
    assert numbers(evening, query) == found


def test_the_list_can_be_narrowed(evening: Staff) -> None:
    check_in(evening, 3)
    with evening.app.app_context(), transaction():
        db.session.execute(update(Ticket).where(Ticket.number == 6).values(status="void"))
        db.session.execute(update(Ticket).where(Ticket.number == 5).values(status="replaced"))
    shown = {name: numbers(evening, shown=name) for name in (*guest_list.SHOWN, "what?")}
    assert shown == {
        "all": [1, 2, 3, 4, 6],
        "unnamed": [2],
        "notes": [1, 4],
        "arrived": [3],
        "missing": [1, 2, 4],
        "unseated": [1, 2, 3],
        "void": [6],
        "what?": [1, 2, 3, 4, 6],
    }


def test_the_page_shows_names_notes_and_when_somebody_came(evening: Staff) -> None:
    check_in(evening, 4)
    with evening.signed_in("organiser") as browser:
        page = browser.get(LIST).text
    assert "No peanuts" in page
    assert "Name to come" in page
    assert "14/11/2026 12:00" in page
    assert "Hélène Elsewhere" not in page


def test_an_undone_admission_is_no_arrival(evening: Staff) -> None:
    check_in(evening, 4)
    with evening.app.app_context(), transaction():
        db.session.execute(update(Presence).values(scan_id=None))
    assert numbers(evening, shown="arrived") == []
    with evening.signed_in("organiser") as browser:
        assert "14/11/2026 12:00" not in browser.get(LIST).text


def test_what_was_typed_is_kept_and_harmless(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        page = browser.get(LIST, query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "Nobody fits" in page


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "3"])
def test_a_page_that_is_not_there_gives_one_that_is(evening: Staff, page: str) -> None:
    with evening.signed_in("organiser") as browser:
        answer = browser.get(LIST, query_string={"page": page})
    assert answer.status_code == 200
    assert "Hélène Moreau" in answer.text


def test_long_lists_come_in_pages_of_fifty_with_few_queries(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        for table in range(12):
            sell("dinner", f"T{table:04}", "A company", [(f"Guest {table} {seat}", "") for seat in range(8)])
    asked: list[str] = []
    with evening.app.app_context():
        listening.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        first = guest_list.find(1)
        assert (len(first.lines), first.found, first.first, first.last, first.has_next) == (50, 102, 1, 50, True)
        assert {line.ticket.ticket_type.name["en"] for line in first.lines} == {"A seat"}
        last = guest_list.find(1, page=3)
        assert ([line.ticket.number for line in last.lines], last.has_next) == ([101, 102], False)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 4


def test_folding_keeps_the_marks_that_are_letters() -> None:
    assert folded("Ngô Thị HƯƠNG") == "ngo thi huong"
    assert folded("ก้อง") == "ก้อง"
    assert folded("ﬁn ＡＢＣ") == "fin abc"


def test_figures_tell_sold_held_left_raised_and_checked_in(evening: Staff) -> None:
    check_in(evening, 1)
    with evening.signed_in("treasurer") as browser:
        page = " ".join(browser.get("/manage/dinner").text.split())
    for words in (
        f"raised of {money(35_000_000, 'THB', 'en')}",
        "12,100",
        f"Gifts {money(850_000, 'THB', 'en')}",
        f"Meals {money(360_000, 'THB', 'en')}",
        "<dt>seats sold</dt><dd>6</dd>",
        "<dt>kept, and not paid for yet</dt><dd>2</dd>",
        "<dt>name still missing</dt><dd>1</dd>",
        "<dt>checked in, of 6 expected</dt><dd>1</dd>",
        '<td class="num">91</td>',
    ):
        assert words in page, words


def test_the_treasurer_is_not_led_to_what_guests_confided(evening: Staff) -> None:
    with evening.signed_in("treasurer") as browser:
        page = browser.get("/manage/dinner").text
    assert LIST not in page
    assert "peanuts" not in page
