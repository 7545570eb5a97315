"""What Stripe takes, as far as it was agreed: for the fee cover and its hint alone. The books use the real fees."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from events.catalogue.models import Event, Organisation
from events.core import clock, money
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext, percent
from events.core.i18n import money as in_words
from payments.gateway.currencies import payable_step

METHODS = {"card": lazy_gettext("Card"), "promptpay": "PromptPay"}
CARD = "card"


@dataclass(frozen=True)
class Rate:
    """Basis points of the sum, and minor units beside them."""

    bp: int
    fixed: int


def rates(event: Event) -> dict[str, Rate]:
    """What each way of paying costs in the evening's currency today; cards are always there."""
    owner = event.organisation
    held = [row for row in owner.fee_rates if row.currency == event.currency and row.holds_from <= today(owner)]
    known = {row.method: Rate(row.rate_bp, row.fixed) for row in sorted(held, key=lambda row: row.holds_from)}
    return {CARD: Rate(owner.card_fee_bp, owner.card_fee_fixed)} | known


def today(owner: Organisation) -> date:
    """The day it is where the organisation is."""
    return clock.now().astimezone(ZoneInfo(owner.time_zone)).date()


def card_rate(event: Event) -> Rate:
    """What a card costs: nobody has chosen a way to pay when the cover is computed, and cards are the dearest."""
    return rates(event)[CARD]


def cover(net: int, rate: Rate, currency: str) -> int:
    """What to add to `net` so that exactly `net` is left after the fee, minor units.

    Where Stripe takes only every tenth minor unit (dinars), what is left may be up to nine more; never less.
    """
    gross = money.gross_up(net, rate.bp, rate.fixed)
    return gross + -gross % payable_step(currency) - net


def hint(event: Event) -> str | None:
    """What the order form says beside the tick; None when nothing was agreed."""
    rate = card_rate(event)
    if rate == Rate(0, 0):
        return None
    cost = in_figures(rate, event.currency)
    return _("A card payment costs %(cost)s. Tick this and the mission receives your gift whole.", cost=cost)


def in_figures(rate: Rate, currency: str) -> str:
    """3.65% + ฿10, in the manner of the language."""
    parts = ((percent(rate.bp), rate.bp), (in_words(rate.fixed, currency), rate.fixed))
    return " + ".join(part for part, given in parts if given)
