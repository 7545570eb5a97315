"""A sell-out: far more buyers than seats within a minute, and a Stripe that takes 25 requests a second and no more.

The full dose, with its report: `.venv/bin/python -m pytest -m soak -s tests/walks/test_sell_out.py`.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from events.core import clock
from tests.support.browsing import watch
from tests.support.chromium import launched
from tests.support.crowd import Crowd, Dose, gathered, many_before
from tests.support.crowd_report import report
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop
from tests.walks.test_pages import faults_of

HOUR = 3600
LONGEST = 120.0
"""Seconds until everything that was paid must be settled."""


def until_settled(crowd: Crowd, paid: int) -> None:
    """Wait for the worker, which has much to do."""
    end = clock.monotonic() + LONGEST
    while crowd.seats()[1] < paid and clock.monotonic() < end:
        clock.pause(0.2)


def late_comers(crowd: Crowd) -> None:
    """Those who went from the pay page lose their seats by Stripe's proof; who was refused comes back for them."""
    crowd.system.standin.control("faults", reset=True)
    crowd.system.go_on(HOUR)
    end = clock.monotonic() + LONGEST
    while crowd.seats()[0] and clock.monotonic() < end:
        clock.pause(0.2)
    refused = (one for one in crowd.buyers if one.ended == "refused")
    while crowd.seats()[1] < crowd.dose.seats:
        one = next(refused)
        one.number, one.at = one.number * 20 + 1, 0.0  # nobody leaves any more
        one.live()
        assert one.ended == "paid"
        until_settled(crowd, crowd.seats()[1] + 1) if crowd.seats()[0] else None


def sells_out(database_url: str, folder: Path, dose: Dose) -> None:
    """Exactly the seats are sold, nobody overtakes, nobody loses what was once kept."""
    with gathered(database_url, folder, dose) as crowd:
        crowd.come()
        ended = [one.ended for one in crowd.buyers]
        served, paid = ended.count("paid") + ended.count("left"), ended.count("paid")
        until_settled(crowd, paid)
        print("\n" + report(crowd))  # noqa: T201 - `-s` shows it
        assert set(ended) == {"paid", "left", "refused"}
        assert served == dose.seats
        assert {status for _what, status in crowd.statuses} == {200, 302, 303, 409}
        assert crowd.seats() == (dose.seats - paid, paid)
        assert crowd.lost_seats() == 0
        assert crowd.lined_up() > 0
        assert max(crowd.overtaken()) <= 25
        late_comers(crowd)
        crowd.system.settle_up()
        assert (crowd.seats(), crowd.tickets()) == ((0, dose.seats), dose.seats)
        assert crowd.system.violations() == []


def test_a_rush_is_served_in_line(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(tmp_path / "clock"))
    sells_out(database_url, tmp_path, Dose(buyers=60, seconds=1, seats=40))


@pytest.mark.soak
@pytest.mark.both_engines
def test_two_thousand_buyers_in_a_minute_for_five_hundred_seats(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(tmp_path / "clock"))
    sells_out(database_url, tmp_path, Dose(buyers=2000, seconds=60, seats=500))


@pytest.mark.browser
def test_the_page_tells_the_place_in_line_and_goes_on_by_itself(system: System) -> None:
    shop = Shop(system, open_evening(system))
    form = shop.filled(2)
    many_before(system, 3)
    answer = shop.send(form)
    with launched() as browser:
        watching = watch(system)
        page = watching.over(browser.new_context(locale="en-GB").new_page())
        page.goto(f"{system.url}{answer.location}?lang=en")
        expect(page.get_by_role("heading", name="Your seats are kept")).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile(r"Your place in line \d+"))).to_be_visible()
        assert faults_of(page) == []
        system.go_on(3)
        system.work()
        expect(page).to_have_url(re.compile(re.escape(system.standin.url)), timeout=30_000)
        assert (watching.complaints, watching.strangers) == ([], [])
