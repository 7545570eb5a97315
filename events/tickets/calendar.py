"""The evening as an entry for a guest's own calendar (iCalendar, RFC 5545)."""

import re
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import icalendar

from events.core import clock

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def event_calendar(
    *,
    uid: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
    location: str,
    description: str,
    url: str,
    organiser_name: str,
    sequence: int = 0,
    cancelled: bool = False,
) -> bytes:
    """A calendar of one event, UTF-8, lines folded and ended by CRLF.

    `starts_at` and `ends_at` are aware and appear in `time_zone` (an IANA name), whose rules come along. `uid` stays
    the same for ever and `sequence` grows with every change, so that a calendar updates its entry instead of adding
    one. The organiser is a CONTACT: an ORGANIZER would need an address, and calendars would answer to it.
    """
    zone = ZoneInfo(time_zone)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Bonsoir//Bonsoir//EN")
    calendar.add("version", "2.0")
    event = icalendar.Event.new(
        uid=uid,
        stamp=clock.now().replace(microsecond=0),
        sequence=sequence,
        start=starts_at.astimezone(zone),
        end=ends_at.astimezone(zone),
        summary=_one_line(title),
        location=_one_line(location),
        description=_printable(description),
        url=_one_line(url),
        contacts=[_one_line(organiser_name)],
        status=icalendar.STATUS.CANCELLED if cancelled else icalendar.STATUS.CONFIRMED,
    )
    calendar.add_component(_rules(time_zone, starts_at.year, ends_at.year))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


@cache
def _rules(time_zone: str, first: int, last: int) -> icalendar.Timezone:
    """The zone's rules for those years and one on both sides: all that the evening can need, without their history.

    Kept, as icalendar asks one to: it looks for a change of the hour until the year 9999.
    """
    return icalendar.Timezone.from_tzid(time_zone, first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))


def _one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    """The text without control characters, which RFC 5545 forbids; line ends stay and are escaped later."""
    return _CONTROL.sub("", text)
