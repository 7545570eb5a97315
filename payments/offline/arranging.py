"""Orders that staff enter or take over: cash and invitations settle at once, a transfer keeps its seats until a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from events.catalogue.codes import find_code
from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.parties import new_party
from events.mail import outbox
from payments.checkout.begin import Buyer
from payments.checkout.fulfilling import Money, fulfil
from payments.ledger import posting
from payments.offline import invoicing, late
from payments.offline.models import Arrangement
from payments.orders import keeping, lapsing, placing
from payments.orders.models import Order
from payments.orders.pricing import Line, Quote, Wish, quote

TRIGGERS = {
    "cash": "paid in cash",
    "door": "paid in cash at the door",
    "transfer": "the transfer came",
    "comp": "invited",
}


@dataclass(frozen=True)
class Terms:
    """How it is to be paid. `until` is when the seats of a transfer go back; a company wants an invoice."""

    way: str  # cash, door, transfer, comp
    until: datetime
    company: str = ""
    tax_id: str = ""
    address: str = ""
    note: str = ""


def enter(event: Event, wish: Wish, buyer: Buyer, terms: Terms, actor: str) -> Order:
    """A new order by staff, after hours and hidden tickets included. Raises SoldOut, UsedUp, Refusal."""
    priced = quote(event, wish, clock.now(), find_code(event.id, wish.code), by_staff=True)
    if terms.way == "comp":
        priced = _invited(priced)
    elif priced.total == 0:
        raise Refusal("nothing_due", _("This order costs nothing: enter it as an invitation."), field="way")
    _demand_account(event, terms)
    party = new_party(event.id, buyer.name, buyer.email, buyer.phone, buyer.language)
    order = placing.place(event, party, priced, terms.until, terms.way, actor)
    keeping.hold(order, priced)
    _arrange(order, terms, actor)
    return order


def take_over(order_id: int, terms: Terms, actor: str) -> Order:
    """An order that waits for a card is to be paid otherwise. Its pay page is closed afterwards (closing.close_page).

    Raises Refusal: not_waiting, no_account. Who pays by card meanwhile has paid; a second payment goes back by itself.
    """
    order = placing.lock(order_id)
    if order.status not in ("held", "waiting") or order.way != "stripe" or terms.way == "comp":
        raise Refusal("not_waiting", _("This order does not wait for a card any more."), status=409)
    _demand_account(order.event, terms)
    if order.status == "waiting":
        placing.move(order, "held", "to be paid in another way", actor)
    changed(update(Order).where(Order.id == order.id).values(way=terms.way, held_until=terms.until))
    db.session.refresh(order)
    _arrange(order, terms, actor)
    return order


def settle_now(order: Order, terms: Terms, actor: str) -> None:
    """The money of an order that waits for a card is here already, in cash or on the account: nobody is asked for it.

    In the caller's transaction, the order locked; close its pay page afterwards. Raises Refusal not_waiting.
    """
    if order.status not in ("held", "waiting") or order.way != "stripe" or terms.way not in ("cash", "transfer"):
        raise Refusal("not_waiting", _("This order does not wait for a card any more."), status=409)
    if order.status == "waiting":
        placing.move(order, "held", "to be paid in another way", actor)
    changed(update(Order).where(Order.id == order.id).values(way=terms.way))
    db.session.refresh(order)
    _write_down(order, terms, actor)
    _settle(order, actor, TRIGGERS[terms.way])


def money_came(order_id: int, actor: str) -> Order:
    """The transfer is on the account: tickets, books, letter, receipt. Late money takes its seats again.

    Where the seats have gone to others the order is `refund_due`, and the money is owed until somebody has sent it back
    (payments/offline/late.py). Raises Refusal not_waiting.
    """
    order = placing.lock(order_id)
    if order.way != "transfer" or order.status not in ("held", "expired", "cancelled"):
        raise Refusal("not_waiting", _("This order does not wait for a transfer."), status=409)
    trigger = "the transfer came"
    if order.status != "held":
        if not _retake(order):
            late.owe(order, _money(order), actor)
            return order
        trigger = "late money, seats taken again"
    _settle(order, actor, trigger)
    return order


def _demand_account(event: Event, terms: Terms) -> None:
    """A letter that asks for a transfer says where to: without an account it would name a sum and no way to pay it."""
    if terms.way == "transfer" and not event.organisation.bank_account:
        sentence = _("No bank account is entered yet, so the buyer could not be told where to send the money.")
        raise Refusal("no_account", sentence, field="way")


def _retake(order: Order) -> bool:
    try:
        with db.session.begin_nested():
            keeping.retake(order)
    except keeping.GONE:
        return False
    return True


def _arrange(order: Order, terms: Terms, actor: str) -> None:
    _write_down(order, terms, actor)
    if terms.way == "transfer":
        _await(order)
    else:
        _settle(order, actor, TRIGGERS[terms.way])
    if terms.company and order.total:
        invoicing.issue(order, terms.company, terms.tax_id, terms.address, actor)


def _write_down(order: Order, terms: Terms, actor: str) -> None:
    """Who agreed on what."""
    db.session.add(
        Arrangement(
            order_id=order.id,
            way=terms.way,
            company=terms.company,
            tax_id=terms.tax_id,
            address=terms.address,
            note=terms.note,
            entered_by=actor,
            entered_at=clock.now(),
        )
    )
    db.session.flush()
    trail.note(actor, f"order.{terms.way}", order.code, order.organisation_id, total=order.total)


def _await(order: Order) -> None:
    lapsing.put(order)
    outbox.put(
        "transfer_asked",
        f"transfer-asked:{order.id}",
        **order.party.letter_to,
        order_id=order.id,
        event_id=order.event_id,
    )


def _settle(order: Order, actor: str, trigger: str) -> None:
    fulfil(order, _money(order), trigger, actor)
    if order.way == "comp":
        posting.comped(order)


def _money(order: Order) -> Money:
    """`way` names the provider; the reference is ours, and there is one for each order."""
    named = order.transfer_reference if order.way == "transfer" else order.code
    return Money(order.way, f"{order.way}:{named}:{order.id}", order.total, order.currency)


def _invited(priced: Quote) -> Quote:
    """The same places for nothing: what they are worth is the house's cost, and no gift is made of it."""
    if any(line.kind == "gift" for line in priced.lines):
        raise Refusal(
            "gift_of_guest", _("An invitation brings no gift: enter the gift as an order of its own."), field="gift"
        )
    return replace(priced, lines=tuple(_for_nothing(priced.lines)), code=None, discount=0)


def _for_nothing(lines: Sequence[Line]) -> Sequence[Line]:
    return [replace(line, amount=0, benefit=0, gift=0, comped=line.benefit) for line in lines if line.kind == "ticket"]
