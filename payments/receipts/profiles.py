"""What each profile needs of the organisation and of the donor, how long its papers are kept, and in which language."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.fr import siren
from stdnum.th import pin, tin
from stdnum.us import ein


@dataclass(frozen=True)
class Profile:
    """A country's manner. `language` None: the donor's own. `kept_years`: to the end of so many years after the issue.

    `organisation` and `donor` name what must be there before a number is given out; "siren_or_rna" wants one of the
    two. `optional` is what a donor may add. `waits_for_credit`: a card payment counts when it is on the account.
    """

    name: str
    prefix: str
    language: str | None
    kept_years: int
    organisation: tuple[str, ...]
    donor: tuple[str, ...] = ()
    optional: tuple[str, ...] = ("company", "street", "postcode", "town", "country")
    waits_for_credit: bool = False
    yearly_cap: bool = False


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("generic", "R", None, 10, ("legal_name",)),
        Profile(
            "FR", "FR", "fr", 10,
            ("legal_name", "address", "purpose", "siren_or_rna", "signatory", "signatory_role"),
            donor=("street", "postcode", "town"),
            optional=("company", "tax_id", "country"),
            waits_for_credit=True,
            yearly_cap=True,
        ),
        Profile(
            "TH", "TH", None, 5, ("legal_name", "address", "tax_id"),
            optional=("company", "tax_id", "street", "postcode", "town", "country"),
        ),
        Profile("US", "US", "en", 7, ("legal_name", "address", "tax_id")),
        Profile(
            "UK", "UK", "en", 6, ("legal_name", "address", "tax_id"),
            donor=("first_name", "last_name", "house", "postcode", "declaration"),
            optional=("title", "street", "town"),
        ),
    )
}  # fmt: skip


def profile_of(name: str) -> Profile:
    """The profile of that name. Raises KeyError."""
    return PROFILES[name]


def _thai(number: str) -> bool:
    return bool(tin.is_valid(number) or pin.is_valid(number))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "TH": _thai,
    "US": lambda number: bool(ein.is_valid(number)),
    "FR": lambda number: bool(siren.is_valid(number)),
    # HM Revenue & Customs' reference of a charity: one or two letters and one to five figures.
    "UK": lambda number: re.fullmatch(r"[A-Z]{1,2}[0-9]{1,5}", number) is not None,
}


def is_tax_id(profile: str, number: str) -> bool:
    """Whether the number is one of that country, its check digit included where it has one."""
    check = _CHECKS.get(profile)
    return bool(number) and (check is None or check(number.strip()))


def is_siren(number: str) -> bool:
    """Whether it is a SIREN with a right check digit."""
    return bool(siren.is_valid(number))


def is_rna(number: str) -> bool:
    """Whether it has the form of the French register of associations: W and nine figures."""
    return re.fullmatch(r"W[0-9]{9}", number) is not None
