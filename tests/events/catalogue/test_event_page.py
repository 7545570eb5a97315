"""The event page as a visitor meets it."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sqlalchemy_events
from sqlalchemy import update

from events.catalogue.finding import find_raised, record_raised
from events.catalogue.models import Event, Organisation, Quota
from events.core import clock
from events.core.db import db
from tests.events.catalogue.conftest import changes, evening

QUERIES = 7  # of a page that is not kept yet, two of them whether it is; see test_kept.py


def change(visitor: FlaskClient, **values: object) -> None:
    """The evening as it stands after somebody changed it."""
    with changes(visitor.application):
        db.session.execute(update(Event).where(Event.slug == "dinner").values(**values))


def text(visitor: FlaskClient, address: str = "/e/dinner?lang=en") -> str:
    """The page's HTML."""
    answer = visitor.get(address)
    assert answer.status_code == 200
    return answer.text


def test_page_says_what_when_where_and_for_how_much(visitor: FlaskClient) -> None:
    page = text(visitor)
    for said in ("An evening [en]", "A dinner [en]", "Two houses [en]", "Bonjour Bonsoir", "A seat [en]", "2,500"):
        assert said in page
    assert 'href="/e/dinner/order?lang=en">Get tickets</a>' in page
    assert "96 of 96 seats still free" in page


def test_every_block_is_shown_in_the_pages_language(visitor: FlaskClient) -> None:
    for code in ("fr", "en", "th"):
        page = text(visitor, f"/e/dinner?lang={code}")
        assert f'<html lang="{code}">' in page
        for title in ("Cause", "Programme", "Figures", "Story", "With", "Reading", "Questions", "Help"):
            assert f"{title} [{code}]" in page


def test_cause_comes_before_the_prices_and_help_last(visitor: FlaskClient) -> None:
    page = text(visitor)
    places = [
        page.index(mark) for mark in ("Cause [en]", 'id="carte"', "Figures [en]", 'id="come"', "With [en]", "Help [en]")
    ]
    assert places == sorted(places)


def test_no_script_or_style_stands_in_the_page(visitor: FlaskClient) -> None:
    page = text(visitor)
    assert "<script" not in page
    assert "<style" not in page
    assert not re.search(r"\sstyle=", page)


def test_address_without_language_leads_to_that_of_cookie_browser_or_event(visitor: FlaskClient) -> None:
    def leads_to(**headers: str) -> str | None:
        answer = visitor.get("/e/dinner", headers=headers)
        assert answer.status_code == 302
        assert {"Accept-Language", "Cookie"} <= set(answer.vary)
        return answer.location

    assert leads_to() == "/e/dinner?lang=fr"
    assert leads_to(**{"Accept-Language": "th,en;q=0.5"}) == "/e/dinner?lang=th"
    assert leads_to(**{"Accept-Language": "de"}) == "/e/dinner?lang=fr"
    visitor.set_cookie("lang", "en")
    assert leads_to(**{"Accept-Language": "th"}) == "/e/dinner?lang=en"


def test_unknown_language_is_led_to_a_known_one(visitor: FlaskClient) -> None:
    assert visitor.get("/e/dinner?lang=xx").location == "/e/dinner?lang=fr"


def test_language_is_remembered_only_when_chosen(visitor: FlaskClient) -> None:
    seen = visitor.get("/e/dinner?lang=th")
    assert "Set-Cookie" not in seen.headers
    assert seen.cache_control.public
    chosen = visitor.get("/e/dinner?lang=th&chosen=1")
    assert chosen.location == "/e/dinner?lang=th"
    assert "lang=th" in chosen.headers["Set-Cookie"]
    assert visitor.get("/e/dinner").location == "/e/dinner?lang=th"


def test_unchanged_page_is_not_sent_again(visitor: FlaskClient) -> None:
    tag = visitor.get("/e/dinner?lang=en").headers["ETag"]
    assert visitor.get("/e/dinner?lang=en", headers={"If-None-Match": tag}).status_code == 304


def test_page_asks_the_database_few_questions(app: Flask, visitor: FlaskClient) -> None:
    with changes(visitor.application):
        evening("yesterday", starts_at=clock.now() - timedelta(days=1))
    for slug in ("dinner", "yesterday"):
        asked: list[str] = []

        def note(*arguments: object, asked: list[str] = asked) -> None:
            if str(arguments[2]) != "BEGIN":
                asked.append(str(arguments[2]))

        with app.app_context():
            engine = db.engine
        sqlalchemy_events.listen(engine, "before_cursor_execute", note)
        text(visitor, f"/e/{slug}?lang=en")
        sqlalchemy_events.remove(engine, "before_cursor_execute", note)
        assert 0 < len(asked) <= QUERIES, asked


