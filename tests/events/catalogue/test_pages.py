"""What the event page says, decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from events.catalogue.models import Event, Quota, TicketType
from events.catalogue.pages import Sum, places_of, stage

EVENING = datetime(2027, 2, 28, 12, tzinfo=UTC)


def event(status: str = "published") -> Event:
    return Event(
        status=status,
        starts_at=EVENING,
        ends_at=EVENING + timedelta(hours=4),
        sales_end_at=EVENING - timedelta(hours=30),
        time_zone="Asia/Bangkok",
    )


def quota(number: int, size: int, sold: int = 0, held: int = 0) -> Quota:
    return Quota(id=number, size=size, sold=sold, held=held)


@pytest.mark.parametrize(
    ("hours", "any_left", "expected"),
    [(-48, True, "on_sale"), (-48, False, "sold_out"), (-30, True, "closed"), (1, True, "closed"), (4, True, "past")],
)
def test_stage_follows_the_clock_and_the_places(hours: int, any_left: bool, expected: str) -> None:
    assert stage(event(), EVENING + timedelta(hours=hours), any_left) == expected


def test_cancelled_and_archived_evenings_say_so_whatever_the_hour() -> None:
    assert stage(event("cancelled"), EVENING - timedelta(days=60), True) == "cancelled"
    assert stage(event("archived"), EVENING - timedelta(days=60), True) == "past"


def test_early_seats_are_part_of_the_room_and_not_counted_twice() -> None:
    seats, early = quota(1, 96, sold=50, held=4), quota(2, 24, sold=24)
    dinner = event()
    dinner.ticket_types = [TicketType(quotas=[seats], bundle_size=1), TicketType(quotas=[seats, early], bundle_size=1)]
    assert places_of(dinner) == (42, 96)


def test_two_rooms_add_up() -> None:
    hall, balcony = quota(1, 60, sold=10), quota(2, 20)
    dinner = event()
    dinner.ticket_types = [TicketType(quotas=[hall], bundle_size=1), TicketType(quotas=[balcony], bundle_size=1)]
    assert places_of(dinner) == (70, 80)


def test_an_evening_without_places_has_none() -> None:
    dinner = event()
    dinner.ticket_types = []
    assert places_of(dinner) == (0, 0)


def test_bar_is_filled_up_to_the_goal() -> None:
    raised = Sum(gifts=126_700, benefits=69_600, goal=350_000)
    assert raised.percent == 56
    assert raised.gift_share == pytest.approx(0.362)
    assert raised.meal_share == pytest.approx(0.19886, abs=1e-4)


def test_bar_beyond_the_goal_is_full_and_no_fuller() -> None:
    raised = Sum(gifts=300, benefits=100, goal=200)
    assert raised.percent == 200
    assert raised.gift_share + raised.meal_share == 1


def test_percent_is_never_rounded_up_to_the_goal() -> None:
    assert Sum(gifts=9_999, benefits=0, goal=10_000).percent == 99
    assert Sum(gifts=1, benefits=0, goal=0).percent == 0
