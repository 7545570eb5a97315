"""An evening that moves to another day: its end and the end of its sale move along, unless somebody sets them."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browsing import coming_dinner, sign_in
from tests.support.evening import System

pytestmark = pytest.mark.browser


def test_end_and_sale_follow_the_beginning_until_they_are_set_by_hand(system: System, browser: Browser) -> None:
    with browser.new_page(locale="en-GB", timezone_id="Europe/Paris") as page:
        sign_in(page, system, "organiser@example.org")
        page.goto(f"{system.url}/manage/{coming_dinner(system).slug}/edit")
        begins, ends, sales = (page.get_by_label(re.compile(f"^{name}")) for name in ("Begins", "Ends", "Ticket sales"))
        before = [one.input_value() for one in (begins, ends, sales)]
        day, hour = before[0].split("T")
        begins.fill(f"2039-{day[5:]}T{hour}")
        expect(ends).to_have_value(f"2039{before[1][4:]}")
        expect(sales).to_have_value(f"2039{before[2][4:]}")
        expect(page.get_by_role("status").filter(has_text="Moved along with the beginning.")).to_have_count(2)
        begins.fill("")  # half a date
        expect(ends).to_have_value(f"2039{before[1][4:]}")
        ends.fill("2040-01-01T03:00")
        begins.fill(before[0])
        expect(ends).to_have_value("2040-01-01T03:00")
        expect(sales).to_have_value(before[2])
