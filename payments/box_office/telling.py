"""What a phone is told of a sale, and of what it may sell. Amounts in minor units; no name and no address goes back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import money
from events.core.db import db
from events.core.i18n import NAMES
from events.door.devices import Badge
from events.mail.links import absolute
from events.tickets import qr
from events.tickets.models import Ticket
from payments.box_office import drawers, selling
from payments.box_office.models import DoorSale
from payments.checkout.models import Attempt
from payments.orders.models import Order

PUBLIC_STATUS = {"refund_due": "needs_review"}
"""As /o/<token>.json says it."""


def offer(event: Event, badge: Badge) -> dict[str, Any]:
    """What is sold at the door now, and how it may be paid."""
    drawer = drawers.find_drawer(event.id)
    takes_cash = drawer is None or drawer.status == "open"
    ways = [*(["cash"] if takes_cash else []), "card", *(["comp"] if badge.may_comp else [])]
    return {
        "currency": event.currency,
        "decimals": money.exponent(event.currency),
        "ways": ways,
        "drawer": drawer.status if drawer else "open",
        "languages": {code: NAMES[code] for code in event.languages},
        "most": selling.MOST,
        "types": [
            {
                "id": kind.public_id,
                "name": kind.name,
                "price": kind.price,
                "places": kind.bundle_size,
                "left": kind.left,
            }
            for kind in selling.offered(event)
        ],
    }


def told(sale: DoorSale) -> dict[str, Any]:
    """How a sale stands: the same for whoever asks, and for whoever sends it once more."""
    order = sale.order
    tickets = _tickets(order)
    return {
        "sale_id": sale.sale_id,
        "way": sale.way,
        "status": PUBLIC_STATUS.get(order.status, order.status),
        "order": order.code,
        "total": order.total,
        "currency": order.currency,
        "decimals": money.exponent(order.currency),
        "at": sale.at.isoformat(),
        "url": absolute("orders.order", token=order.token),
        "mailed": bool(order.party.email) and order.status == "paid",
        "pay": _pay(order),
        "tickets": [
            {
                "number": ticket.short_number,
                "code": ticket.code,
                "status": ticket.status,
                "url": absolute("tickets.ticket", token=ticket.token),
                "qr": qr.svg(ticket.code),
            }
            for ticket in tickets
        ],
    }


def _tickets(order: Order) -> Sequence[Ticket]:
    return db.session.scalars(select(Ticket).filter_by(party_id=order.party_id).order_by(Ticket.number)).all()


def _pay(order: Order) -> dict[str, str] | None:
    """Where the guest pays: an address of ours that leads on to the pay page, because its own is too long to scan."""
    attempt = Attempt.live_of(order.id)
    if attempt is None or attempt.status != "open" or order.status != "held":
        return None
    address = absolute("checkout.pay", token=order.token)
    return {"url": address, "qr": qr.svg_of_address(address)}