def test_draft_is_not_found_by_strangers(visitor: FlaskClient) -> None:
    change(visitor, status="draft")
    assert visitor.get("/e/dinner?lang=en").status_code == 404
    assert visitor.get("/e/dinner/calendar.ics").status_code == 404


def test_cancelled_evening_says_so_and_sells_nothing(visitor: FlaskClient) -> None:
    change(visitor, status="cancelled", cancelled_at=clock.now())
    page = text(visitor)
    assert "This evening is cancelled." in page
    assert "Get tickets" not in page


def test_past_evening_is_thanked_for_and_sells_nothing(visitor: FlaskClient) -> None:
    now = clock.now()
    change(
        visitor,
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(days=2, hours=-4),
        sales_end_at=now - timedelta(days=3),
    )
    with changes(visitor.application):
        record_raised(db.session.query(Event).one().id, 10_000_000, 5_000_000)
        evening("next")
    page = text(visitor)
    assert "This evening is over." in page
    assert "is-past" in page
    assert "What the evening raised" in page
    assert "150,000" in page
    assert "Get tickets" not in page
    assert 'href="/e/next?lang=en"' in page


def test_closed_sales_leave_the_carte_but_no_button(visitor: FlaskClient) -> None:
    change(visitor, sales_end_at=clock.now() - timedelta(minutes=1))
    page = text(visitor)
    assert "Tickets are no longer sold online." in page
    assert "Get tickets" not in page
    assert "A seat [en]" in page


def test_emptied_early_seats_are_struck_and_said(visitor: FlaskClient) -> None:
    with changes(visitor.application):
        db.session.execute(update(Quota).where(Quota.name == "early").values(sold=24))
    page = text(visitor)
    assert "All 24 are taken" in page
    assert page.count("<del>") == 1


def test_full_room_still_takes_gifts(visitor: FlaskClient) -> None:
    with changes(visitor.application):
        db.session.execute(update(Quota).where(Quota.name == "seats").values(sold=90, held=6))
    page = text(visitor)
    assert "All seats are taken." in page
    assert "Get tickets" not in page
    assert 'href="/e/dinner/order?lang=en&amp;gift=1000#giving">Give without coming</a>' in page


def test_those_who_cannot_come_find_a_line_on_the_carte(visitor: FlaskClient) -> None:
    assert 'href="/e/dinner/order?lang=en&amp;gift=1000#giving">I can’t come, I give</a>' in text(visitor)


def test_sum_raised_grows_by_what_payments_report(visitor: FlaskClient) -> None:
    for gifts, benefits in ((1_000_000, 240_000), (500_000, 0), (-500_000, -120_000)):
        with changes(visitor.application):
            record_raised(db.session.query(Event).one().id, gifts, benefits)
    assert "11,200" in text(visitor)


@pytest.mark.both_engines
def test_reports_of_payments_add_up_on_both_engines(app: Flask) -> None:
    for _turn in range(3):
        with changes(app):
            record_raised(db.session.query(Event).one().id, 7, 5)
    with app.app_context():
        found = find_raised(db.session.query(Event).one().id)
    assert found is not None
    assert (found.gifts, found.benefits) == (21, 15)


def test_search_engines_find_each_language(visitor: FlaskClient) -> None:
    page = text(visitor)
    for code in ("fr", "en", "th"):
        assert f'hreflang="{code}" href="http://localhost/e/dinner?lang={code}"' in page
    assert 'itemtype="https://schema.org/SocialEvent"' in page
    assert 'property="og:title" content="An evening [en]"' in page


def test_accent_has_an_address_of_its_own_that_may_be_kept(visitor: FlaskClient) -> None:
    match = re.search(r'href="(/accent/house\.css\?v=178-75)"', text(visitor))
    assert match
    sheet = visitor.get(match[1])
    assert sheet.mimetype == "text/css"
    assert "immutable" in sheet.headers["Cache-Control"]
    assert "--hour:" in sheet.text
    assert visitor.get("/accent/nobody.css").status_code == 404


def test_house_without_accent_keeps_the_blue_hour(visitor: FlaskClient) -> None:
    with changes(visitor.application):
        db.session.execute(update(Organisation).values(accent_hue=None))
    assert "/accent/" not in text(visitor)


def test_calendar_holds_the_evening(visitor: FlaskClient) -> None:
    answer = visitor.get("/e/dinner/calendar.ics?lang=en")
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:An evening [en]" in answer.text
