"""What the law and the tax offices say, as dated data: each threshold with the page it comes from and what that says.

Amounts are minor units of `currency`, shares basis points. A new year's figure is a new row; old rows stay, since a
payment is judged by the figures of its own day.
"""

from dataclasses import dataclass
from datetime import date

_BOFIP = "https://bofip.impots.gouv.fr/bofip/5868-PGP.html/identifiant=BOI-IR-RICI-250-20"
_QUID_PRO_QUO = (
    "https://www.irs.gov/charities-non-profits/charitable-organizations/"
    "charitable-contributions-quid-pro-quo-contributions"
)
_GIFT_AID = (
    "https://www.gov.uk/government/publications/charities-detailed-guidance-notes/"
    "chapter-3-gift-aid#chapter-318-benefits-received-by-donors-and-connected-persons"
)


@dataclass(frozen=True)
class Threshold:
    """One figure, in force from `since` until a newer row of the same profile and name begins."""

    profile: str
    name: str
    since: date
    value: int
    currency: str | None
    source: str
    sentence: str


@dataclass(frozen=True)
class Rule:
    """What a profile does, as one sentence with its source; `version` is written on every receipt made by it."""

    version: str
    source: str
    sentence: str


THRESHOLDS = (
    Threshold(
        *("FR", "benefit_share", date(2000, 1, 1), 2500, None, _BOFIP),
        "The value of what the donor receives may be at most a quarter of what was paid.",
    ),
    Threshold(
        *("FR", "benefit_cap", date(2011, 1, 1), 65_00, "EUR", _BOFIP),
        "All that one donor receives in a calendar year may be worth at most 65 euros.",
    ),
    Threshold(
        *("FR", "benefit_cap", date(2016, 1, 1), 69_00, "EUR", _BOFIP),
        "The yearly sum is revalued every five years; from 2016 it is 69 euros.",
    ),
    Threshold(
        *("FR", "benefit_cap", date(2021, 1, 1), 73_00, "EUR", _BOFIP),
        "From 2021 it is 73 euros. The organisation may set the figure of 2026 and later, once it is published.",
    ),
    Threshold(
        *("US", "disclosure", date(1994, 1, 1), 75_00, "USD", _QUID_PRO_QUO),
        "Above 75 dollars a payment that is partly a gift needs a written disclosure with a good-faith estimate.",
    ),
)

RULES = {
    "generic": Rule("generic-1", "", "What was paid, less the value of what was received, never below zero."),
    "FR": Rule(
        "FR-2021-1",
        _BOFIP,
        "All or nothing for each payment; a gift made beside it is receipted in full; a card payment counts on the day "
        "it is credited to the organisation.",
    ),
    "TH": Rule(
        "TH-2026-1",
        "https://epayapp.rd.go.th/rd-edonation/portal/home",
        "From 2026 a deduction rests on the e-Donation register, so this paper claims none.",
    ),
    "US": Rule("US-1994-1", _QUID_PRO_QUO, "The gift is what was paid above the fair market value of the benefit."),
    "UK": Rule(
        "UK-2019-1", _GIFT_AID, "The price of a ticket is no gift, nor is a minimum donation; what is freely added is."
    ),
}


def threshold(profile: str, name: str, when: date) -> int:
    """The figure in force on that day. Raises LookupError before the first one."""
    known = [row for row in THRESHOLDS if (row.profile, row.name) == (profile, name) and row.since <= when]
    if not known:
        raise LookupError(f"no {name} of {profile} on {when}")
    return max(known, key=lambda row: row.since).value
