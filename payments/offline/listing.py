"""What the page of transfers shows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from payments.offline.models import Arrangement, Invoice
from payments.orders.models import Order

REMEMBERED = timedelta(days=90)
"""How long money for an order that ran out may still be settled here."""


def waiting(event: Event) -> Sequence[Order]:
    """Orders whose transfer has not come, the oldest first."""
    return _orders(event, Order.way == "transfer", Order.status == "held")


def lapsed(event: Event) -> Sequence[Order]:
    """Orders whose time was over before a transfer came."""
    recent = Order.held_until > clock.now() - REMEMBERED
    return _orders(event, Order.way == "transfer", Order.status.in_(("expired", "cancelled")), recent)


def owed(event: Event) -> Sequence[Order]:
    """Orders whose transfer came when the seats had gone, and nobody has sent it back yet."""
    return _orders(event, Order.way == "transfer", Order.status == "refund_due")


def at_the_pay_page(event: Event) -> Sequence[Order]:
    """Orders that wait for a card."""
    return _orders(event, Order.way == "stripe", Order.status.in_(("held", "waiting")))


def get_order(event: Event, code: str) -> Order:
    """The evening's order of this code; raises NotFound."""
    order = db.session.scalar(select(Order).where(Order.event_id == event.id, Order.code == code))
    if order is None:
        raise NotFound(_("There is no such order."))
    return order


def invoices(event: Event) -> Sequence[Invoice]:
    """The evening's invoices, the newest first."""
    query = select(Invoice).join(Order).where(Order.event_id == event.id).order_by(Invoice.id.desc())
    return db.session.scalars(query.options(joinedload(Invoice.order))).all()


def arrangements(event: Event) -> Mapping[int, Arrangement]:
    """What was agreed, by order id."""
    query = select(Arrangement).join(Order).where(Order.event_id == event.id)
    return {row.order_id: row for row in db.session.scalars(query)}


def _orders(event: Event, *conditions: object) -> Sequence[Order]:
    query = select(Order).where(Order.event_id == event.id, *conditions)  # type: ignore[arg-type]
    return db.session.scalars(query.order_by(Order.id).options(joinedload(Order.party))).all()
