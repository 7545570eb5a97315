"""What an order costs: decided here, from the database's prices, and nowhere else. Pure; every refusal has a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.catalogue.models import Event, TicketType
from events.core import money, tokens
from events.core.i18n import gettext as _
from events.core.i18n import money as in_words
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from payments.gateway.currencies import AmountRefused, check_amount, minimum

GIFT_NAME = {"fr": "Don", "en": "Gift", "th": "เงินบริจาค"}
FEE_COVER_NAME = {"fr": "Frais de carte", "en": "Card fees", "th": "ค่าธรรมเนียมบัตร"}


@dataclass(frozen=True)
class Wish:
    """What a buyer asks for: bundles by public id of the ticket type, one gift for the whole order (minor units)."""

    tickets: Mapping[str, int]
    gift: int = 0
    cover_fees: bool = False


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


@dataclass(frozen=True)
class Quote:
    """The priced order: its lines, what it takes of each type, and the sums in minor units of `currency`."""

    currency: str
    lines: tuple[Line, ...]
    wanted: tuple[tuple[TicketType, int], ...]

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return sum(line.amount for line in self.lines)

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


def quote(event: Event, wish: Wish, moment: datetime) -> Quote:
    """Price the wish. Raises Refusal: unknown_ticket_type, not_on_sale, too_many, empty, too_small, too_large."""
    _check_event(event, moment)
    wanted = tuple((_offered(event, public_id, moment), count) for public_id, count in wish.tickets.items() if count)
    for ticket_type, count in wanted:
        _check_count(ticket_type, count)
    lines = [line for ticket_type, count in wanted for line in _tickets(ticket_type, count)]
    if wish.gift:
        lines.append(Line("gift", GIFT_NAME, wish.gift, 0, wish.gift))
    if not lines:
        raise Refusal("empty", _("Choose at least one place, or give an amount."))
    if wish.cover_fees:
        lines.append(_fee_cover(event, lines))
    priced = Quote(event.currency, tuple(lines), wanted)
    _check_total(priced)
    return priced


def _check_event(event: Event, moment: datetime) -> None:
    if event.status != "published" or moment >= event.sales_end_at:
        raise Refusal("sales_closed", _("Tickets for this evening are no longer sold."), status=409)


def _offered(event: Event, public_id: str, moment: datetime) -> TicketType:
    for ticket_type in event.ticket_types:
        if ticket_type.public_id == public_id:
            if ticket_type.on_sale(moment):
                return ticket_type
            raise Refusal("not_on_sale", _("This ticket is not on sale now."), field=f"ticket-{public_id}", status=409)
    raise Refusal("unknown_ticket_type", _("This ticket does not belong to this evening."))


def _check_count(ticket_type: TicketType, count: int) -> None:
    most = ticket_type.max_per_order
    if count > most:
        sentence = ngettext("At most %(num)s in one order.", "At most %(num)s in one order.", most)
        raise Refusal("too_many", sentence, field=f"ticket-{ticket_type.public_id}")


def _tickets(ticket_type: TicketType, count: int) -> Sequence[Line]:
    """One line a ticket; a bundle's price and benefit are split so that the parts add up to the last minor unit."""
    size = ticket_type.bundle_size
    amounts, benefits = money.share(ticket_type.price, [1] * size), money.share(ticket_type.benefit, [1] * size)
    lines: list[Line] = []
    for _bundle in range(count):
        bundle_id = tokens.new_token(9) if size > 1 else None
        lines += [
            Line("ticket", ticket_type.name, amount, benefit, amount - benefit, ticket_type.id, bundle_id)
            for amount, benefit in zip(amounts, benefits, strict=True)
        ]
    return lines


def _fee_cover(event: Event, lines: Sequence[Line]) -> Line:
    net = sum(line.amount for line in lines)
    owner = event.organisation
    return Line("fee_cover", FEE_COVER_NAME, money.gross_up(net, owner.card_fee_bp, owner.card_fee_fixed) - net, 0, 0)


def _check_total(priced: Quote) -> None:
    try:
        check_amount(priced.total, priced.currency)
    except AmountRefused as refused:
        if refused.code == "too_small":
            least = in_words(minimum(priced.currency), priced.currency)
            sentence = _("The smallest amount that can be paid is %(least)s.", least=least)
        else:
            sentence = _("This amount cannot be paid by card: it is too large, or has too many decimals.")
        raise Refusal(refused.code, sentence, field="gift") from refused
