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
from tests.support.desk import Treasurer, intent_of, lines_of
from tests.support.entering import Desk
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


def with_a_guest(system: System, shop: Shop) -> tuple[Purchase, str, str]:
    """An order whose first ticket Boris has, the ticket's number, and his address."""
    bought, visitor, email = paid(system, shop), system.visitor(), new_email()
    prove(system, visitor, bought)
    return bought, passed_on(system, visitor, bought, "Boris", email), email


def subjects(system: System, email: str) -> list[str]:
    """Of all that was written to an address, without the evening's name."""
    return [letter.subject.partition(":")[0] for letter in system.letters_to(email)]


def test_a_refund_from_the_desk_tells_the_guest_as_well(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought, number, email = with_a_guest(system, shop)
    assert treasurer.refund(bought, **dict.fromkeys(lines_of(bought), "all")).status == 303
    system.quiet()
    assert subjects(system, email) == ["Your ticket", "Your ticket is no longer valid"]
    said = " ".join(system.letters_to(email)[-1].text.split())
    assert "is not kept any more." in said
    assert f"Ticket {number} is void now" in said


def test_when_stripe_refuses_the_refund_the_guest_reads_that_the_ticket_is_valid_again(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought, number, email = with_a_guest(system, shop)
    system.standin.control("faults", refund_status="failed")
    treasurer.refund(bought, **dict.fromkeys(lines_of(bought), "all"))
    system.quiet()
    assert subjects(system, email) == ["Your ticket", "Your ticket is no longer valid", "Your ticket is valid again"]
    letter = system.letters_to(email)[-1]
    for part in (letter.text, letter.html):
        said = " ".join(part.split())
        assert f"Ticket {number} is valid again: what we wrote before holds no longer." in said
        assert [word for word in ("฿", "refund", bought.email, bought.token) if word in said] == []
    assert [part.get_content_type() for part in letter.attachments] == ["application/pdf", "text/calendar"]
    system.standin.control("faults", refund_status="succeeded")
    treasurer.refund(bought, **dict.fromkeys(lines_of(bought), "all"))
    system.quiet()
    assert subjects(system, email)[3:] == ["Your ticket is no longer valid"]


def test_a_lost_dispute_tells_the_guest_and_so_does_the_bank_that_changes_its_mind(system: System, shop: Shop) -> None:
    bought, _number, email = with_a_guest(system, shop)
    dispute = system.standin.control("dispute", payment_intent=intent_of(bought))["id"]
    system.quiet()
    assert subjects(system, email) == ["Your ticket"]
    system.standin.control("dispute", dispute=dispute, outcome="lost")
    system.quiet()
    assert subjects(system, email)[1:] == ["Your ticket is no longer valid"]
    system.standin.control("dispute", dispute=dispute, outcome="won")
    system.quiet()
    assert subjects(system, email)[2:] == ["Your ticket is valid again"]


def test_an_invitation_taken_back_tells_the_guest(system: System, desk: Desk) -> None:
    bought, guest, email = desk.entered("comp", 2), system.visitor(), new_email()
    address = f"/t/{tokens(bought)[0]}/guest"
    fields = {"csrf_token": guest.get(address).fields["csrf_token"], "diet": "", "name": "Anna", "email": email}
    assert guest.post(address, fields).status == 303
    assert desk.treasurer.press(bought, "tickets/void", note="cannot come").status == 303
    system.work()
    assert subjects(system, email) == ["Your ticket", "Your ticket is no longer valid"]
