"""What an order costs: decided here, from the database's prices, and nowhere else. Pure; every refusal has a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.catalogue.codes import DiscountCode, UsedUp
from events.catalogue.models import Event, TicketType
from events.core import money, tokens
from events.core.i18n import gettext as _
from events.core.i18n import moment as moment_in_words
from events.core.i18n import money as in_words
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from payments.gateway.currencies import AmountRefused, check_amount, minimum, payable_step
from payments.orders import fees

GIFT_NAME = {"fr": "Don", "en": "Gift", "th": "เงินบริจาค"}
FEE_COVER_NAME = {"fr": "Frais de carte", "en": "Card fees", "th": "ค่าธรรมเนียมบัตรเครดิต"}


@dataclass(frozen=True)
class Wish:
    """What a buyer asks for: bundles by public id of the ticket type, one gift for the whole order (minor units)."""

    tickets: Mapping[str, int]
    gift: int = 0
    cover_fees: bool = False
    code: str = ""  # as typed


@dataclass(frozen=True)
class Line:
    """One line to be: a ticket, the gift or the fee cover. Minor units; amount = benefit + gift, save the fee cover."""

    kind: str
    name: Mapping[str, str]
    amount: int
    benefit: int
    gift: int
    ticket_type_id: int | None = None
    bundle_id: str | None = None
    comped: int = 0


@dataclass(frozen=True)
class Quote:
    """The priced order: its lines, what it takes of each type, and the sums in minor units of `currency`.

    `code` is what lowered its prices or opened its tickets, `discount` by how much in all.
    """

    currency: str
    lines: tuple[Line, ...]
    wanted: tuple[tuple[TicketType, int], ...]
    code: DiscountCode | None = None
    discount: int = 0

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return sum(line.amount for line in self.lines)

    @property
    def discounted(self) -> tuple[str, int] | None:
        """The code and by how much it lowered the prices."""
        return (self.code.code, self.discount) if self.code else None

    @property
    def benefit(self) -> int:
        """The part that pays for what the guests receive."""
        return sum(line.benefit for line in self.lines)

    @property
    def gift(self) -> int:
        """The part that is given."""
        return sum(line.gift for line in self.lines)

    @property
    def fee_cover(self) -> int:
        """What the buyer adds so that card fees take nothing from the rest."""
        return sum(line.amount for line in self.lines if line.kind == "fee_cover")


def quote(
    event: Event, wish: Wish, moment: datetime, code: DiscountCode | None = None, *, by_staff: bool = False
) -> Quote:
    """Price the wish; `code` is the row behind `wish.code`, if there is one.

    Staff sell after hours, hidden tickets, more than one buyer may have, and sums that no card could pay.

    Raises Refusal: sales_closed, unknown_ticket_type, not_on_sale, too_few, too_many, empty, too_small, too_large, and
    those of check_code and _check_fits.
    """
    if not by_staff:
        _check_event(event, moment)
    if wish.code:
        code = check_code(event, code, moment)
    wanted = _wanted(event, wish, None if by_staff else moment, code)
    lines = [line for ticket_type, count in wanted for line in _tickets(ticket_type, count, code)]
    if wish.gift:
        lines.append(Line("gift", GIFT_NAME, wish.gift, 0, wish.gift))
    if not lines:
        raise Refusal("empty", _("Choose at least one seat, or give an amount."))
    if wish.cover_fees:
        lines += _fee_cover(event, sum(line.amount for line in lines))
    less = sum(discount_on(ticket_type, code) * count for ticket_type, count in wanted)
    priced = Quote(event.currency, tuple(lines), wanted, code, less)
    if not by_staff:
        check_total(priced)
    return priced


def _wanted(
    event: Event, wish: Wish, moment: datetime | None, code: DiscountCode | None
) -> tuple[tuple[TicketType, int], ...]:
    """Ticket types and counts, checked; `moment` None finds all there are, whatever the hours and limits of sale."""
    wanted = tuple((_find(event, public_id), count) for public_id, count in wish.tickets.items() if count)
    for ticket_type, count in wanted:
        if moment is not None:
            _check_offered(ticket_type, moment, code)
            _check_count(ticket_type, count)
    if code is not None and (wanted or wish.gift):
        _check_fits(code, [ticket_type for ticket_type, _count in wanted])
    return wanted


def check_code(event: Event, code: DiscountCode | None, moment: datetime) -> DiscountCode:
    """The code, if it may be used now. Raises Refusal: code_unknown, code_not_yet, code_over, code_used_up."""
    if code is None or code.event_id != event.id:
        raise Refusal("code_unknown", _("This code is not known."), field="code")
    if code.starts_at is not None and moment < code.starts_at:
        begins = moment_in_words(code.starts_at, event.time_zone)
        raise Refusal("code_not_yet", _("This code is good from %(moment)s on.", moment=begins), field="code")
    if code.ends_at is not None and moment >= code.ends_at:
        raise Refusal("code_over", _("This code is no longer good."), field="code")
    if code.used_up:
        raise UsedUp
    return code


def discount_on(ticket_type: TicketType, code: DiscountCode | None) -> int:
    """By how much the code lowers one seat or bundle, in minor units: never below zero, and to a price one can pay."""
    if code is None or not code.fits(ticket_type):
        return 0
    if code.amount is not None:
        return min(code.amount, ticket_type.price)
    less = (ticket_type.price * (code.percent_bp or 0) + 5_000) // 10_000
    step = payable_step(ticket_type.event.currency)
    return min(less - less % step, ticket_type.price) if less < ticket_type.price else ticket_type.price


def _check_event(event: Event, moment: datetime) -> None:
    if event.status != "published" or moment >= event.sales_end_at:
        raise Refusal("sales_closed", _("Tickets for this evening are no longer sold."), status=409)


def _find(event: Event, public_id: str) -> TicketType:
    for ticket_type in event.ticket_types:
        if ticket_type.public_id == public_id:
            return ticket_type
    raise _unknown_type()


def _check_offered(ticket_type: TicketType, moment: datetime, code: DiscountCode | None) -> None:
    """A hidden ticket type is there only for the code that opens it."""
    if not is_shown(ticket_type, code):
        raise _unknown_type()
    if not ticket_type.on_sale(moment):
        field = f"ticket-{ticket_type.public_id}"
        raise Refusal("not_on_sale", _("This ticket is not on sale now."), field=field, status=409)


def _unknown_type() -> Refusal:
    return Refusal("unknown_ticket_type", _("This ticket does not belong to this evening."))


def is_shown(ticket_type: TicketType, code: DiscountCode | None) -> bool:
    """Whether the order form may know of it: it is for all, or this code opens it."""
    return not ticket_type.hidden or (code is not None and code.opens(ticket_type))


def _check_count(ticket_type: TicketType, count: int) -> None:
    least, most = ticket_type.min_per_order, ticket_type.max_per_order
    if count < least:
        sentence = ngettext("At least %(num)s in one order.", "At least %(num)s in one order.", least)
        raise Refusal("too_few", sentence, field=f"ticket-{ticket_type.public_id}")
    if count > most:
        sentence = ngettext("At most %(num)s in one order.", "At most %(num)s in one order.", most)
        raise Refusal("too_many", sentence, field=f"ticket-{ticket_type.public_id}")


def _check_fits(code: DiscountCode, wanted: Sequence[TicketType]) -> None:
    """A code that does nothing for this order is not used up by it."""
    if not any(code.fits(ticket_type) for ticket_type in wanted):
        raise Refusal("code_not_for_these", _("This code is not for the tickets you chose."), field="code")


def _tickets(ticket_type: TicketType, count: int, code: DiscountCode | None) -> Sequence[Line]:
    """One line a ticket; a bundle's price and benefit are split so that the parts add up to the last minor unit.

    What a code takes off comes out of the gift first, then out of the benefit.
    """
    size = ticket_type.bundle_size
    price = ticket_type.price - discount_on(ticket_type, code)
    amounts = money.share(price, [1] * size)
    benefits = money.share(min(ticket_type.benefit, price), [1] * size)
    lines: list[Line] = []
    for _bundle in range(count):
        bundle_id = tokens.new_token(9) if size > 1 else None
        lines += [
            Line("ticket", ticket_type.name, amount, benefit, amount - benefit, ticket_type.id, bundle_id)
            for amount, benefit in zip(amounts, benefits, strict=True)
        ]
    return lines


def _fee_cover(event: Event, net: int) -> Sequence[Line]:
    amount = fees.cover(net, fees.card_rate(event), event.currency) if net else 0
    return [Line("fee_cover", FEE_COVER_NAME, amount, 0, 0)] if amount else []


def check_total(priced: Quote) -> None:
    """What Stripe would refuse is refused here; an order that costs nothing does not go to Stripe.

    Raises Refusal: too_small, too_large.
    """
    if priced.total == 0:
        return
    try:
        check_amount(priced.total, priced.currency)
    except AmountRefused as refused:
        if refused.code == "too_small":
            least = in_words(minimum(priced.currency), priced.currency)
            sentence = _("The smallest amount that can be paid is %(least)s.", least=least)
        else:
            sentence = _("This amount cannot be paid by card: it is too large, or has too many decimals.")
        raise Refusal(refused.code, sentence, field="gift") from refused
