"""Giving back at the front door: behind a fresh code, seen before it is done, and paid back by Stripe."""

import re
from datetime import timedelta

import pytest

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from payments.buyer import returns
from payments.buyer.models import ReturnTerms
from tests.payments.buyer.test_changing import paid, press, prove
from tests.support.desk import Treasurer
from tests.support.evening import System
from tests.support.reading import unsaid
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines


def first_ticket(bought: Purchase) -> str:
    """The number of the order's first ticket, as its page says."""
    found = re.search(r"no\. (\d{4})", bought.page.text)
    assert found is not None
    return found[1]


def test_a_seat_goes_back_behind_a_fresh_code_and_after_a_second_look(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    choice = {"ticket": first_ticket(bought), "how": "gift"}
    assert press(visitor, bought, "seats", **choice, sure="yes").status == 403
    prove(system, visitor, bought)
    seen = press(visitor, bought, "seats", **choice)
    assert (seen.status, shop.seats()) == (200, (0, 2))
    assert "No money moves" in seen.text
    assert press(visitor, bought, "seats", **choice, sure="yes").status == 303
    system.work()
    assert shop.seats() == (0, 1)
    letter = system.letters_to(bought.email)[-1]
    assert letter.subject == "Thank you: one seat given back"
    assert "all that you paid for it is a gift." in " ".join(letter.text.split())
    assert [part.get_content_type() for part in letter.attachments] == ["application/pdf"]
    assert "its price stays a gift" in bought.page.text
    desk = Treasurer(system, shop.evening).desk(bought).text
    told = ("void, seat given back", "are a gift since seats were given back", "Seat given back, ", "given of")
    assert [words for words in told if words not in desk] == []


def test_money_goes_back_by_stripe_within_the_rules(system: System, shop: Shop) -> None:
    with system.looking(), transaction():
        event = db.session.get_one(Event, shop.evening.id)
        until = clock.now() + timedelta(days=1)
        terms = ReturnTerms(event_id=event.id, until=until, share_bp=5_000, gifts_stay=True)
        returns.set_terms(event, terms, "account:1")
    bought, visitor = paid(system, shop), system.visitor()
    choice = {"ticket": first_ticket(bought), "how": "money"}
    prove(system, visitor, bought)
    assert "฿450 go back" in press(visitor, bought, "seats", **choice).text
    assert press(visitor, bought, "seats", **choice, sure="yes").status == 303
    system.quiet()
    assert bought.seen().refunds == [("lines", "succeeded")]
    assert shop.seats() == (0, 1)
    assert "Your money is on its way back" in [letter.subject for letter in system.letters_to(bought.email)]


def test_nonsense_is_refused(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    prove(system, visitor, bought)
    number = first_ticket(bought)
    for fields in (
        {"how": "gift"},
        {"ticket": "9999", "how": "gift"},
        {"ticket": number, "how": "money"},
        {"ticket": number},
    ):
        refused = press(visitor, bought, "seats", **fields, sure="yes")
        assert (refused.status, unsaid(refused.text)) == (422, [])
    assert shop.seats() == (0, 2)
