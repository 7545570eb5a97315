"""Orders that cost nothing: no pay page proves that somebody reads this address, so a mailed link does.

The seats are kept for a while; pressing the button behind the link settles the order as money would.
"""

from datetime import timedelta

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.mail import outbox
from payments.checkout.begin import Buyer
from payments.checkout.fulfilling import Money, fulfil
from payments.checkout.models import Confirmation
from payments.orders import keeping, lapsing, placing
from payments.orders.models import Order
from payments.orders.placing import Also, Placed, nothing_else
from payments.orders.pricing import Quote

PATIENCE = timedelta(hours=2)
"""How long seats are kept for somebody who has yet to look into their letters."""


def begin(event: Event, priced: Quote, buyer: Buyer, giver: int | None = None, also: Also = nothing_else) -> Placed:
    """An order whose total is zero, its seats held (or taken over from `giver`), its letter queued.

    Raises SoldOut, UsedUp.
    """
    code = tokens.new_reference()
    party_id = buyer.as_party(event, code)
    order = placing.write(event, party_id, code, priced, clock.now() + PATIENCE, way="free")
    lapsing.put(order)
    outbox.put(
        "confirm_order",
        f"confirm-order:{order.id}",
        name=buyer.name,
        email=buyer.email,
        language=buyer.language,
        order_id=order.id,
        event_id=event.id,
    )
    also(order)
    keeping.hold(order, priced, giver)
    return order


def draw(order_id: int) -> str:
    """A new secret for the order's link, in the caller's transaction: it stands in the letter and nowhere else."""
    secret = tokens.new_token()
    db.session.add(Confirmation(order_id=order_id, digest=tokens.digest(secret), made_at=clock.now()))
    return secret


def check(order: Order, secret: str) -> None:
    """Raise NotFound for a link that is none of this order's, Refusal `too_late` when its seats have gone back.

    So it is, too, where the evening was cancelled.
    """
    drawn = select(Confirmation.id).where(
        Confirmation.order_id == order.id, Confirmation.digest == tokens.digest(secret)
    )
    if db.session.scalar(drawn) is None:
        raise NotFound(_("This page does not exist, or it is not for you."))
    if order.event.is_cancelled:
        raise Refusal("too_late", _("This evening is cancelled. Nothing was booked in your name."), status=410)
    if order.status != "held":
        raise Refusal(
            "too_late", _("This link is too old: the seats are free again. Please order once more."), status=410
        )


def confirm(token: str, secret: str) -> Order:
    """The address is confirmed: tickets, letter, all. Pressing twice does it once; raises as `check`."""
    order = placing.lock(placing.get_by_token(token).id)
    if order.status == "paid":
        return order
    check(order, secret)
    fulfil(order, Money("free", f"free:{order.id}", 0, order.currency), "the e-mail address is confirmed", "buyer")
    return order
