"""What a guest's telephone meets at a table: a form that says what is wrong, limits, and nobody's name."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from events.core import clock
from events.core.db import changed, db, end_reading, transaction
from payments.guarding import admitting, breaker
from payments.guarding.models import Tally
from payments.orders.models import Order
from payments.pledges import appeals, routes, totals
from payments.pledges.models import TableGift
from tests.support import world as w
from tests.support.room import HOME, evening, open_room, pledge


def newest() -> int:
    """The id of the last order."""
    end_reading()
    return int(db.session.scalar(select(func.max(Order.id))) or 0)


def test_a_gift_at_a_table_is_an_order_that_is_credited_to_it(house: Flask) -> None:
    room = open_room(house)
    answer = room.give(suggested="1000", gift="")
    assert answer.status_code == 303
    order = w.order(newest())
    assert [(line.kind, line.amount, line.gift) for line in order.lines] == [("gift", 100_000, 100_000)]
    room.give(number=2, gift="700")
    assert totals.of_event(room.world.event_id).paid == 0
    w.pay(order.id)
    w.pay(newest())
    paid = {one.code.label: one.paid for one in totals.by_table(room.world.event_id)}
    assert paid == {"": 0, "1": 100_000, "2": 70_000}


def test_giving_goes_on_after_tickets_are_no_longer_sold(house: Flask, turn_clock: Callable[[timedelta], None]) -> None:
    room, ahead = open_room(house), w.DINNER - clock.now()
    turn_clock(ahead + timedelta(hours=2))
    assert room.give().status_code == 303
    turn_clock(ahead + timedelta(days=4))
    assert room.give().status_code == 409
    page = room.browser.get(f"/p/{room.token()}?lang=en", base_url=HOME)
    assert "Give now" not in page.text
    assert "is over" in page.text


def test_mistakes_are_said_and_nothing_typed_is_lost(house: Flask) -> None:
    room = open_room(house)
    answer = room.give(gift="a lot", name="", email="nowhere")
    assert answer.status_code == 422
    for words in ("Please give an amount", "Please tell us your name", 'value="a lot"', 'value="nowhere"'):
        assert words in answer.text
    assert room.give(gift="1").status_code == 422  # no card takes one baht
    assert room.give("promise", gift="1").status_code == 422
    assert (newest(), room.pledges()) == (0, [])


def test_a_card_that_nobody_printed_opens_nothing(house: Flask) -> None:
    room = open_room(house)
    assert room.browser.get("/p/AAAAAAAAAAAAAAAAAAAAAA", base_url=HOME).status_code == 404
    assert room.browser.get("/pledges/AAAAAAAAAAAAAAAAAAAAAA", base_url=HOME).status_code == 404
    assert len({code.token for code in room.codes()}) == 3
    assert min(len(code.token) for code in room.codes()) >= 22


def counted(times: int) -> None:
    """So many orders were made from everywhere in these ten minutes."""
    with transaction():
        changed(update(Tally).values(count=times))


def test_one_table_cannot_be_used_to_test_cards_without_end(house: Flask) -> None:
    room = open_room(house)
    room.give()
    counted(routes.AT_ONE_TABLE)
    assert room.give(email="another@example.org").status_code == 429
    assert room.give("promise", email="another@example.org").status_code == 429
    assert room.give(number=2, email="another@example.org").status_code == 303  # the next table goes on giving


def test_a_room_behind_one_address_gives_together_and_an_attacker_is_stopped(house: Flask) -> None:
    room = open_room(house)
    behind = {"REMOTE_ADDR": "203.0.113.7"}
    assert room.give(number=None, environ=behind).status_code == 303
    counted(admitting.PER_ADDRESS)
    assert room.give(number=None, environ=behind, email="b@example.org").status_code == 303
    counted(routes.FROM_ONE_NETWORK)
    assert room.give(number=None, environ=behind, email="c@example.org").status_code == 429
    assert room.give("promise", number=None, environ=behind, email="d@example.org").status_code == 429


def test_while_cards_are_being_tested_gifts_and_promises_wait_for_a_pass(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    breaker.note_decline("pi_of_a_tester")
    counted(breaker.DECLINES_A_MINUTE + 1)
    page = room.give("promise", gift="777")
    assert page.status_code == 429
    for words in (f'action="/p/{room.token()}?lang=en"', 'name="way" value="promise"', 'name="gift" value="777"'):
        assert words in page.text
    assert room.give().status_code == 429
    waits = room.pay(pledge_id)
    assert (waits.status_code, f'action="/pledges/{pledge(pledge_id).token}/payments"' in waits.text) == (429, True)
    assert (newest(), len(room.pledges())) == (0, 1)


def test_a_name_is_shown_only_to_who_ticked_and_while_the_organiser_wants(house: Flask) -> None:
    room = open_room(house)
    room.give("promise", shown="1", name="Ngô Thị Hương")
    room.give("promise", name="Secret Giver", email="s@example.org")
    room.give(shown="1", name="Not Paid", email="n@example.org")
    event = evening(room)
    appeal = appeals.find(event.id)
    assert appeal is not None
    assert list(totals.shown(event, appeal).names) == []
    with transaction():
        appeals.agree(evening(room), appeals.Terms("gifts", True, True, 7, 1, 90), "account:1")
    event, appeal = evening(room), appeals.find(room.world.event_id)
    assert appeal is not None
    assert list(totals.shown(event, appeal).names) == ["Ngô Thị Hương"]
    w.pay(newest())
    assert set(totals.shown(evening(room), appeal).names) == {"Ngô Thị Hương", "Not Paid"}
    screen = room.browser.get(f"/e/dinner/screen/{appeal.token}?lang=en", base_url=HOME).text
    assert "Ngô Thị Hương" in screen
    assert "Secret Giver" not in screen
    assert pledge(room.pledges()[1].id).is_shown is False
    with transaction():
        changed(update(Order).values(status="refunded"))
    assert list(totals.shown(evening(room), appeal).names) == ["Ngô Thị Hương"]  # what went back is thanked for no more
    assert db.session.scalar(select(func.count()).select_from(TableGift)) == 1


def test_the_screen_tells_paid_from_promised_and_meals_only_where_they_count(house: Flask) -> None:
    room = open_room(house)
    w.pay(w.buy(room.world, {"seat": 1}, gift=50_000))
    room.give("promise", gift="2000")
    appeal = appeals.find(room.world.event_id)
    assert appeal is not None
    shown = totals.shown(evening(room), appeal)
    assert (shown.gifts, shown.meals, shown.promised, shown.percent) == (110_000, 0, 200_000, 1)
    with transaction():
        appeals.agree(evening(room), appeals.Terms("all", False, False, 7, 1, 90), "account:1")
    appeal = appeals.find(room.world.event_id)
    assert appeal is not None
    shown = totals.shown(evening(room), appeal)
    assert (shown.paid, shown.meals, shown.promised) == (200_000, 90_000, 0)
    page = room.browser.get(f"/e/dinner/screen/{appeal.token}", base_url=HOME)
    assert page.headers["Cache-Control"] == "no-store"
    assert room.browser.get("/e/dinner/screen/another", base_url=HOME).status_code == 404
