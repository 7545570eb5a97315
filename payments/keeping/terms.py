"""How long the law keeps what, by the country whose rules an organisation follows."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from events.catalogue.models import Organisation
from events.core.i18n import lazy_gettext as _
from payments.ledger import periods
from payments.receipts.profiles import PROFILES


@dataclass(frozen=True)
class Term:
    """Years for which books and their vouchers are kept, from the end of the fiscal year; `law` is where it stands."""

    years: int
    law: str


TERMS = {
    "FR": Term(PROFILES["FR"].kept_years, _("Code de commerce, article L123-22: ten years for books and vouchers.")),
    "TH": Term(PROFILES["TH"].kept_years, _("Accounting Act B.E. 2543, section 14: five years.")),
    "UK": Term(PROFILES["UK"].kept_years, _("Charities Act 2011, section 131: six years.")),
    "US": Term(PROFILES["US"].kept_years, _("IRS, how long to keep records: up to seven years.")),
    "CA": Term(6, _("Income Tax Act, section 230: six years.")),
    "DE": Term(8, _("Abgabenordnung, § 147: eight years for vouchers.")),
}
GENERIC = Term(PROFILES["generic"].kept_years, _("No country’s rules are chosen: ten years, the longest term we know."))


def term_of(organisation: Organisation) -> Term:
    """The term that an organisation follows."""
    return TERMS.get(organisation.receipt_profile.upper(), GENERIC)


def keep_until(organisation: Organisation, moment: datetime) -> date:
    """The last day on which a fact of this moment is kept: years after the end of its fiscal year."""
    day = moment.astimezone(ZoneInfo(organisation.time_zone)).date()
    begun = periods.fiscal_year(day, organisation.fiscal_year_start)
    next_one = date(begun + 1 + term_of(organisation).years, organisation.fiscal_year_start, 1)
    return next_one - periods.DAY
