"""Seats that a buyer gives back: for money within the organiser's rules, or without it, and the money stays a gift."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from events.catalogue.finding import record_raised
from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests import answering
from events.guests.models import Guest
from events.mail import outbox
from events.tickets import holding, voiding
from events.tickets.models import Ticket
from payments.buyer import transferring
from payments.buyer.models import ReturnTerms
from payments.gateway.currencies import payable_step
from payments.ledger import posting
from payments.ledger.models import BENEFITS, GIFTS
from payments.orders import placing, returning
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts import issuing, judging
from payments.receipts.following import follow
from payments.refunds import choosing, requesting
from payments.refunds.choosing import ALL, KEEP_GIFT
from payments.refunds.models import Refund

MONEY, GIFT = "money", "gift"


@dataclass(frozen=True)
class Outcome:
    """What giving these seats back would come to, minor units: `back` to the buyer, or `turned` into a gift."""

    lines: Sequence[OrderLine]
    back: int
    turned: int


def terms_of(event_id: int) -> ReturnTerms:
    """The evening's rules; those that hold where nobody has set any."""
    return db.session.get(ReturnTerms, event_id) or ReturnTerms(
        event_id=event_id, until=None, share_bp=choosing.WHOLE, gifts_stay=True
    )


def returnable(order: Order) -> list[Ticket]:
    """Tickets of the order whose seats may be given back now, by number.

    Not those of an invitation: it is taken back whole, by the house.
    """
    if order.way == "comp" or clock.now() >= order.event.starts_at:
        return []
    return transferring.transferable(order)


def pays_back(order: Order) -> bool:
    """Whether the buyer may have money back by themselves now: by card alone, what came by hand goes back by hand."""
    until = terms_of(order.event_id).until
    if until is None or clock.now() >= until or any(dispute.is_open for dispute in order.disputes):
        return False
    query = select(Payment.provider).filter_by(order_id=order.id, outcome="fulfilled")
    return db.session.scalar(query) == "stripe"


def outcome(order: Order, numbers: Collection[str], how: str) -> Outcome:
    """What it comes to; nothing changes.

    Raises NotFound, Refusal: nothing_chosen, whole_table, not_now, already_back.
    """
    lines = _lines(order, numbers)
    if how == GIFT:  # a host may let one chair of a table go: no money asks whether the rest is worth its price
        return Outcome(lines, 0, sum(line.benefit_left for line in lines))
    if not pays_back(order):
        sentence = _("No money goes back any more. You can give the seat back, and its price stays a gift.")
        raise Refusal("not_now", sentence, status=409)
    terms = terms_of(order.event_id)
    wanted = _wanted(lines, terms)
    parts = choosing.chosen(order.lines, wanted, terms.share_bp, payable_step(order.currency))
    return Outcome(lines, sum(part.amount for part in parts), 0)


def told(made: Outcome) -> Sequence[Guest]:
    """Guests who are written to when these seats are given back: they have the tickets."""
    return answering.holders(_tickets_of(made))


def give_back(order_id: int, numbers: Collection[str], how: str) -> Outcome:
    """The seats are for others from now on; in the caller's transaction. Raises as `outcome`, and Refusal contested."""
    order = placing.lock(order_id)
    returning.reread(order)
    requesting.check_contested(order)
    made = outcome(order, numbers, how)
    if how == GIFT:
        _give(order, made)
    else:
        _refund(order, made)
    return made


def _refund(order: Order, made: Outcome) -> Refund:
    """A refund as any other: its seats are free when Stripe has taken it on, and its letter says so."""
    terms = terms_of(order.event_id)
    ids = "-".join(str(line.id) for line in made.lines)
    wish = requesting.Wish(
        f"buyer:{ids}:{len(order.refunds)}", "buyer", _wanted(made.lines, terms), share_bp=terms.share_bp
    )
    return requesting.request(order.id, wish)


def _give(order: Order, made: Outcome) -> None:
    tickets = voiding.get_all(_tickets_of(made))
    if len(voiding.void(ticket.id for ticket in tickets)) != len(made.lines) or not all(
        map(returning.turn, made.lines)
    ):
        raise Refusal("already_back", _("Somebody else has just given this back."), status=409)
    first = made.lines[0].id
    answering.tell_void([ticket.id for ticket in tickets], f"seat:{first}")
    amounts = {BENEFITS: made.turned, GIFTS: -made.turned}
    posting.post(order, "refunds", "seat_given", f"seat:{first}", f"Order {order.code}: seat given back", amounts)
    numbers = [ticket.short_number for ticket in tickets]
    outbox.put(
        "seat_given", f"seat-given:{first}", **order.party.letter_to,
        order_id=order.id, numbers=",".join(numbers), turned=made.turned,
        event_id=order.event_id,
    )  # fmt: skip
    trail.note("buyer", "seat.given", order.code, order.organisation_id, tickets=numbers, turned=made.turned)
    # Counters last: quotas, the sum raised, the receipt's number.
    holding.give_back(order.party_id, [ticket.ticket_type for ticket in tickets])
    _follow(order, made.turned)


def _follow(order: Order, turned: int) -> None:
    """What was a benefit is a gift: thermometer and receipt say so. A rule that refused one may give one now."""
    record_raised(order.event_id, turned, -turned)
    returning.reread(order)
    follow(order)
    if order.total and judging.standing(order) is None:
        issuing.automatic(order, by_letter=True)


def _lines(order: Order, numbers: Collection[str]) -> list[OrderLine]:
    known = {ticket.short_number: ticket.id for ticket in returnable(order)}
    if not numbers:
        raise Refusal("nothing_chosen", _("Choose what is given back."))
    if not known.keys() >= set(numbers):
        raise NotFound(_("This ticket cannot be given back: it is not valid, or it was shown at the door already."))
    ids = {known[number] for number in numbers}
    return [line for line in order.lines if line.ticket_id in ids]


def _tickets_of(made: Outcome) -> list[int]:
    return [line.ticket_id for line in made.lines if line.ticket_id]


def _wanted(lines: Sequence[OrderLine], terms: ReturnTerms) -> dict[int, str]:
    return {line.id: KEEP_GIFT if terms.gifts_stay else ALL for line in lines}


def set_terms(event: Event, terms: ReturnTerms, actor: str) -> None:
    """The evening's rules from now on; what was given back before stays as it was."""
    before = terms_of(event.id)
    old, new = ({"until": str(one.until or ""), "share_bp": one.share_bp, "gifts_stay": one.gifts_stay}
                for one in (before, terms))  # fmt: skip
    db.session.merge(terms)
    db.session.flush()
    if old != new:
        trail.note(actor, "return_terms.changed", event.slug, event.organisation_id, before=old, after=new)
