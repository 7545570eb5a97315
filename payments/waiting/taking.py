"""An offer that is taken: its seats become the order's, in the order's own transaction."""

from dataclasses import dataclass

from events.catalogue.models import Event, TicketType
from events.core import clock
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from events.tickets import holding
from payments.orders.placing import Placed
from payments.orders.pricing import Wish
from payments.waiting import lines
from payments.waiting.models import Waiting


@dataclass(frozen=True)
class Offer:
    """What one group may take now. `giver` is the party that holds its seats; `secret` proves who asks."""

    group: Waiting
    secret: str
    giver: int

    @property
    def event(self) -> Event:
        """Of which evening."""
        return self.group.event

    @property
    def kind(self) -> TicketType:
        """Of which type."""
        return self.group.ticket_type


def find(secret: str) -> Offer:
    """The offer behind a mailed link. Raises NotFound, Refusal `offer_over` (410) where there is none (any more)."""
    group = lines.get_group(secret)
    until = group.offered_until
    if group.status != "offered" or group.party_id is None or until is None or until <= clock.now():
        raise _over()
    return Offer(group, secret, group.party_id)


def claim(event: Event, secret: str, wish: Wish) -> Offer:
    """The same, ours until the transaction ends, and fit for what is asked for. Raises as `find`, and Refusal."""
    lines.lock_line(event.id)
    offer = find(secret)
    if offer.group.event_id != event.id:
        raise _over()
    wanted = {public_id: count for public_id, count in wish.tickets.items() if count}
    field = f"ticket-{offer.kind.public_id}"
    if wanted.keys() != {offer.kind.public_id}:
        raise Refusal("not_offered", _("Please choose from the seats that are kept for you."), field=field)
    if wanted[offer.kind.public_id] > offer.group.count:
        most = offer.group.count
        sentence = ngettext("%(num)s is kept for you.", "%(num)s are kept for you.", most)
        raise Refusal("not_offered", sentence, field=field)
    return offer


def taken(offer: Offer, order: Placed) -> None:
    """The order stands, its seats handed over; what it did not want returns to the line."""
    if not lines.move(offer.group, "taken", order_id=order.id):
        raise _over()
    holding.release(offer.giver)


def _over() -> Refusal:
    return Refusal("offer_over", _("These seats are no longer kept for you: the time was over."), status=410)
