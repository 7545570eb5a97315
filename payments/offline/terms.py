"""What was agreed outside: where transfers go, and what Stripe takes from which day on; by whom it was written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from events.catalogue.models import FeeRate, Organisation
from events.core import trail
from events.core.db import changed, db, insert_once
from payments.orders.fees import METHODS, Rate, in_figures, today

_UNIQUE = ("organisation_id", "method", "currency", "holds_from")


def set_account(owner: Organisation, account: str, actor: str) -> None:
    """The account that letters, order pages and invoices name, line by line; the trail keeps the one before."""
    before = owner.bank_account
    changed(update(Organisation).where(Organisation.id == owner.id).values(bank_account=account))
    trail.note(actor, "account.changed", f"organisation:{owner.id}", owner.id, before=before, after=account)


def agree(owner: Organisation, method: str, currency: str, rate: Rate, holds_from: date, actor: str) -> None:
    """A rate from a day on; said again for the same day, the later word counts."""
    key = {"organisation_id": owner.id, "method": method, "currency": currency, "holds_from": holds_from}
    values = {"rate_bp": rate.bp, "fixed": rate.fixed}
    if not insert_once(FeeRate, key | values, _UNIQUE):
        changed(update(FeeRate).filter_by(**key).values(**values))
    changed(update(Organisation).where(Organisation.id == owner.id).values(id=owner.id))  # has a new mark: offers.py
    details = values | {"method": method, "currency": currency, "holds_from": holds_from.isoformat()}
    trail.note(actor, "rate.agreed", f"organisation:{owner.id}", owner.id, **details)


@dataclass(frozen=True)
class Agreed:
    """A rate as the page shows it; `begins` lies in the middle of its first day."""

    method: str
    figures: str
    begins: datetime
    is_ahead: bool


def agreed(owner: Organisation, currency: str) -> Sequence[Agreed]:
    """All rates in a currency, by way of paying, the newest first."""
    query = select(FeeRate).filter_by(organisation_id=owner.id, currency=currency)
    rows = db.session.scalars(query.order_by(FeeRate.method, FeeRate.holds_from.desc()))
    return [_shown(row, owner) for row in rows]


def _shown(row: FeeRate, owner: Organisation) -> Agreed:
    figures = in_figures(Rate(row.rate_bp, row.fixed), row.currency)
    begins = datetime.combine(row.holds_from, time(12), ZoneInfo(owner.time_zone))
    return Agreed(str(METHODS.get(row.method, row.method)), figures, begins, row.holds_from > today(owner))
