"""Where one is signed in: seen, ended one by one or all at once, and what an ended session is worth."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events.core.db import db
from events.team import sessions
from events.team.models import StaffSession
from tests.events.team.steps import Turn, enter, is_in
from tests.support.staff import Staff

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0"


def rows(staff: Staff, who: str = "treasurer") -> list[StaffSession]:
    """The sessions of somebody, oldest first."""
    with staff.app.app_context():
        mine = select(StaffSession).where(StaffSession.account_id == staff.accounts[who])
        return list(db.session.scalars(mine.order_by(StaffSession.id)))


def test_an_ended_session_opens_nothing_even_with_its_cookie(staff: Staff) -> None:
    lost, own = enter(staff), enter(staff)
    cookie = lost.get_cookie("bonsoir")
    assert cookie is not None
    assert own.post(f"/manage/account/sessions/{rows(staff)[0].id}/end").status_code == 303
    assert (is_in(lost), is_in(own)) == (False, True)
    thief = staff.app.test_client()
    thief.set_cookie("bonsoir", cookie.value)
    assert not is_in(thief)


def test_after_signing_out_the_cookie_of_before_is_worth_nothing(staff: Staff) -> None:
    browser = enter(staff)
    cookie = browser.get_cookie("bonsoir")
    assert cookie is not None
    assert browser.post("/sign-out").status_code == 303
    browser.set_cookie("bonsoir", cookie.value)
    assert not is_in(browser)


def test_everywhere_else_leaves_this_one_and_those_of_others(staff: Staff) -> None:
    browsers, colleague = [enter(staff) for _browser in range(3)], enter(staff, "owner")
    assert browsers[1].post("/manage/account/sessions/end", data={"which": "others"}).status_code == 303
    assert [is_in(browser) for browser in (*browsers, colleague)] == [False, True, False, True]


def test_everywhere_is_this_one_too(staff: Staff) -> None:
    browsers = [enter(staff) for _browser in range(2)]
    answer = browsers[0].post("/manage/account/sessions/end")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert [is_in(browser) for browser in browsers] == [False, False]


def test_nobody_ends_the_session_of_another(staff: Staff) -> None:
    browser, owner = enter(staff), enter(staff, "owner")
    address = f"/manage/account/sessions/{rows(staff, 'owner')[0].id}/end"
    assert browser.post(address).status_code == 404
    assert is_in(owner)


def test_ones_own_page_says_where_and_when_and_keeps_half_an_address(staff: Staff) -> None:
    staff.app.config["TRUSTED_PROXIES"] = ("127.0.0.1",)
    from_afar = {"User-Agent": IPHONE, "X-Forwarded-For": "203.0.113.77"}
    browser = enter(staff, headers=from_afar)
    page = browser.get("/manage/account").text
    assert ("Safari · iPhone" in page, "203.0.…" in page, "this one" in page) == (True, True, True)
    assert rows(staff)[0].place == "203.0.…"


def test_a_session_nobody_uses_ends_after_a_fortnight(staff: Staff, turn_clock: Turn) -> None:
    browser, idle = enter(staff), enter(staff)
    turn_clock(timedelta(days=8))
    assert is_in(browser)
    turn_clock(timedelta(days=15))
    assert (is_in(browser), is_in(idle)) == (True, False)


def test_a_session_ends_after_ninety_days_however_much_it_is_used(staff: Staff, turn_clock: Turn) -> None:
    browser = enter(staff)
    for days in range(10, 90, 10):
        turn_clock(timedelta(days=days))
        assert is_in(browser), days
    turn_clock(timedelta(days=90, minutes=1))
    assert not is_in(browser)


def test_that_a_session_is_used_is_written_every_few_minutes(staff: Staff, turn_clock: Turn) -> None:
    browser = enter(staff)
    before = rows(staff)[0].seen_at
    is_in(browser)
    assert rows(staff)[0].seen_at == before
    turn_clock(timedelta(minutes=6))
    is_in(browser)
    assert rows(staff)[0].seen_at - before > timedelta(minutes=5)


def test_the_token_is_not_stored(staff: Staff) -> None:
    browser = enter(staff)
    with browser.session_transaction() as cookie:
        token = cookie["staff_session"]
    assert all(token not in str(vars(row)) for row in rows(staff))


def test_a_cookie_of_one_account_with_the_session_of_another_is_nobodys(staff: Staff) -> None:
    browser = enter(staff)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = str(staff.accounts["owner"])
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox · Linux"), (IPHONE, "Safari · iPhone"), (EDGE, "Edge · Windows"), ("curl/8.0", ""), ("", "")],
)
def test_browsers_are_known_by_name(agent: str, name: str) -> None:
    assert sessions.device_of(agent) == name


@pytest.mark.parametrize(
    ("network", "place"), [("203.0.113.77", "203.0.…"), ("2001:db8:1:2::/64", "2001:db8:…"), (None, "")]
)
def test_of_an_address_half_is_kept_at_most(network: str | None, place: str) -> None:
    assert sessions.place_of(network) == place


def test_where_one_was_months_ago_is_forgotten(staff: Staff, turn_clock: Turn) -> None:
    enter(staff)
    turn_clock(timedelta(days=91))
    enter(staff)
    assert len(rows(staff)) == 1


def test_who_came_in_and_who_did_not_is_in_the_log_and_nobody_is_named(
    staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bonsoir")
    stranger = staff.app.test_client()
    assert stranger.post("/sign-in/no-such-link").status_code == 403
    assert stranger.post("/sign-in/code", data={"code": "123456"}).status_code == 403
    enter(staff)
    told = [(line.getMessage(), line.__dict__["facts"]) for line in caplog.records if line.name == "bonsoir"]
    assert told == [
        ("sign-in refused", {"how": "link"}),
        ("sign-in refused", {"how": "code"}),
        ("signed in", {"how": "letter"}),
    ]
