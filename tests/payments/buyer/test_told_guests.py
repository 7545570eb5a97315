"""A seat goes back whose ticket somebody else has: they hear of it before they stand at the door."""

import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from events.core.db import db
from events.mail.models import Letter
from tests.payments.buyer.test_changing import press, prove
from tests.payments.buyer.test_guests import paid, tokens
from tests.payments.buyer.test_returns_page import first_ticket
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop, new_email
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def passed_on(system: System, visitor: Visitor, bought: Purchase, name: str, email: str) -> str:
    """The number of the ticket that now is somebody else's."""
    passed = press(visitor, bought, "transfer", ticket=first_ticket(bought), name=name, guest_email=email)
    assert passed.status == 303
    system.work()
    found = re.search(r"Name on ticket (\d{4})</label><input [^>]*value=\"" + name, bought.page.text)
    assert found is not None
    return found[1]


def test_who_has_the_ticket_is_told_that_it_is_void_and_whom_to_ask(system: System, shop: Shop) -> None:
    bought, visitor, email = paid(system, shop), system.visitor(), new_email()
    prove(system, visitor, bought)
    choice = {"ticket": passed_on(system, visitor, bought, "Boris", email), "how": "gift"}
    seen = press(visitor, bought, "seats", **choice).text
    assert f"Ticket {choice['ticket']} (Boris) becomes void. We tell Boris by e-mail." in seen
    assert len(system.letters_to(email)) == 1
    assert press(visitor, bought, "seats", **choice, sure="yes").status == 303
    system.work()
    _ticket, letter = system.letters_to(email)
    assert letter.subject.startswith("Your ticket is no longer valid: ")
    for part in (letter.text, letter.html):
        said = " ".join(part.split())
        assert f"Ticket {choice['ticket']} is void now, and its code opens no door any more." in said
        assert "Does this surprise you? Please ask " in said
        assert [word for word in ("฿", bought.email, bought.token, str(bought.public["code"])) if word in said] == []
    assert letter.attachments == []
    assert press(visitor, bought, "seats", **choice, sure="yes").status == 422
    system.work()
    assert len(system.letters_to(email)) == 2


def test_the_letter_is_in_the_language_in_which_the_ticket_came(system: System, shop: Shop) -> None:
    bought, visitor, email = paid(system, shop), system.visitor(), new_email()
    guest, address = system.visitor(), f"/t/{tokens(bought)[0]}/guest?lang=fr"
    fields = {"csrf_token": guest.get(address).fields["csrf_token"], "diet": "", "name": "Anna", "email": email}
    assert guest.post(address, fields).status == 303
    prove(system, visitor, bought)
    assert press(visitor, bought, "seats", ticket=first_ticket(bought), how="gift", sure="yes").status == 303
    system.work()
    assert "Votre billet n’est plus valable" in system.letters_to(email)[-1].subject


def test_whoever_booked_hears_of_their_own_seat_once(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    prove(system, visitor, bought)
    number = passed_on(system, visitor, bought, "Myself", bought.email.upper())
    assert "We tell" not in press(visitor, bought, "seats", ticket=number, how="gift").text
    assert press(visitor, bought, "seats", ticket=number, how="gift", sure="yes").status == 303
    with system.looking():
        assert (
            db.session.scalars(select(Letter).filter_by(kind="ticket_void", recipient_email=bought.email)).all() == []
        )


def test_of_two_seats_given_back_the_letter_speaks_of_two(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    prove(system, visitor, bought)
    both = re.findall(r"no\. (\d{4})", bought.page.text)[:2]
    token = visitor.get(f"/o/{bought.token}/changes?lang=en").fields["csrf_token"]
    fields = {"csrf_token": token, "ticket": both, "how": "gift", "sure": "yes"}
    assert visitor.post(f"/o/{bought.token}/seats?lang=en", urlencode(fields, doseq=True).encode(), FORM).status == 303
    system.work()
    letter = system.letters_to(bought.email)[-1]
    assert letter.subject == "Thank you: 2 seats given back"
    assert "all that you paid for them is a gift." in " ".join(letter.text.split())
