"""A forwarded order link moves no money, transfers no ticket and changes no address."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from events.core.db import db
from events.guests.models import Party
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.orders.models import Order, Payment
from tests.payments.buyer.test_changing import paid, press, prove
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines

OPEN = {
    *("/o/<token>/guests", "/o/<token>/title", "/o/<token>/letters", "/o/<token>/code", "/o/<token>/proof"),
    *("/o/<token>/reminders", "/o/<token>/wishes", "/o/<token>/wishes/consents/<organiser>/withdraw"),
}
"""What the link alone may do: name guests, answer questions, say whom the gift honours, take a consent back, and have
letters sent to the order's own address, or once more to guests whose address is known."""


@dataclass(frozen=True)
class Matters:
    """What nobody may change who only has the link."""

    status: str
    email: str
    payments: list[tuple[str, int, int]]
    tickets: list[tuple[str, str, str]]
    letters: set[str]


def matters(system: System, bought: Purchase) -> Matters:
    with system.looking():
        order = db.session.get_one(Order, bought.id)
        party = db.session.get_one(Party, order.party_id)
        payments = db.session.scalars(select(Payment).filter_by(order_id=order.id).order_by(Payment.id))
        tickets = db.session.scalars(select(Ticket).filter_by(party_id=party.id).order_by(Ticket.id))
        return Matters(
            order.status,
            party.email,
            [(row.outcome, row.amount, row.refunded) for row in payments],
            [(row.code, row.token, row.status) for row in tickets],
            set(db.session.scalars(select(Letter.recipient_email).where(Letter.recipient_email.like("%thief%")))),
        )


def posts(system: System) -> set[str]:
    """Every address below an order's link that something can be sent to."""
    rules = system.app.url_map.iter_rules()
    return {rule.rule for rule in rules if rule.rule.startswith("/o/<token>") and "POST" in (rule.methods or ())}


def greedy(page: dict[str, str]) -> dict[str, str]:
    """A form that asks for everything at once."""
    wanted = ("email", "to", "recipient", "recipient_email", "new_email")
    return {"csrf_token": page["csrf_token"]} | dict.fromkeys(wanted, "thief@example.org") | {"amount": "1", "code": ""}


@pytest.mark.parametrize("is_paid", [True, False])
def test_every_button_behind_a_forwarded_link_leaves_what_matters_alone(
    system: System, shop: Shop, is_paid: bool
) -> None:
    bought = paid(system, shop) if is_paid else shop.buy(1)
    before, stranger = matters(system, bought), system.visitor()
    fields = greedy(
        stranger.get(f"/o/{bought.token}?lang=en").fields | stranger.get(f"/o/{bought.token}/changes").fields
    )
    assert posts(system) >= OPEN | {"/o/<token>/email", "/o/<token>/cancel"}
    for rule in sorted(posts(system)):
        address = rule.replace("<token>", bought.token).replace("<secret>", "guessed").replace("<organiser>", "own")
        answer = stranger.post(address, fields)
        if rule not in OPEN and "<secret>" not in rule:
            assert answer.status in (403, 404), rule
    system.work()
    assert matters(system, bought) == before


def test_letters_asked_for_by_a_stranger_go_to_the_buyer_alone(system: System, shop: Shop) -> None:
    bought, stranger = paid(system, shop), system.visitor()
    sent = len(system.letters_to(bought.email))
    press(stranger, bought, "code", email="thief@example.org")
    stranger.post(f"/o/{bought.token}/letters", greedy(stranger.get(f"/o/{bought.token}").fields))
    system.work()
    assert len(system.letters_to(bought.email)) == sent + 2
    assert system.letters_to("thief@example.org") == []


def test_the_proof_of_one_order_opens_no_other(system: System, shop: Shop) -> None:
    mine, other = shop.buy(1), shop.buy(1)
    visitor = system.visitor()
    prove(system, visitor, mine)
    assert press(visitor, other, "cancel").status == 403
    system.go_on(15 * 60 + 1)
    assert press(visitor, mine, "cancel").status == 403
    assert (mine.seen().status, other.seen().status) == ("held", "held")
