"""What an order keeps while it is unpaid, and gives back together: its seats, and the use of its code.

Counters move last in a transaction, the code's before the quotas'.
"""

from collections.abc import Sequence

from sqlalchemy import update

from events.catalogue import codes
from events.catalogue.models import TicketType
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.tickets import holding
from payments.orders.models import DiscountUse, Order
from payments.orders.placing import Placed
from payments.orders.pricing import Quote


class CalledOff(Refusal):
    """The evening was cancelled: whatever comes for it now goes back."""

    def __init__(self) -> None:
        super().__init__("evening_cancelled", _("The evening is cancelled: this money can only go back."), status=409)


GONE = (holding.SoldOut, codes.UsedUp, CalledOff)
"""Why late money may find nothing to buy."""


def hold(order: Order | Placed, priced: Quote, giver: int | None = None) -> None:
    """Keep what was priced. Raises SoldOut or UsedUp: the caller's transaction must then be rolled back.

    The seats of an offer are kept already, by its party `giver`: they change hands, and nobody can come in between.
    """
    if priced.code is not None:
        db.session.add(DiscountUse(order_id=order.id, code_id=priced.code.id, amount=priced.discount))
        db.session.flush()
        codes.take(priced.code.id)
    seats = holding.needs(priced.wanted)
    if giver is None:
        holding.hold(order.party_id, seats)
    else:
        holding.hand_over(giver, order.party_id, seats)


def sell(order: Order) -> None:
    """Money came in time: the seats are sold, and the code is used for good."""
    _step(order, "held", "kept")
    holding.sell(order.party_id)


def release(order: Order) -> None:
    """Whoever comes next may have them. Calling it twice gives them back once."""
    if order.discount is not None and _step(order, "held", "released"):
        codes.give_back(order.discount.code_id)
    holding.release(order.party_id)


def retake(order: Order) -> None:
    """Late money: take again what was released. Raises one of GONE: roll back to the savepoint."""
    if order.event.is_cancelled:
        raise CalledOff
    if order.discount is not None and _step(order, "released", "kept"):
        codes.take(order.discount.code_id)
    holding.retake(order.party_id)


def give_back(order: Order, types: Sequence[TicketType]) -> None:
    """An order that cost nothing was taken back: the seats of its tickets, by type, and the use of its code."""
    if order.discount is not None and _step(order, "kept", "released"):
        codes.give_back(order.discount.code_id)
    holding.give_back(order.party_id, types)


def _step(order: Order, before: str, after: str) -> bool:
    statement = update(DiscountUse).where(DiscountUse.order_id == order.id, DiscountUse.status == before)
    return changed(statement.values(status=after)) == 1
