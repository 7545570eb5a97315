"""Calling an unpaid order off: the pay page is closed at Stripe first, and only then are the seats free again."""

from collections.abc import Callable

from sqlalchemy import select, update

from events.core import trail
from events.core.db import changed, db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.mail import outbox
from payments.checkout import begin
from payments.checkout.models import Attempt
from payments.checkout.settle import settle
from payments.gateway.failures import ProviderRefused, ProviderUnavailable, SessionNotExpirable
from payments.gateway.stripe_api import current_gateway
from payments.orders import keeping, placing
from payments.orders.models import Order

CANCELLABLE = ("held", "waiting")


def cancel(order_id: int, actor: str, also: Callable[[Order], None] = placing.nothing_else) -> None:
    """held, waiting -> cancelled, outside any transaction of the caller's: Stripe is asked in between.

    `also` is called in the transaction that cancels, where it does.

    Raises Refusal: not_cancellable (it is paid, on its way, or over), stripe_is_away (nobody can be sure that nobody
    is paying), paid_meanwhile (the buyer was faster: the order is then paid, with its tickets).
    """
    if _status(order_id) not in CANCELLABLE:
        raise Refusal("not_cancellable", _("This order can no longer be cancelled."), status=409)
    try:
        attempt_id, session_id = _session_of(order_id)
        if session_id is not None:
            current_gateway().expire_session(session_id)
    except SessionNotExpirable as faster:
        _settle(faster.session_id)
        sentence = _("The buyer was faster: this order has just been paid, or the money is on its way.")
        raise Refusal("paid_meanwhile", sentence, status=409) from faster
    except (ProviderUnavailable, ProviderRefused) as away:
        sentence = _("Stripe does not answer, and somebody may be paying: nothing was cancelled. Try again in a while.")
        raise Refusal("stripe_is_away", sentence, status=503) from away
    with transaction():
        _close(order_id, attempt_id, actor, also)


def tell(order: Order) -> None:
    """Write to its buyer, who shall not pay any more; in the transaction that cancels."""
    key = f"order-called-off:{order.id}"
    outbox.put("order_called_off", key, **order.party.letter_to, order_id=order.id, event_id=order.event_id)


def _session_of(order_id: int) -> tuple[int | None, str | None]:
    """The live attempt and its session. One that was asked for and not answered is asked for again first."""
    attempt = Attempt.live_of(order_id)
    attempt_id, status = (attempt.id, attempt.status) if attempt else (None, "")
    end_reading()
    if attempt_id is None:
        return None, None
    if status == "creating" and begin.open_session(attempt_id) is None and _attempt_status(attempt_id) == "creating":
        raise ProviderUnavailable("whether there is a pay page is not known")
    session_id = db.session.scalar(select(Attempt.session_id).where(Attempt.id == attempt_id))
    end_reading()
    return attempt_id, session_id


def _close(order_id: int, attempt_id: int | None, actor: str, also: Callable[[Order], None]) -> None:
    order = placing.lock(order_id)
    newer = Attempt.live_of(order_id)
    if newer is not None and newer.id != attempt_id:
        raise Refusal("not_cancellable", _("The buyer has just begun to pay anew: look again."), status=409)
    live = update(Attempt).where(Attempt.id == attempt_id, Attempt.status == "open")
    changed(live.values(status="expired"))
    if order.status in CANCELLABLE:
        placing.move(order, "cancelled", "called off before it was paid", actor)
        keeping.release(order)
        trail.note(actor, "order.cancelled", order.code, order.organisation_id)
        also(order)


def _settle(session_id: str) -> None:
    session = current_gateway().get_session(session_id)
    with transaction():
        settle(session)


def _status(order_id: int) -> str:
    status = db.session.scalars(select(Order.status).where(Order.id == order_id)).one()
    end_reading()
    return status


def _attempt_status(attempt_id: int) -> str:
    status = db.session.scalars(select(Attempt.status).where(Attempt.id == attempt_id)).one()
    end_reading()
    return status
