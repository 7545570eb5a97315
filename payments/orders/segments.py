"""Whom the orders tell of, for whoever writes messages: buyers, who has still to pay, who gave and does not come."""

from sqlalchemy import Select, exists, select

from events.core.db import db
from events.core.i18n import lazy_gettext as _
from events.mail.links import absolute
from events.messages.segments import PartySegment
from events.tickets.models import Ticket
from payments.orders.models import UNPAID, Order

KEPT = ("paid", "partly_refunded")


def _buyers(event_id: int) -> Select[int]:
    return select(Order.party_id).where(Order.event_id == event_id, Order.status.in_(KEPT))


def _donors(event_id: int) -> Select[int]:
    """Their order brought money, and no ticket of it lets anybody in."""
    coming = exists().where(Ticket.party_id == Order.party_id, Ticket.status.in_(("valid", "unpaid")))
    return _buyers(event_id).where(Order.total > 0, ~coming)


def _unpaid(event_id: int) -> Select[int]:
    return select(Order.party_id).where(Order.event_id == event_id, Order.status.in_(UNPAID))


def _on_its_way(event_id: int) -> Select[int]:
    return select(Order.party_id).where(Order.event_id == event_id, Order.status == "processing")


def link_of(party_id: int) -> str | None:
    """The order's own page."""
    token = db.session.scalar(select(Order.token).where(Order.party_id == party_id))
    return absolute("orders.order", token=token) if token else None


SEGMENTS = (
    PartySegment("buyers", _("Everybody who ordered and paid"), _buyers),
    PartySegment("donors", _("Those who gave, and do not come"), _donors),
    PartySegment("unpaid", _("Orders that are not paid yet"), _unpaid),
    PartySegment("processing", _("Orders whose money is on its way"), _on_its_way),
)
