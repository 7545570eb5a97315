"""What buyers would complain of, found without the audit: the stand-in's money beside the tickets and letters."""

from collections.abc import Collection, Iterator

from sqlalchemy import select

from events.core.db import db
from payments.gateway.sandbox.books import Obj
from payments.orders.models import Order
from payments.refunds.models import ENDED
from tests.support.shopping import Shop


def complaints(shop: Shop, but: Collection[int] = ()) -> Iterator[str]:
    """Orders of the evening, `but` those ids: who paid has tickets and a letter, or the money back; nobody else has.

    Where a refund has failed, staff are told and the buyer waits: that is no complaint here.
    """
    with shop.system.looking():
        for order in db.session.scalars(select(Order).filter_by(event_id=shop.evening.id)):
            if order.id not in but and not any(refund.status in ENDED for refund in order.refunds):
                yield from _of(order, shop)


def _of(order: Order, shop: Shop) -> Iterator[str]:
    stands = order.status in ("paid", "partly_refunded")
    due = sum(line.left for line in order.lines) if stands else 0
    kept = sum(charge["amount"] - charge["amount_refunded"] for charge in charges_of(shop, order.id))
    if kept != due:
        yield f"order {order.id} is {order.status}: Stripe keeps {kept}, our lines say {due}"
    for line in order.lines:
        valid = line.ticket is not None and line.ticket.status == "valid"
        if line.kind == "ticket" and valid != (stands and line.left > 0):
            yield f"order {order.id} is {order.status}, and the ticket of line {line.id} is not what it says"
    if stands and not shop.system.letters_to(order.party.email):
        yield f"order {order.id} is {order.status}, and nobody has written"


def sessions_of(shop: Shop, order_id: int) -> list[Obj]:
    """Every pay page that Stripe ever made for an order, oldest first."""
    with shop.system.standin.books.lock:
        everything = shop.system.standin.books.all("checkout.session")
        return [dict(session) for session in everything if session["client_reference_id"] == str(order_id)]


def charges_of(shop: Shop, order_id: int) -> list[Obj]:
    """What Stripe took for an order."""
    intents = {session["payment_intent"] for session in sessions_of(shop, order_id)}
    with shop.system.standin.books.lock:
        everything = shop.system.standin.books.all("charge")
        return [dict(charge) for charge in everything if charge["payment_intent"] in intents]
