"""Counted cash is brought to the bank: by who keeps the money, never more than lies there, and the books follow."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.refusal import Refusal
from payments.box_office import banking
from payments.box_office.models import CashDeposit
from payments.ledger.models import BANK, DOOR_CASH, OVER_SHORT, JournalEntry
from payments.orders.models import Order
from payments.refunds import requesting
from tests.payments.box_office.conftest import Door, Person
from tests.support import world as w

pytestmark = pytest.mark.usefixtures("midday")


def today() -> date:
    """Where the house is."""
    return clock.now().astimezone(ZoneInfo("Asia/Bangkok")).date()


def count_and_close(door: Door, treasurer: Person, **pieces: int) -> None:
    """Two seats sold for 3,000 baht, change of 500; two people count these pieces and sign."""
    volunteer = door.person("door", "Noi Door")
    assert treasurer.press("float", float="500").status_code == 303
    door.phone(name="Blue phone").sold(seats=2)
    assert volunteer.press("count").status_code == 303
    for one in (treasurer, volunteer):
        assert one.counts(**pieces).status_code == 303
    for one in (treasurer, volunteer):
        assert one.signs("why not").status_code == 303


@pytest.fixture
def treasurer(door: Door) -> Person:
    """Of an evening whose drawer is closed: 3,500 baht were there, as expected."""
    treasurer = door.person("treasurer", "Thida Count")
    count_and_close(door, treasurer, b1000=3, b500=1)
    return treasurer


def brings(who: Person, amount: str, later: int = 0, carrier: str = "Thida", key: str = "") -> TestResponse:
    """The form of the page, filled in, so many days after today."""
    shown = re.findall(r'name="key" value="([^"]+)"', who.page())
    day = (today() + timedelta(days=later)).isoformat()
    return who.press("deposits", key=key or (shown or ["x" * 27])[0], amount=amount, banked_on=day, carrier=carrier)


def test_what_is_brought_leaves_the_doors_cash_for_the_bank(door: Door, treasurer: Person) -> None:
    assert "Still to be brought: ฿3,000." in treasurer.page()
    assert brings(treasurer, "2,000").status_code == 303
    page = treasurer.page()
    assert "Still to be brought: ฿1,000." in page
    assert "Thida" in page
    assert (door.on(DOOR_CASH), door.on(BANK), door.violations()) == (100_000, 200_000, [])
    end_reading()
    entry = db.session.scalars(select(JournalEntry).filter_by(ext_kind=banking.BANKED)).one()
    assert (entry.journal, entry.effective_on) == ("cash", today())


def test_never_more_than_lies_there_and_the_change_is_not_the_houses(door: Door, treasurer: Person) -> None:
    answer = brings(treasurer, "3,000.01")
    assert (answer.status_code, "No more than ฿3,000 lies there" in answer.text) == (422, True)
    assert brings(treasurer, "3000").status_code == 303
    assert brings(treasurer, "0.01").status_code == 422
    assert (door.on(DOOR_CASH), door.on(BANK), door.violations()) == (0, 300_000, [])
    assert "It was brought to the bank" not in treasurer.page()


def test_what_was_found_missing_cannot_be_brought(door: Door) -> None:
    treasurer = door.person("treasurer", "Thida Count")
    count_and_close(door, treasurer, b1000=3, b100=4)
    assert "฿100 less than expected" in treasurer.page()
    assert brings(treasurer, "3000").status_code == 422
    assert brings(treasurer, "2900").status_code == 303
    on = {account: door.on(account) for account in (DOOR_CASH, OVER_SHORT, BANK)}
    assert on == {DOOR_CASH: 0, OVER_SHORT: 10_000, BANK: 290_000}
    assert door.violations() == []


def test_cash_given_back_after_the_close_is_there_no_more(door: Door, treasurer: Person) -> None:
    end_reading()
    with transaction():
        order = db.session.scalars(select(Order)).one()
        requesting.request(order.id, requesting.Wish("key", "account:1", {order.lines[0].id: "all"}))
    assert brings(treasurer, "1500.01").status_code == 422
    assert brings(treasurer, "1500").status_code == 303
    assert (door.on(DOOR_CASH), door.violations()) == (0, [])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "0"}, "Say how much was brought."),
        ({"amount": "ten"}, "Please give an amount"),
        ({"carrier": "  "}, "Say who brought it."),
        ({"later": 1}, "The day is between"),
        ({"later": -1}, "The day is between"),
    ],
)
def test_mistakes_are_said_and_nothing_is_booked(
    door: Door, treasurer: Person, fields: dict[str, object], said: str
) -> None:
    answer = brings(treasurer, **({"amount": "100"} | fields))  # type: ignore[arg-type]
    assert (answer.status_code, said in answer.text) == (422, True)
    assert (door.on(BANK), deposits()) == (0, 0)


def deposits() -> int:
    """How many rows there are."""
    end_reading()
    found = db.session.scalars(select(func.count(CashDeposit.id))).one()
    end_reading()
    return found


def test_the_same_form_sent_twice_is_one_deposit(door: Door, treasurer: Person) -> None:
    for _ in range(2):
        assert brings(treasurer, "500", key="the-same-form-twice-0123").status_code == 303
    assert (door.on(BANK), deposits()) == (50_000, 1)


def test_a_mistake_is_taken_back_once(door: Door, treasurer: Person) -> None:
    brings(treasurer, "500")
    (address,) = re.findall(r"/cash/(deposits/[0-9]+/reversal)", treasurer.page())
    for _ in range(2):
        assert treasurer.press(address).status_code == 303
    assert "Still to be brought: ฿3,000." in treasurer.page()
    assert (door.on(DOOR_CASH), door.on(BANK), deposits(), door.violations()) == (300_000, 0, 2, [])
    assert treasurer.press("deposits/2/reversal").status_code == 404  # the taking back itself
    assert treasurer.press("deposits/77/reversal").status_code == 404


def test_nothing_is_brought_before_the_drawer_is_closed(door: Door) -> None:
    treasurer = door.person("treasurer", "Thida Count")
    door.phone().sold()
    assert brings(treasurer, "100").status_code == 409
    assert deposits() == 0


def test_only_who_keeps_the_money_brings_it_and_sees_it(door: Door, treasurer: Person) -> None:
    brings(treasurer, "500")
    for role in ("organiser", "door"):
        other = door.person(role, "Somebody")
        assert "To the bank" not in other.page()
        assert brings(other, "100").status_code == 404
        assert other.press("deposits/1/reversal").status_code == 404
    assert deposits() == 1


def test_a_deposit_is_never_changed(door: Door, treasurer: Person) -> None:
    brings(treasurer, "500")
    end_reading()
    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(update(CashDeposit).values(amount=1))


@pytest.mark.both_engines
def test_two_treasurers_at_once_bring_no_more_than_there_is(house: Flask) -> None:
    house.config["WTF_CSRF_ENABLED"] = False
    door = Door(house, w.furnish())
    count_and_close(door, door.person("treasurer", "Thida Count"), b1000=3, b500=1)

    def bring(number: int) -> str:
        try:
            with transaction() as session:
                event = session.get_one(Event, door.world.event_id)
                banking.bring(event, banking.Brought(f"form-{number}", 100_000, today(), "Thida"), "account:1")
                return "brought"
        except Refusal as refusal:
            return refusal.code

    assert sorted(w.in_threads(house, 5, bring)) == ["brought"] * 3 + ["too_much"] * 2
    assert (door.on(DOOR_CASH), door.on(BANK), door.violations()) == (0, 300_000, [])
