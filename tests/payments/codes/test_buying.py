"""Codes at the order form, and orders that cost nothing, on the running system."""

from typing import Any

from sqlalchemy import select, update

from events.catalogue.codes import DiscountCode
from events.catalogue.models import Event, TicketType
from events.core import clock
from events.core.db import db, transaction
from payments.orders.models import Order
from tests.support.evening import System
from tests.support.shopping import Shop


def add_code(shop: Shop, **values: Any) -> None:
    """SPRING, 20 % unless told."""
    given: dict[str, Any] = {"percent_bp": 2_000} if "amount" not in values else {}
    with shop.system.looking(), transaction() as session:
        session.add(
            DiscountCode(event_id=shop.evening.id, code="SPRING", created_at=clock.now(), **{**given, **values})
        )


def hide_table(shop: Shop) -> None:
    """The table is for who has a code."""
    with shop.system.looking(), transaction():
        table = db.session.scalars(select(TicketType).filter_by(public_id=shop.evening.table)).one()
        table.hidden = True


def test_a_code_lowers_the_price_on_the_pay_page_too(system: System, shop: Shop) -> None:
    add_code(shop)
    bought = shop.buy(2, code=" spring ")
    assert bought.public["total"] == 240_000
    assert "SPRING" in bought.page.text or bought.public["status"] == "held"
    bought.pay()
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.payments) == ("paid", [("fulfilled", 240_000)])
    for part in (bought.page.text, system.letters_to(bought.email)[-1].text, system.letters_to(bought.email)[-1].html):
        assert "Code SPRING: ฿600 less, already taken off" in " ".join(part.split())
    assert "Tickets (PDF)" in bought.page.text


def test_the_bill_shows_the_discount_before_one_pays(shop: Shop) -> None:
    add_code(shop)
    page = shop.send(shop.filled(1, code="spring", action="total"))
    assert "Code SPRING: ฿300 less, already taken off" in page.text
    told = shop.visitor.post(f"{shop.evening.form}/quote", shop.filled(1, code="spring")).json()
    assert (told["total"], told["discount"]) == ("฿1,200", "Code SPRING: ฿300 less, already taken off")


def test_a_code_nobody_knows_is_refused_beside_its_field(shop: Shop) -> None:
    answer = shop.send(shop.filled(1, code="WINTER"))
    assert answer.status == 422
    assert "This code is not known." in answer.text
    assert 'value="WINTER"' in answer.text
    assert shop.seats() == (0, 0)


def test_hidden_tickets_are_seen_and_sold_with_their_code_only(shop: Shop) -> None:
    hide_table(shop)
    add_code(shop, percent_bp=None, opens_hidden=True)
    name = f"ticket-{shop.evening.table}"
    assert name not in shop.visitor.get(shop.evening.form).text
    assert shop.send(shop.filled(0, **{name: "1"})).status == 422
    assert name in shop.visitor.get(f"{shop.evening.form}?code=spring").text
    assert name in shop.send(shop.filled(0, code="SPRING", action="total")).text
    bought = shop.buy(0, code="SPRING", **{name: "1"})
    assert bought.public["total"] == 1_000_000


def test_an_order_that_costs_nothing_waits_for_its_address(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000)
    bought = shop.buy(2, code="spring")
    assert bought.session_id == ""
    assert (bought.public["status"], bought.public["total"]) == ("held", 0)
    assert "A letter is on its way to" in bought.page.text
    assert shop.seats() == (2, 0)
    system.work()
    link = link_for(system, bought.email)
    assert system.visitor().get(link).status == 200
    assert bought.public["status"] == "held"
    stranger = system.visitor()
    fields = {name: value for name, value in stranger.get(link).fields.items() if name == "csrf_token"}
    assert stranger.post(link, fields).status == 303
    assert stranger.post(link, fields).status == 303
    system.work()
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.path) == ("paid", ["valid", "valid"], ["held", "paid"])
    assert (seen.payments, seen.letters) == ([("fulfilled", 0)], ["confirm_order", "order_paid"])
    assert bought.public["receipts"] == []
    assert shop.seats() == (0, 2)


def test_the_link_that_confirms_is_sent_again_but_not_at_once(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000)
    bought = shop.buy(1, code="spring")
    system.work()
    fields = {"csrf_token": bought.page.fields["csrf_token"]}
    said = []
    for _press in range(3):
        said.append(bought.visitor.post(f"/o/{bought.token}/letters", fields).location.rpartition("=")[2])
        system.work()
        system.go_on(4 * 60)
    assert said == ["under_way", "under_way", "sent"]
    assert len(system.letters_to(bought.email)) == 2
    stranger = system.visitor()
    link = link_for(system, bought.email)
    assert stranger.post(link, {"csrf_token": stranger.get(link).fields["csrf_token"]}).status == 303
    assert bought.seen().status == "paid"


def test_what_costs_nothing_is_placed_and_not_paid_for(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000)
    free, paid = (shop.send(shop.filled(1, code=code, action="total")).text for code in ("spring", ""))
    assert ["Order now</button>" in page for page in (free, paid)] == [True, False]
    assert ["Continue to payment</button>" in page for page in (free, paid)] == [False, True]


def test_an_address_that_is_never_confirmed_keeps_no_seats(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000, use_limit=1)
    bought = shop.buy(1, code="spring")
    system.work()
    link = link_for(system, bought.email)
    system.go_on(2 * 3600 + 60)
    system.work()
    assert bought.seen().path == ["held", "expired"]
    assert shop.seats() == (0, 0)
    assert system.visitor().get(link).status == 410
    assert shop.send(shop.filled(1, code="spring")).status == 303


def test_a_link_confirms_nothing_once_the_evening_is_cancelled(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000)
    bought = shop.buy(1, code="spring")
    system.work()
    link = link_for(system, bought.email)
    stranger = system.visitor()
    fields = stranger.get(link).fields
    with system.looking(), transaction():
        ours, cancelled = Event.id == shop.evening.id, {"status": "cancelled", "cancelled_at": clock.now()}
        db.session.execute(update(Event).where(ours).values(**cancelled))
    assert (stranger.get(link).status, stranger.post(link, fields).status) == (410, 410)
    assert bought.seen().tickets == []


def test_a_link_of_another_order_confirms_nothing(system: System, shop: Shop) -> None:
    add_code(shop, percent_bp=10_000)
    mine, other = shop.buy(1, code="spring"), shop.buy(1, code="spring")
    system.work()
    secret = link_for(system, mine.email).rpartition("/")[2]
    assert system.visitor().get(f"/o/{other.token}/confirm/{secret}").status == 404
    with system.looking():
        assert db.session.get_one(Order, other.id).status == "held"


def link_for(system: System, email: str) -> str:
    """The address in the letter."""
    letter = system.letters_to(email)[-1]
    (link,) = [word for word in letter.text.split() if "/confirm/" in word]
    return link
