"""The same evening another year: its weekday, its hours, and nothing that was sold."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.editor.creating import retitled, same_weekday
from tests.events.editor.conftest import Desk, save, typed
from tests.support.staff import Staff, sell


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        (date(2026, 2, 22), 2027, date(2027, 2, 28)),  # the fourth Sunday
        (date(2027, 2, 28), 2028, date(2028, 2, 27)),
        (date(2026, 5, 31), 2027, date(2027, 5, 30)),  # a fifth Sunday
        (date(2026, 8, 29), 2027, date(2027, 8, 28)),  # a fifth Saturday where there are four
        (date(2024, 2, 29), 2025, date(2025, 2, 27)),
    ],
)
def test_the_fourth_sunday_stays_the_fourth_sunday(day: date, year: int, expected: date) -> None:
    assert same_weekday(day, year) == expected


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(2000, 2099))
def test_weekday_and_month_stay_whatever_the_year(day: date, year: int) -> None:
    moved = same_weekday(day, year)
    assert (moved.year, moved.month, moved.weekday()) == (year, day.month, day.weekday())
    assert abs((moved.day - 1) // 7 - (day.day - 1) // 7) <= 1


def test_a_title_with_its_year_names_the_new_one() -> None:
    titles = {"en": "Gala 2026", "th": "งานกาลา ๒๕๖๙ (2569)", "fr": "Le gala"}
    assert retitled(titles, 2026, 2027) == {"en": "Gala 2027", "th": "งานกาลา ๒๕๖๙ (2570)", "fr": "Le gala"}


def test_a_copy_moves_every_hour_by_the_same_days_and_takes_no_sale_along(
    browser: FlaskClient, staff: Staff, desk: Desk
) -> None:
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
        event = db.session.query(Event).filter_by(slug="dinner").one()
        event.ticket_types[0].sales_end_at = datetime(2038, 1, 31, 15, 0, tzinfo=UTC)
    page = "/manage/dinner/edit/copy"
    assert typed(browser, page)["starts_at"] == "2039-02-26T19:00"  # the fourth Saturday, as 27 February 2038 is
    answer = save(browser, page, {"title-en": "Dinner once more"})
    assert answer.headers["Location"] == "/manage/dinner-once-more-2039/edit?said=copied"
    old, new = desk.event("dinner"), desk.event("dinner-once-more-2039")
    assert (new.status, new.version, new.next_ticket_number, new.cover) == ("draft", 1, 1, None)
    assert new.starts_at == datetime(2039, 2, 26, 12, 0, tzinfo=UTC)
    assert new.ends_at - new.starts_at == old.ends_at - old.starts_at
    assert new.starts_at - new.sales_end_at == old.starts_at - old.sales_end_at
    (kind,), (quota,) = new.ticket_types, new.quotas
    assert kind.public_id != old.ticket_types[0].public_id
    assert kind.sales_end_at == datetime(2039, 1, 30, 15, 0, tzinfo=UTC)
    assert (kind.price, kind.benefit, [one.id for one in kind.quotas]) == (250_000, 120_000, [quota.id])
    assert (quota.size, quota.held, quota.sold) == (96, 0, 0)
    assert old.quotas[0].sold == 3


def test_hours_of_the_clock_stay_across_summer_time(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, draft, {"time_zone": "Europe/Paris", "starts_at": "2038-04-03T19:00", "ends_at": "2038-04-03T23:00",
                          "sales_end_at": "2038-03-27T18:00"})  # fmt: skip
    assert typed(browser, f"{draft}/copy")["starts_at"] == "2039-04-02T19:00"
    save(browser, f"{draft}/copy", {})
    copy = desk.event("keep-a-place-2039")
    assert copy.starts_at == datetime(2039, 4, 2, 17, 0, tzinfo=UTC)
    assert copy.sales_end_at == datetime(2039, 3, 26, 17, 0, tzinfo=UTC)  # six in the evening, one hour nearer to UTC's
