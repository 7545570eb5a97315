"""What of a payment is a gift in the eyes of each country: pure functions, no database, no words.

CA and DE come as two more functions in DECISIONS, their figures as rows of `thresholds`, what they need as an entry of
`profiles`, their papers' words in `texts/`. CA (main benefit always deducted, others ignored up to min($75, 10 %),
nothing above 80 %) wants the benefit in two parts: a field of Given beside `benefit`. DE (a ticket gives nothing, a
separate gift everything) is the shape of UK, without its declaration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from payments.receipts.thresholds import threshold

Values = Mapping[str, int | str | list[str]]


@dataclass(frozen=True)
class Given:
    """What stands in the books for a receipt, less what went back; minor units of `currency`.

    `seats` was paid for tickets, `benefit` is the value received for it; `gift` was freely added; `fee` covers the
    card's fee.
    """

    seats: int
    benefit: int
    gift: int
    fee: int
    currency: str

    @property
    def paid(self) -> int:
        """All of it."""
        return self.seats + self.gift + self.fee


@dataclass(frozen=True)
class Around:
    """What a rule must know beside the payment.

    `when`: the day it counts on. `so_far`: benefits that the same donor's receipts of that year let pass already.
    `cap`: the organisation's own figure for that year, instead of the table's. `company`: no person gave it.
    """

    when: date
    so_far: int = 0
    cap: int | None = None
    company: bool = False


@dataclass(frozen=True)
class Reason:
    """Why something is no gift, as a code and its values; `words.reason` says it."""

    code: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What is eligible, minor units. `tolerated` is a benefit that the rule let pass without deducting it.

    `refused`: there is no receipt at all, and `reasons` say why; without it they say why a part does not count.
    `notes` are sentences that the paper must carry.
    """

    eligible: int
    tolerated: int = 0
    refused: bool = False
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()


def decide(profile: str, given: Given, around: Around) -> Decision:
    """How one payment is receipted. Raises KeyError for an unknown profile."""
    if given.paid <= 0:
        return Decision(0, refused=True, reasons=(Reason("nothing_left"),))
    return DECISIONS[profile](given, around)


def _difference(given: Given, _around: Around) -> Decision:
    return Decision(max(given.paid - given.benefit, 0))


def _thailand(given: Given, around: Around) -> Decision:
    return Decision(_difference(given, around).eligible, notes=("no_deduction",))


def _united_states(given: Given, around: Around) -> Decision:
    notes = ["goods" if given.benefit else "no_goods"]
    partly = 0 < given.benefit < given.paid
    # In another currency than the law's the disclosure is made whatever the sum: too often does no harm.
    if partly and (given.currency != "USD" or given.paid > threshold("US", "disclosure", around.when)):
        notes.append("quid_pro_quo")
    return Decision(_difference(given, around).eligible, notes=tuple(notes))


def _united_kingdom(given: Given, _around: Around) -> Decision:
    if given.currency != "GBP":
        return _other_currency(given, "GBP")
    reasons = (Reason("ticket_price"),) if given.seats else ()
    return Decision(given.gift, refused=not given.gift, reasons=reasons or _no_gift(given))


def _france(given: Given, around: Around) -> Decision:
    """All or nothing for the tickets; the fee cover goes with them or, without tickets, with the gift."""
    if given.currency != "EUR":
        return _other_currency(given, "EUR")
    reasons = _french_objections(given, around) if given.benefit else ()
    if reasons:
        return Decision(given.gift, refused=not given.gift, reasons=reasons)
    return Decision(given.paid, tolerated=given.benefit)


def _french_objections(given: Given, around: Around) -> tuple[Reason, ...]:
    share = threshold("FR", "benefit_share", around.when)
    if given.benefit * 10_000 > given.seats * share:
        actual = -(-given.benefit * 100 // given.seats) if given.seats else 100  # upwards: 25.1 % is not "25 %"
        return (Reason("benefit_share", {"share": actual, "limit": share // 100}),)
    cap = threshold("FR", "benefit_cap", around.when) if around.cap is None else around.cap
    if not around.company and around.so_far + given.benefit > cap:
        values = {"cap": cap, "so_far": around.so_far, "benefit": given.benefit, "year": around.when.year}
        return (Reason("benefit_cap", values),)
    return ()


def _no_gift(given: Given) -> tuple[Reason, ...]:
    return () if given.gift else (Reason("nothing_left"),)


def _other_currency(given: Given, wanted: str) -> Decision:
    reason = Reason("other_currency", {"wanted": wanted, "currency": given.currency})
    return Decision(0, refused=True, reasons=(reason,))


DECISIONS: Mapping[str, Callable[[Given, Around], Decision]] = {
    "generic": _difference,
    "FR": _france,
    "TH": _thailand,
    "US": _united_states,
    "UK": _united_kingdom,
}
