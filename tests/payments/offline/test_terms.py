"""Account and fees: written down by who keeps the money of the house, shown to buyers, and from which day on."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from events.catalogue.models import Event, FeeRate, Organisation
from events.core.db import db, transaction
from events.core.i18n import in_language
from events.core.trail import TrailEntry
from payments.orders import fees
from tests.support.staff import Staff, make_app, set_the_table
from tests.support.visitor import Answer

PAGE = "/treasury/dinner/terms"


@pytest.fixture
def staff(sqlite_url: str) -> Iterator[Staff]:
    """A house with its dinner."""
    app = make_app(sqlite_url)
    with app.app_context():
        yield set_the_table(app)


def send(staff: Staff, what: str, who: str = "owner", **fields: str) -> Answer:
    """Fill a form of the page in."""
    with staff.signed_in(who) as browser:
        page = Answer(200, {}, browser.get(PAGE).data)
        answer = browser.post(f"{PAGE}/{what}", data={"csrf_token": page.fields.get("csrf_token", "")} | fields)
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers}, answer.data)


def card() -> fees.Rate:
    """What a card costs the dinner."""
    return fees.card_rate(db.session.scalars(select(Event).filter_by(slug="dinner")).one())


def day(ahead: int) -> str:
    """A day from today on, as browsers send it."""
    return (fees.today(db.session.get_one(Event, 1).organisation) + timedelta(ahead)).isoformat()


def test_the_account_is_what_letters_name(staff: Staff) -> None:
    typed = "Alliance\r\n\r\n  Bank of the river \r\nTH00 0000"
    assert send(staff, "account", account=typed).status == 303
    db.session.rollback()
    assert db.session.scalars(select(Organisation.bank_account)).first() == "Alliance\nBank of the river\nTH00 0000"
    assert "account.changed" in db.session.scalars(select(TrailEntry.action)).all()


def test_who_enters_a_transfer_without_an_account_is_led_to_where_it_is_entered(staff: Staff) -> None:
    assert send(staff, "account", account="").status == 303
    link = f'href="{PAGE}#h-account"'
    with staff.signed_in("owner") as browser:
        assert link in browser.get("/treasury/dinner/orders/new").text
    assert send(staff, "account", account="TH00 0000").status == 303
    with staff.signed_in("owner") as browser:
        assert link not in browser.get("/treasury/dinner/orders/new").text


def test_a_rate_holds_from_its_day_on(staff: Staff, turn_clock: Callable[[timedelta], None]) -> None:
    before = card()
    assert send(staff, "rates", method="card", percent="2,9", fixed="7", holds_from=day(3)).status == 303
    assert send(staff, "rates", method="promptpay", percent="0", fixed="", holds_from=day(0)).status == 303
    db.session.expire_all()
    assert card() == before
    with staff.signed_in("owner") as browser:
        page = browser.get(PAGE).text
    assert ("2.90% + ฿7" in page, "not yet" in page) == (True, True)
    turn_clock(timedelta(days=4))
    assert card() == fees.Rate(290, 700)


def test_ways_of_paying_are_said_in_the_readers_language(staff: Staff) -> None:
    for method in ("card", "promptpay"):
        assert send(staff, "rates", method=method, percent="3", fixed="", holds_from=day(0)).status == 303
    with in_language("fr"), staff.signed_in("owner") as browser:
        shown = re.findall(">(Carte|PromptPay|Card|card)<", browser.get(PAGE).text)
        assert Counter(shown) == {"Carte": 2, "PromptPay": 2}  # in the list, and to choose from
        told = browser.get("/manage/trail").text
    assert "Moyen de paiement\u00a0: Carte" in told
    assert "Moyen de paiement\u00a0: PromptPay" in told


def test_said_again_for_the_same_day_the_later_word_counts(staff: Staff) -> None:
    for percent in ("3", "2.55"):
        assert send(staff, "rates", method="card", percent=percent, fixed="", holds_from=day(0)).status == 303
    db.session.expire_all()
    assert [(row.rate_bp, row.fixed) for row in db.session.scalars(select(FeeRate))] == [(255, 0)]
    assert card() == fees.Rate(255, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": "a lot"},
        {"percent": "3.655"},
        {"percent": "120"},
        {"fixed": "ten"},
        {"percent": "", "fixed": ""},
        {"method": "shells"},
        {"ahead": "-1"},
    ],
)
def test_what_is_no_rate_is_said_and_nothing_is_lost(staff: Staff, fields: dict[str, str]) -> None:
    ahead = int(fields.pop("ahead", "0"))
    good = {"method": "card", "percent": "3", "fixed": "10", "holds_from": day(ahead)}
    answer = send(staff, "rates", **good | fields)
    assert (answer.status, 'aria-invalid="true"' in answer.text) == (422, True)
    assert db.session.scalars(select(FeeRate)).all() == []


@pytest.mark.parametrize("who", ["organiser", "door", "stranger", "nobody"])
def test_nobody_else_sees_or_changes_it(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        assert browser.get(PAGE).status_code in (302, 404)
    assert send(staff, "account", who, account="mine").status in (302, 400, 404)
    with transaction():
        assert "mine" not in db.session.scalars(select(Organisation.bank_account)).all()
