"""An invitation, or an order that cost nothing, is taken back: tickets void, seats free, the cost of it undone."""

from events.core import trail
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests import answering
from events.tickets import voiding
from payments.ledger import posting
from payments.orders import keeping, placing
from payments.orders.models import Order


def may_take_back(order: Order) -> bool:
    """Whether nothing was paid for it, and it stands."""
    return order.status == "paid" and order.total == 0


def take_back(order_id: int, actor: str, note: str) -> Order:
    """paid -> cancelled, in the caller's transaction; who and why stand in the history. Raises Refusal not_free."""
    order = placing.lock(order_id)
    if not may_take_back(order):
        raise Refusal("not_free", _("Only an invitation or a free order that stands can be taken back."), status=409)
    void = voiding.void(line.ticket_id for line in order.lines if line.ticket_id)
    answering.tell_void(void, f"order:{order.id}")
    placing.move(order, "cancelled", f"taken back: {note}" if note else "taken back", actor)
    trail.note(actor, "order.taken_back", order.code, order.organisation_id, tickets=len(void))
    if order.way == "comp":
        posting.uninvited(order)
    keeping.give_back(order, [ticket.ticket_type for ticket in voiding.get_all(void)])
    return order
