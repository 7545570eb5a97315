"""The orders of an evening: found by whatever is read out over the telephone, and narrowed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.guests import parties
from events.guests.models import Guest
from events.tickets.models import Ticket
from payments.disputes.models import Dispute
from payments.orders.models import Order, Payment
from payments.orders.references import reference
from payments.treasury import listing
from payments.treasury.listing import Wanted
from tests.support.staff import NOON, Staff, sell

PAGE = "/treasury/dinner"
SOUGHT = {
    "": ["D8D4D", "R8R4R", "X8X4X", "W8W4W", "B3M9T", "A7K2Q"],
    "helene": ["A7K2Q"],
    "MOREAU hélène": ["A7K2Q"],
    "a7k2q@example.org": ["A7K2Q"],
    "b3m9t": ["B3M9T"],
    reference("W8W4W"): ["W8W4W"],
    f"your payment {reference('W8W4W')[:4]} {reference('W8W4W')[4:]}": ["W8W4W"],
    "ngo thi huong": ["A7K2Q"],
    "miu": ["A7K2Q"],
    "jasmine moreau": ["A7K2Q"],
    "jasmine expired": [],
    "o’brien": ["B3M9T"],
    "dang soeur": ["D8D4D"],
    "ศรีสุวรรณ": ["B3M9T"],
    "7,275.56": ["A7K2Q"],
    "7 275.56": ["A7K2Q"],
    "2500 waiting": ["W8W4W"],
    "pi_B3M9T": ["B3M9T"],
    "elsewhere": [],
    "Z9Z9Z": [],
    "%": [],
    "' OR 1=1 --": [],
}


@pytest.fixture
def evening(staff: Staff) -> Staff:
    """Paid, waiting, expired, given back and contested orders of the dinner; one of the ball."""
    with staff.app.app_context(), transaction():
        sell("dinner", "A7K2Q", "Hélène Moreau", [("Hélène Moreau", ""), ("Ngô Thị Hương", "")], gift=227_556)
        sell("dinner", "B3M9T", "ณัฐพงษ์ ศรีสุวรรณ", [("O'Brien", "")], paid_at=NOON + timedelta(hours=18))
        sell("dinner", "W8W4W", "Waiting", [(None, "")], paid_at=None, status="waiting")
        sell("dinner", "X8X4X", "Expired", [(None, "")], paid_at=None, status="expired")
        sell("dinner", "R8R4R", "Given Back", [("Somebody", "")], status="refunded").way = "transfer"
        contested = sell("dinner", "D8D4D", "Contested", [("Đặng Sœur", "")])
        sell("ball", "Z9Z9Z", "Hélène Elsewhere", [("Hélène Elsewhere", "")])
        payment = db.session.scalars(select(Payment).filter_by(order_id=contested.id)).one()
        about: dict[str, Any] = {"order_id": contested.id, "payment_id": payment.id, "stripe_id": "dp_1"}
        money: dict[str, Any] = {"amount": 250_000, "away": 250_000, "currency": "THB", "reason": "general"}
        db.session.add(Dispute(**about, **money, status="needs_response", opened_at=NOON, taken=0))
        hers = select(Ticket.id).where(Ticket.guest_name == "Ngô Thị Hương")
        db.session.execute(update(Guest).where(Guest.ticket_id.in_(hers)).values(table_name="4 · Jasmine", alias="Miu"))
    return staff


def found(staff: Staff, query: str = "", state: str = "", way: str = "", *, with_money: bool = True) -> list[str]:
    with staff.app.app_context():
        page = listing.find(db.session.get_one(Event, 1), Wanted(query, state, way, with_money))
        return [line.order.code for line in page.lines]


@pytest.mark.both_engines
def test_an_order_is_found_by_what_stands_with_it_its_buyer_and_its_guests(evening: Staff) -> None:
    assert {query: found(evening, query) for query in SOUGHT} == SOUGHT


def test_whoever_answers_for_some_guests_of_an_order_leads_to_it(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        group = parties.new_party(1, "Table of the choir", "choir@example.org", "", "fr")
        hers = update(Ticket).where(Ticket.guest_name == "Ngô Thị Hương").values(party_id=group.id)
        db.session.execute(hers)
    assert found(evening, "choir@example.org") == ["A7K2Q"]
    assert found(evening, "hương") == ["A7K2Q"]


def test_whoever_keeps_no_money_finds_nothing_by_amount_or_payment(evening: Staff) -> None:
    assert found(evening, "7,275.56", with_money=False) == []
    assert found(evening, "pi_B3M9T", with_money=False) == []
    assert found(evening, "helene", with_money=False) == ["A7K2Q"]


@pytest.mark.both_engines
def test_the_list_is_narrowed_by_state_and_way(evening: Staff) -> None:
    shown = {state: found(evening, state=state) for state in (*listing.STATES, listing.DISPUTED, "what?")}
    every = ["D8D4D", "R8R4R", "X8X4X", "W8W4W", "B3M9T", "A7K2Q"]
    assert shown == {
        "awaiting": ["W8W4W"],
        "paid": ["D8D4D", "B3M9T", "A7K2Q"],
        "back": ["R8R4R"],
        "review": [],
        "unpaid": ["X8X4X"],
        "cancelled": [],
        "disputed": ["D8D4D"],
        "what?": every,
    }
    assert found(evening, way="transfer") == ["R8R4R"]
    assert found(evening, "helene", "unpaid") == []
    with evening.app.app_context():
        counts = listing.counts(db.session.get_one(Event, 1))
    assert counts == {state: len(codes) for state, codes in shown.items() if state != "what?"}


@pytest.mark.both_engines
def test_a_dispute_that_was_won_is_none_any_more(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        db.session.execute(update(Dispute).values(status="won", closed_at=NOON))
    assert found(evening, state=listing.DISPUTED) == []
    with evening.app.app_context():
        assert listing.counts(db.session.get_one(Event, 1))[listing.DISPUTED] == 0


def test_the_treasurer_sees_amounts_totals_and_the_way_to_the_desk(evening: Staff) -> None:
    with evening.signed_in("treasurer") as browser:
        page = browser.get(f"{PAGE}?state=paid").text
        none = browser.get(PAGE, query_string={"q": '"><script>alert(1)</script>'}).text
        other = browser.get("/treasury/ball")
    for words in ("3 orders", "7,275.56", "12,275.56", "contested by the bank", f'href="{PAGE}/orders/A7K2Q"'):
        assert words in page, words
    assert "W8W4W" not in page
    assert "/manage/dinner/guests?q=" not in page
    assert ("No order fits." in none, "<script>alert" in none) == (True, False)
    assert other.status_code == 404


def test_the_organiser_is_led_to_the_guests_and_reads_no_amounts(evening: Staff) -> None:
    with evening.signed_in("organiser") as browser:
        page = browser.get(PAGE, query_string={"q": "helene"}).text
        assert "7,275.56" not in page
        assert "/manage/dinner/guests?q=A7K2Q" in page
        assert "/treasury/dinner/orders/" not in page
        assert "Hélène Moreau" in browser.get(PAGE).text
        assert browser.get(f"{PAGE}/orders/A7K2Q").status_code == 404
        assert f'href="{PAGE}"' in browser.get("/manage/dinner/guests").text


def test_long_lists_come_in_pages_of_fifty_with_few_queries(evening: Staff) -> None:
    with evening.app.app_context(), transaction():
        for number in range(120):
            sell("dinner", f"T{number:04}", f"Buyer {number}", [(f"Guest {number}", "")])
    asked: list[str] = []
    with evening.app.app_context():
        listening.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with evening.signed_in("owner") as browser:
        for query in ("", "buyer example.org", "guest"):
            del asked[:]
            page = browser.get(PAGE, query_string={"q": query, "page": "2"}).text
            assert ("51 to 100 of 12" in page, "T0060" in page) == (True, True), query
            assert len([one for one in asked if one.startswith("SELECT")]) <= 12, query


def test_a_page_that_is_not_there_gives_one_that_is(evening: Staff) -> None:
    with evening.signed_in("treasurer") as browser:
        for page in ("0", "-1", "99999999999999999999", "x", "3"):
            answer = browser.get(PAGE, query_string={"page": page, "q": "moreau"})
            assert (answer.status_code, "A7K2Q" in answer.text) == (200, True), page


def test_totals_are_those_of_the_file_of_orders(evening: Staff) -> None:
    with evening.app.app_context():
        event = db.session.get_one(Event, 1)
        paid = db.session.scalars(select(Order).where(Order.event_id == 1, Order.paid_at.is_not(None))).all()
        assert listing.totals(event, Wanted()).total == sum(order.total for order in paid)
        assert listing.totals(event, Wanted(state="awaiting")).total == 0


def test_the_states_to_choose_from_agree_with_the_order_in_french(evening: Staff) -> None:
    with evening.signed_in("treasurer", "fr") as browser:
        page = browser.get(PAGE).text
    shown = [said.strip() for said in re.findall(r'<option value="[a-z]+"[^>]*>([^<(]+) \(', page)]
    assert shown == [
        "En attente de paiement", "Payée", "Remboursée", "À vérifier", "En litige", "Jamais payée", "Annulée",
    ]  # fmt: skip
