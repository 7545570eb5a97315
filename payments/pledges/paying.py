"""Money for a table: a gift there and then, or a pledge that is paid. One pledge is paid by one order, whoever pays.

The order is made at the first try and taken up again at every later one, so that a second payment of the same pledge is
what it is for every order: a duplicate, which goes back by itself.
"""

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.parties import new_party
from events.table_codes.models import TableCode
from payments.checkout import begin
from payments.checkout.begin import Buyer
from payments.gateway.parameters import SESSION_LIFE
from payments.offline import arranging
from payments.offline.arranging import Terms
from payments.offline.models import Arrangement
from payments.orders import placing
from payments.orders.models import Order
from payments.orders.placing import Placed
from payments.orders.pricing import Quote, Wish, check_total, quote
from payments.pledges import course
from payments.pledges.models import OWED, Pledge, TableGift


class PressedTwice(Refusal):
    """Somebody else has just made the order that pays this pledge: look again, and it is there."""

    def __init__(self) -> None:
        sentence = _("Somebody is paying this promise at this moment. Please press the button once more.")
        super().__init__("pressed_twice", sentence, status=409)


AGAIN = "its promise is being paid again"
TAKEN_UP = ("expired", "failed", "cancelled")


def priced(event: Event, amount: int, *, by_card: bool = True) -> Quote:
    """A gift and nothing else, in minor units, whatever the hours of sale. Raises Refusal: too_small, too_large."""
    found = quote(event, Wish({}, gift=amount), clock.now(), by_staff=True)
    if by_card:
        check_total(found)
    return found


def give(code: TableCode, amount: int, giver: Buyer, *, is_shown: bool) -> tuple[Placed, int]:
    """A gift now, credited to the table: the order and the id of its first attempt."""
    order, attempt = begin.begin(code.event, priced(code.event, amount), giver)
    _credit(order, code.id, is_shown)
    return order, attempt.id


def pay_by_card(token: str) -> tuple[Order | Placed, int | None]:
    """The order that pays this pledge, and the attempt for which a pay page is to be opened; None where there is one.

    In the caller's transaction. Raises Refusal: not_owed, and PressedTwice.
    """
    pledge = course.get_by_token(token)
    if pledge.order_id is None or pledge.status == "withdrawn":
        _demand_owed(pledge)
    if pledge.order_id is None:
        placed, attempt = begin.begin(pledge.event, priced(pledge.event, pledge.amount), _giver(pledge))
        _claim(pledge, placed)
        return placed, attempt.id
    order = placing.lock(pledge.order_id)
    if order.status not in TAKEN_UP or order.way != "stripe":
        return order, None
    _demand_owed(pledge)
    _take_up(order, "buyer")
    return order, begin.begin_again(order).id


def money_is_here(pledge: Pledge, way: str, note: str, actor: str) -> Order:
    """Staff have the money, in `way` cash or transfer: books, receipt and letter as for any order entered by hand.

    In the caller's transaction; close the pay page afterwards (offline.closing). Raises Refusal: not_owed, invoiced,
    on_its_way.
    """
    order = _order(pledge, actor)
    if order.way == "transfer":
        if way != "transfer":
            sentence = _("This promise was invoiced: it waits for a transfer, and is settled by one.")
            raise Refusal("invoiced", sentence, status=409)
        arranging.money_came(order.id, actor)
    else:
        arranging.settle_now(order, Terms(way, clock.now(), note=note), actor)
    return order


def invoice(pledge: Pledge, terms: Terms, actor: str) -> Order:
    """The pledge is to be paid by transfer, with an invoice where a company is named; a letter says how.

    In the caller's transaction; close the pay page afterwards. Raises Refusal: not_owed, invoiced, on_its_way.
    """
    order = _order(pledge, actor)
    if order.way == "transfer":
        raise Refusal("invoiced", _("This promise waits for a transfer already."), status=409)
    return arranging.take_over(order.id, terms, actor)


def arrangement_of(pledge: Pledge) -> Arrangement | None:
    """How it is to be paid, where staff agreed on a transfer."""
    if pledge.order_id is None:
        return None
    return db.session.scalar(select(Arrangement).where(Arrangement.order_id == pledge.order_id))


def _order(pledge: Pledge, actor: str) -> Order:
    """The pledge's order, waiting to be paid and ours until the transaction ends."""
    if pledge.order_id is None:
        _demand_owed(pledge)
        event, giver = pledge.event, _giver(pledge)
        party = new_party(event.id, giver.name, giver.email, giver.phone, giver.language)
        until = clock.now() + SESSION_LIFE
        order = placing.place(event, party, priced(event, pledge.amount, by_card=False), until, "stripe", actor)
        _claim(pledge, order)
        return order
    order = placing.lock(pledge.order_id)
    db.session.refresh(pledge)  # who had the lock before may have paid
    _demand_owed(pledge)
    if order.status == "processing":
        raise Refusal("on_its_way", _("Money for this promise is on its way already."), status=409)
    if order.status in TAKEN_UP and order.way == "stripe":
        _take_up(order, actor)
    return order


def _take_up(order: Order, actor: str) -> None:
    placing.move(order, "held", AGAIN, actor)
    placing.keep_until(order, clock.now() + SESSION_LIFE)


def _claim(pledge: Pledge, order: Order | Placed) -> None:
    """The order is the pledge's own, for good. Two at once: the second is told, and its order undone."""
    free = (Pledge.id == pledge.id, Pledge.order_id.is_(None), Pledge.status.in_(OWED))
    if not changed(update(Pledge).where(*free).values(order_id=order.id)):
        raise PressedTwice
    db.session.refresh(pledge)
    _credit(order, pledge.code_id, pledge.is_shown)


def _credit(order: Order | Placed, code_id: int, is_shown: bool) -> None:
    db.session.add(TableGift(order_id=order.id, code_id=code_id, is_shown=is_shown))
    db.session.flush()


def _demand_owed(pledge: Pledge) -> None:
    if pledge.status not in OWED:
        sentence = _("This promise was paid or withdrawn meanwhile: there is nothing more to pay.")
        raise Refusal("not_owed", sentence, status=409)


def _giver(pledge: Pledge) -> Buyer:
    return Buyer(pledge.who, pledge.email, pledge.phone, pledge.language)
