"""Orders placed with seats that the waiting list has offered: the same form, the same checkout."""

from collections.abc import Mapping

from events.catalogue.models import Event
from payments.checkout import begin, confirming
from payments.checkout.begin import Buyer
from payments.checkout.forms import Choice
from payments.orders.placing import Also, Placed, nothing_else
from payments.orders.pricing import Quote, Wish
from payments.waiting import taking
from payments.waiting.taking import Offer


def begin_order(
    event: Event, priced: Quote, buyer: Buyer, wish: Wish, secret: str, also: Also = nothing_else
) -> tuple[Placed, int | None]:
    """The order and its attempt's id; one that costs nothing has no attempt, and waits for its letter's link.

    `secret` is of an offer's link; empty where there is none. Raises SoldOut, UsedUp, Refusal.
    """
    offer = taking.claim(event, secret, wish) if secret else None
    giver = offer.giver if offer else None
    if priced.total == 0:
        order, attempt_id = confirming.begin(event, priced, buyer, giver, also), None
    else:
        order, attempt = begin.begin(event, priced, buyer, giver, also)
        attempt_id = attempt.id
    if offer:
        taking.taken(offer, order)
    return order, attempt_id


def choice(offer: Offer, given: Mapping[str, str], mistakes: Mapping[str, str]) -> Choice:
    """What may be chosen of an offer: as many as are kept, or fewer."""
    made = Choice(offer.kind, offer.group.count)
    made.value = given.get(made.field, str(offer.group.count))
    made.mistake = mistakes.get(made.field)
    return made
