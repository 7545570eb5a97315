"""Whoever only has the link of an order reads it; whoever gets its letters may change it."""

import re

import pytest
from sqlalchemy import select

from events.core.db import db
from events.guests.models import Party
from payments.buyer.models import OrderCode
from payments.orders.models import Order
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop, new_email
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.both_engines


def press(visitor: Visitor, bought: Purchase, what: str, **fields: str) -> Answer:
    """One of the buttons of the page of changes."""
    page = visitor.get(f"/o/{bought.token}/changes?lang=en")
    return visitor.post(f"/o/{bought.token}/{what}?lang=en", {"csrf_token": page.fields["csrf_token"]} | fields)


def mailed_code(system: System, bought: Purchase) -> str:
    """The digits of the newest code that reached the order's address."""
    system.work()
    letters = [letter for letter in system.letters_to(bought.email) if "code for order" in letter.subject]
    (digits,) = re.findall(r"(?m)^(\d{6})\s*$", letters[-1].text)
    return str(digits)


def prove(system: System, visitor: Visitor, bought: Purchase) -> None:
    """Ask for a code and type it."""
    assert press(visitor, bought, "code").status == 303
    assert press(visitor, bought, "proof", code=mailed_code(system, bought)).status == 303


def link_to(system: System, email: str) -> str:
    """The link that was mailed to a new address."""
    system.work()
    (link,) = re.findall(r"http://\S+/o/address/\S+", system.letters_to(email)[-1].text)
    return str(link)


def confirm(system: System, email: str) -> Answer:
    """Follow that link and press its button."""
    visitor, link = system.visitor(), link_to(system, email)
    return visitor.post(link, {"csrf_token": visitor.get(link).fields["csrf_token"]})


def address_of(system: System, bought: Purchase) -> str:
    """Where the order's letters go."""
    with system.looking():
        return db.session.scalars(select(Party.email).join(Order).where(Order.id == bought.id)).one()


def paid(system: System, shop: Shop) -> Purchase:
    """An order with its tickets."""
    bought = shop.buy(2)
    bought.pay()
    system.quiet()
    return bought


def test_a_new_address_is_confirmed_there_and_told_to_the_old_one(system: System, shop: Shop) -> None:
    bought, visitor, new = paid(system, shop), system.visitor(), new_email()
    prove(system, visitor, bought)
    assert press(visitor, bought, "email", email=new).status == 303
    assert address_of(system, bought) == bought.email
    assert bought.token not in link_to(system, new)
    assert confirm(system, new).status == 303
    system.work()
    assert address_of(system, bought) == new
    tickets = system.letters_to(new)[-1]
    assert [part.get_content_type() for part in tickets.attachments][0] == "application/pdf"
    told = system.letters_to(bought.email)[-1]
    assert "another e-mail address" in told.subject
    assert new not in told.text


def test_opening_the_link_alone_changes_nothing(system: System, shop: Shop) -> None:
    bought, visitor, new = shop.buy(1), system.visitor(), new_email()
    prove(system, visitor, bought)
    press(visitor, bought, "email", email=new)
    assert system.visitor().get(link_to(system, new)).status == 200
    assert address_of(system, bought) == bought.email


def test_a_link_is_good_once_and_for_a_day(system: System, shop: Shop) -> None:
    bought, visitor = shop.buy(1), system.visitor()
    first, second = new_email(), new_email()
    prove(system, visitor, bought)
    press(visitor, bought, "email", email=first)
    press(visitor, bought, "email", email=second)
    assert confirm(system, first).status == 303
    assert system.visitor().get(link_to(system, first)).status == 410
    assert system.visitor().get(link_to(system, second)).status == 410  # withdrawn with the first
    assert system.visitor().get("/o/address/nonsense").status == 404


def test_after_the_change_the_old_proof_opens_nothing(system: System, shop: Shop) -> None:
    bought, visitor, new = shop.buy(1), system.visitor(), new_email()
    prove(system, visitor, bought)
    press(visitor, bought, "email", email=new)
    confirm(system, new)
    assert press(visitor, bought, "email", email=new_email()).status == 403


def test_an_unpaid_order_is_called_off_and_its_pay_page_closed_first(system: System, shop: Shop) -> None:
    bought, visitor = shop.buy(3), system.visitor()
    prove(system, visitor, bought)
    assert press(visitor, bought, "cancel").status == 303
    assert shop.seats() == (0, 0)
    assert system.standin.books.get("checkout.session", bought.session_id)["status"] == "expired"
    system.quiet()
    assert bought.seen().path == ["held", "cancelled"]
    assert "This order was cancelled" in bought.page.text


def test_who_pays_while_calling_off_has_the_tickets(system: System, shop: Shop) -> None:
    bought, visitor = shop.buy(1), system.visitor()
    prove(system, visitor, bought)
    bought.pay()
    answer = press(visitor, bought, "cancel")
    assert answer.status == 409
    assert bought.seen().status == "paid"
    assert shop.seats() == (0, 1)


def test_a_paid_order_is_not_called_off(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    prove(system, visitor, bought)
    assert press(visitor, bought, "cancel").status == 409
    assert bought.seen().status == "paid"


def test_a_code_is_good_once_for_ten_minutes_and_five_tries(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    press(system.visitor(), bought, "code")
    code = mailed_code(system, bought)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert [press(system.visitor(), bought, "proof", code=wrong).status for _ in range(4)] == [422] * 4
    assert press(system.visitor(), bought, "proof", code=f" {code[:3]} {code[3:]} ").status == 303
    assert press(system.visitor(), bought, "proof", code=code).status == 422

    press(system.visitor(), bought, "code")
    code = mailed_code(system, bought)
    assert [press(system.visitor(), bought, "proof", code=wrong).status for _ in range(5)] == [422] * 5
    assert press(system.visitor(), bought, "proof", code=code).status == 422

    press(system.visitor(), bought, "code")
    code = mailed_code(system, bought)
    system.go_on(10 * 60 + 1)
    assert press(system.visitor(), bought, "proof", code=code).status == 422


def test_no_more_than_three_codes_an_hour(system: System, shop: Shop) -> None:
    bought, visitor = shop.buy(1), system.visitor()
    assert [press(visitor, bought, "code").status for _ in range(4)] == [303] * 3 + [429]
    system.go_on(3601)
    assert press(visitor, bought, "code").status == 303


def test_no_code_stands_in_the_database(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    press(system.visitor(), bought, "code")
    code = mailed_code(system, bought)
    with system.looking():
        rows = db.session.scalars(select(OrderCode).filter_by(order_id=bought.id)).all()
        assert [len(row.digest) for row in rows] == [64]
        assert code not in rows[0].digest
