"""The evening in a guest's calendar."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest

from events.core import clock
from events.tickets.calendar import event_calendar

NOON = datetime(2027, 2, 28, 12, 0, tzinfo=UTC)
FOUR = datetime(2027, 2, 28, 16, 0, tzinfo=UTC)
EVENING: dict[str, Any] = {
    "uid": "un-soir@bonsoir.test",
    "title": "Un soir, pour elles; à table",
    "starts_at": NOON,
    "ends_at": FOUR,
    "time_zone": "Asia/Bangkok",
    "location": "Bonjour Bonsoir, Bangkok",
    "description": "Table 2\nUn code, une entrée",
    "url": "https://bonsoir.test/e/un-soir",
    "organiser_name": "Alliance Anti Trafic",
    "sequence": 3,
}


def calendar(**changed: str | datetime) -> icalendar.Calendar:
    parsed = icalendar.Calendar.from_ical(event_calendar(**{**EVENING, **changed}))
    assert isinstance(parsed, icalendar.Calendar)
    return parsed


def entry(**changed: str | datetime) -> icalendar.Event:
    return calendar(**changed).events[0]


def test_the_entry_says_what_where_and_until_when() -> None:
    event = entry()
    assert event.uid == "un-soir@bonsoir.test"
    assert event.summary == "Un soir, pour elles; à table"
    assert event.location == "Bonjour Bonsoir, Bangkok"
    assert event.description == "Table 2\nUn code, une entrée"
    assert (event.start, event.end) == (NOON, FOUR)
    assert event.sequence == 3
    assert event.contacts == ["Alliance Anti Trafic"]


def test_the_hour_is_the_hour_at_the_table() -> None:
    written = event_calendar(**EVENING).decode()
    assert "DTSTART;TZID=Asia/Bangkok:20270228T190000\r\n" in written
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Bangkok\r\n" in written


@pytest.mark.parametrize(("month", "hour"), [(1, 13), (7, 14)])
def test_the_rules_of_summer_time_come_along(month: int, hour: int) -> None:
    starts = datetime(2027, month, 15, 12, tzinfo=UTC)
    file = calendar(time_zone="Europe/Paris", starts_at=starts, ends_at=starts.replace(hour=16))
    zone = file.timezones[0].to_tz(lookup_tzid=False)
    local = file.events[0].start
    assert isinstance(local, datetime)
    assert local.hour == hour
    assert local.replace(tzinfo=zone) == starts


def test_thai_is_folded_between_characters_and_reads_back_whole() -> None:
    title = "ค่ำคืนหนึ่งเพื่อพวกเธอ " * 6
    written = event_calendar(**{**EVENING, "title": title})
    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert entry(title=title).summary == title.strip()


def test_a_title_cannot_add_lines_of_its_own() -> None:
    event = entry(title="Un soir\r\nATTENDEE:mailto:x@example.org\x07", url="https://bonsoir.test/\r\nATTENDEE:x")
    assert event.summary == "Un soir ATTENDEE:mailto:x@example.org"
    assert "ATTENDEE" not in event


def test_the_stamp_comes_from_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda *_file: datetime(2026, 12, 24, 18, 0, 5, 99, tzinfo=UTC))
    assert b"DTSTAMP:20261224T180005Z\r\n" in event_calendar(**EVENING)
