"""What was missing in the drawer is no fee: figures and the page side by side name it alike, and by itself."""

import re
from datetime import date

from events.catalogue.models import Event
from events.core.db import db, end_reading
from payments.figures import reckoning
from tests.payments.box_office.conftest import Door, Person


def shown(page: str, words: str) -> list[str]:
    """The amounts that stand beside these words in a list, without their marks."""
    found: list[str] = re.findall(rf"<dt>{words}</dt><dd>(.*?)</dd>", page)
    return [re.sub(r"<[^>]+>|\s", "", one) for one in found]


def closed_short(door: Door) -> Person:
    """A treasurer whose drawer was closed with twenty baht less than was sold for."""
    treasurer, volunteer = door.person("treasurer", "Thida Count"), door.person("door", "Noi Door")
    door.phone().sold(seats=2)
    volunteer.press("count")
    for one in (treasurer, volunteer):
        one.counts(b1000=2, b500=1, b100=4, b20=4)
    for one in (volunteer, treasurer):
        assert one.signs("A note was lost").status_code == 303
    return treasurer


def test_a_short_drawer_is_the_same_and_no_fee_on_both_pages(door: Door) -> None:
    treasurer = closed_short(door)
    figures, meeting = treasurer.reads("/treasury/dinner/figures"), treasurer.reads("/treasury/dinner/reconciliation")
    for page in (figures, meeting):
        assert shown(page, "Cash over or short") == ["-฿20"]
    assert shown(figures, "Stripe’s fees") == ["฿0"]
    assert 'data-label="Cash over or short">-฿20<' in figures


def test_books_and_evening_agree_on_what_was_short(door: Door) -> None:
    closed_short(door)
    end_reading()
    event = db.session.get_one(Event, door.world.event_id)
    evening = reckoning.of_event(event).sums
    ever = date(2000, 1, 1), date(2100, 1, 1)
    (books,) = reckoning.of_period(event.organisation, *ever).values()
    for sums in (evening, books):
        assert (sums.over_short, sums.fees) == (-2_000, 0)
        assert sums.net == sums.raised - sums.cost - 2_000


def test_a_drawer_that_is_right_is_not_spoken_of(door: Door) -> None:
    treasurer = door.person("treasurer", "Thida Count")
    door.phone().sold(seats=2)
    for what in ("figures", "reconciliation"):
        assert "Cash over or short" not in treasurer.reads(f"/treasury/dinner/{what}")
