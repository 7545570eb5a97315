"""The overview of an evening: sales over time, sources, arrivals, each drawn and in a table."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.door.models import ENTRANCE, Admission
from events.office import course
from events.tickets.models import Ticket
from tests.support.staff import Staff, sell


def evening() -> Event:
    return db.session.query(Event).filter_by(slug="dinner").one()


def sold(code: str, guests: int, at: datetime, source: str = "") -> None:
    """In the caller's transaction."""
    order = sell("dinner", code, code.title(), [("Somebody", "")] * guests)
    order.party.source = source
    db.session.execute(update(Ticket).where(Ticket.party_id == order.party_id).values(issued_at=at))


@pytest.mark.both_engines
def test_sales_are_counted_by_the_days_of_the_evenings_place(staff: Staff) -> None:
    today = clock.now()
    with staff.app.app_context():
        with transaction():
            late = datetime(today.year, today.month, today.day, 18, tzinfo=UTC) - timedelta(days=3)  # 1 in the morning
            sold("AAAAA", 2, late)
            sold("BBBBB", 1, late + timedelta(hours=1))
            sold("CCCCC", 4, late + timedelta(days=1))
        found = course.sales(evening())
    first = late.date() + timedelta(days=1)
    assert [(one.first, one.places, one.so_far) for one in found[:2]] == [
        (first, 3, 3),
        (first + timedelta(days=1), 4, 7),
    ]
    assert found[-1].so_far == 7


def test_a_long_sale_is_drawn_by_weeks(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction():
            sold("AAAAA", 1, clock.now() - timedelta(days=100))
            sold("BBBBB", 2, clock.now())
        found = course.sales(evening())
    assert len(found) <= course.MOST_COLUMNS
    assert {(one.last - one.first).days for one in found[:-1]} == {6}
    assert sum(one.places for one in found) == found[-1].so_far == 3


def test_sources_count_orders_and_places(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction():
            sold("AAAAA", 2, clock.now(), "newsletter")
            sold("BBBBB", 3, clock.now(), "newsletter")
            sold("CCCCC", 1, clock.now())
        found = [(one.word, one.orders, one.places) for one in course.sources(evening())]
    assert found == [("newsletter", 2, 5), ("", 1, 1)]


def test_arrivals_are_counted_by_quarters_of_an_hour(staff: Staff) -> None:
    begins = datetime(2038, 2, 27, 12, 3, tzinfo=UTC)
    with staff.app.app_context():
        with transaction() as session:
            sold("AAAAA", 4, clock.now())
            for number, minutes in enumerate((0, 4, 11, 40)):
                ticket = session.query(Ticket).order_by(Ticket.number).all()[number]
                session.add(_admission(ticket, begins + timedelta(minutes=minutes)))
        found = [(one.since.minute, one.guests, one.so_far) for one in course.arrivals(evening())]
    assert found == [(0, 3, 3), (15, 0, 3), (30, 1, 4)]


def _admission(ticket: Ticket, at: datetime) -> Admission:
    about = {"event_id": ticket.event_id, "ticket_id": ticket.id, "check_list": ENTRANCE, "at": at, "offline": False}
    return Admission(scan_id=f"scan-{ticket.id}", entered_by=1, gate="", **about)


def test_every_chart_has_a_name_and_its_numbers_in_a_table(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        sold("AAAAA", 2, clock.now(), "newsletter")
    with staff.signed_in("treasurer") as browser:
        page = browser.get("/manage/dinner").text
    charts = re.findall(r'<svg class="(?:chart|bars|bar)[^>]*role="img" aria-labelledby="([\w-]+) ([\w-]+)"', page)
    assert len(charts) == 4
    assert all(f'id="{name}"' in page and f'id="{about}"' in page for name, about in charts)
    assert page.count("<caption") == 3
    assert re.search(r'<th scope="row">newsletter</th><td class="num">1</td><td class="num">2</td>', page)
    assert "Nobody has been let in yet." in page


def test_an_evening_without_a_sale_says_so(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = browser.get("/manage/dinner").text
    assert "Nothing has been sold yet." in page


def test_what_is_left_of_a_kind_of_ticket_is_said_to_be_places(staff: Staff) -> None:
    with staff.signed_in("organiser", "fr") as browser:
        page = browser.get("/manage/dinner").text
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page.partition('aria-label="Par tarif"')[2])[:3]
    assert heads[1:] == ["Places vendues", "Places libres"]
