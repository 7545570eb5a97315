"""A sale at the door: priced by the database, its seats held like any other's, one order for one `sale_id`.

Cash and gifts of the house settle at once, by the story of all money that no card brings. A card is paid on the guest's
own telephone: the order then waits for its pay page like one from the order form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update

from events.catalogue.models import Event, TicketType
from events.core import clock, trail
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.i18n import in_language
from events.core.refusal import NotFound, Refusal
from events.door.devices import Badge
from events.guests import naming
from payments.box_office import drawers
from payments.box_office.models import DoorSale
from payments.checkout import begin
from payments.checkout.begin import Buyer
from payments.offline import arranging
from payments.offline.arranging import Terms
from payments.orders.models import Order
from payments.orders.placing import Placed
from payments.orders.pricing import Quote, Wish, check_total, quote

MOST = 20
"""Tickets or tables of one kind in one sale: more is a typing mistake."""


@dataclass(frozen=True)
class Asked:
    """What a volunteer sells, to whom, and who sells. `shown` is the total on the phone's screen, in minor units."""

    sale_id: str
    wish: Wish
    way: str  # cash, card, comp
    seller: str
    buyer: Buyer
    shown: int | None = None


def offered(event: Event) -> Sequence[TicketType]:
    """What the door sells: everything but what a code must open, sold out or not, whatever the hours of sale."""
    return [kind for kind in event.ticket_types if not kind.hidden]


def demand(badge: Badge, way: str = "cash") -> None:
    """Raise Refusal 403 unless this phone may sell in this way: may_not_sell, may_not_comp."""
    if not badge.may_sell:
        sentence = _("This phone may not sell. An organiser can pair one that may.")
        raise Refusal("may_not_sell", sentence, status=403)
    if way == "comp" and not badge.may_comp:
        raise Refusal("may_not_comp", _("This phone may sell tickets, but not give them away."), status=403)


def sell(badge: Badge, asked: Asked) -> DoorSale:
    """The sale, made now or known already by its `sale_id`. In the caller's transaction, which a Refusal undoes.

    Raises Refusal: may_not_sell, may_not_comp, sales_closed, price_changed, cash_closed, gift_of_guest, those of
    `quote`, and SoldOut.
    """
    demand(badge, asked.way)
    # The row comes first: who sends the same sale again waits for it, and finds an answer instead of a seat gone.
    if not insert_once(DoorSale, _row(badge, asked), ["event_id", "sale_id"]):
        return get_sale(badge, asked.sale_id)
    event = _open_event(badge.event_id)
    priced = quote(event, _checked(event, asked.wish), clock.now(), by_staff=True)
    if asked.way != "comp" and asked.shown not in (None, priced.total):
        raise Refusal("price_changed", _("The price has changed: look at the total again."), status=409)
    order = _card(event, priced, asked) if asked.way == "card" else _at_once(event, asked, badge.actor)
    if asked.way == "cash":
        drawers.take_in(event)
    changed(update(DoorSale).where(_is(badge, asked.sale_id)).values(order_id=order.id))
    trail.note(badge.actor, f"door.sold_{asked.way}", order.code, event.organisation_id, total=order.total)
    return get_sale(badge, asked.sale_id)


def get_sale(badge: Badge, sale_id: str) -> DoorSale:
    """A sale of the phone's event, as it stands now. Raises NotFound."""
    fresh = {"populate_existing": True}
    sale = db.session.scalars(select(DoorSale).where(_is(badge, sale_id)), execution_options=fresh).one_or_none()
    if sale is None:
        raise NotFound(_("There is no such sale."))
    return sale


def _is(badge: Badge, sale_id: str) -> ColumnElement[bool]:
    return and_(DoorSale.event_id == badge.event_id, DoorSale.sale_id == sale_id)


def _row(badge: Badge, asked: Asked) -> dict[str, object]:
    return {
        "event_id": badge.event_id,
        "sale_id": asked.sale_id,
        "device_id": badge.device_id,
        "way": asked.way,
        "seller": asked.seller,
        "at": clock.now(),
    }


def _open_event(event_id: int) -> Event:
    event = db.session.get_one(Event, event_id)
    if event.status != "published":
        raise Refusal("sales_closed", _("Tickets for this evening are no longer sold."), status=409)
    return event


def _checked(event: Event, wish: Wish) -> Wish:
    """Only what the door offers, and no more of it than anybody buys."""
    known = {kind.public_id for kind in offered(event)}
    if any(public_id not in known for public_id, count in wish.tickets.items() if count):
        raise Refusal("unknown_ticket_type", _("This ticket is not sold at the door."))
    if any(count > MOST for count in wish.tickets.values()):
        raise Refusal("too_many", _("At most %(most)s at once: make it two sales.", most=MOST))
    return wish


def _card(event: Event, priced: Quote, asked: Asked) -> Placed:
    if priced.total == 0:
        raise Refusal("nothing_due", _("This costs nothing: no card is needed."))
    check_total(priced)
    order, _attempt = begin.begin(event, priced, _named(asked.buyer))
    return order


def _at_once(event: Event, asked: Asked, actor: str) -> Order:
    way = {"cash": "door", "comp": "comp"}[asked.way]
    terms = Terms(way, clock.now(), note=_("Sold at the door by %(name)s", name=asked.seller))
    return arranging.enter(event, asked.wish, _named(asked.buyer), terms, actor)


def _named(buyer: Buyer) -> Buyer:
    """Who gives no name is a guest at the door, in their own language."""
    if buyer.name:
        return buyer
    with in_language(buyer.language):
        return Buyer(naming.placeholder(), buyer.email, buyer.phone, buyer.language)
