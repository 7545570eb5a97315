"""Accounts as the accountant calls them, the currency of the books, and what other currencies are worth in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, func, select

from events.catalogue.models import Event, Organisation
from events.core import trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.i18n import short_day
from events.core.refusal import Refusal
from payments.exports.models import AccountCode, Bookkeeping, BookRate
from payments.ledger import models as ledger
from payments.ledger.models import JournalEntry, Posting

DEFAULTS: Mapping[str, tuple[str, str]] = {
    ledger.STRIPE_CLEARING: ("517000", "Stripe"),
    ledger.REFUNDS_IN_TRANSIT: ("517100", "Stripe, remboursements en cours"),
    ledger.DISPUTES_IN_TRANSIT: ("517200", "Stripe, litiges en cours"),
    ledger.CONVERSION: ("517300", "Stripe, conversion de devises"),
    ledger.BANK_IN_TRANSIT: ("580000", "Virements internes"),
    ledger.BANK: ("512000", "Banque"),
    ledger.CASH: ("530000", "Caisse"),
    ledger.DOOR_CASH: ("530100", "Caisse de l'accueil"),
    ledger.SUSPENSE: ("471000", "Compte d'attente"),
    ledger.UNDER_REVIEW: ("471100", "Encaissements à vérifier"),
    ledger.REFUNDS_DUE: ("467000", "Remboursements à effectuer"),
    ledger.STRIPE_FEES: ("627000", "Frais bancaires"),
    ledger.ADJUSTMENTS: ("658000", "Régularisations Stripe"),
    ledger.OVER_SHORT: ("658100", "Écarts de caisse"),
    ledger.COMPS: ("623000", "Invitations"),
    ledger.GIVEN_AWAY: ("791000", "Invitations, contrepartie"),
    ledger.BENEFITS: ("706000", "Repas"),
    ledger.GIFTS: ("754100", "Dons"),
    ledger.FEE_COVER: ("758000", "Frais pris en charge par les donateurs"),
    ledger.FUNDS: ("110000", "Report à nouveau"),
}
"""French ones, after the charities' chart of accounts (ANC 2018-06). Whoever keeps books elsewhere changes them."""

OTHERS = {"assets": "471900", "liabilities": "467900", "income": "758900", "expenses": "658900"}
"""For an account that is younger than this table."""


@dataclass(frozen=True)
class Books:
    """How one organisation's books are written. Rates of a currency stand with the newest first."""

    organisation_id: int
    currency: str
    names: Mapping[str, tuple[str, str]]
    rates: Mapping[str, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)

    def account(self, account: str) -> tuple[str, str]:
        """Code and label."""
        if account in self.names:
            return self.names[account]
        return OTHERS.get(account.split(":")[0], "119000"), account

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What one unit is worth in the books' currency on a day, as far as somebody has said."""
        if currency == self.currency:
            return Decimal(1)
        return next((rate for since, rate in self.rates.get(currency, ()) if since <= day), None)


def books_of(organisation_id: int) -> Books:
    """Read whole: some dozens of rows."""
    kept = db.session.get(Bookkeeping, organisation_id)
    own = db.session.scalars(select(AccountCode).filter_by(organisation_id=organisation_id))
    names = {**DEFAULTS, **{row.account: (row.code, row.label) for row in own}}
    rates: dict[str, list[tuple[date, Decimal]]] = {}
    for row in rates_of(organisation_id):
        rates.setdefault(row.currency, []).append((row.since, Decimal(row.rate)))
    return Books(organisation_id, kept.currency if kept else _usual(organisation_id), names, rates)


def rates_of(organisation_id: int) -> Sequence[BookRate]:
    """The newest first, currency by currency."""
    query = select(BookRate).filter_by(organisation_id=organisation_id)
    return db.session.scalars(query.order_by(BookRate.currency, BookRate.since.desc())).all()


def keep_currency(organisation_id: int, currency: str, actor: str) -> None:
    """The books' currency from now on. In the caller's transaction."""
    row = db.session.get(Bookkeeping, organisation_id)
    if row is None:
        db.session.add(Bookkeeping(organisation_id=organisation_id, currency=currency))
    else:
        row.currency = currency
    trail.note(actor, "books.currency", f"organisation:{organisation_id}", organisation_id, currency=currency)


def keep_codes(organisation_id: int, codes: Mapping[str, tuple[str, str]], actor: str) -> None:
    """Codes and labels by account; what equals the default needs no row. In the caller's transaction."""
    changed(delete(AccountCode).where(AccountCode.organisation_id == organisation_id))
    own = {account: names for account, names in codes.items() if DEFAULTS.get(account) != names}
    for account, (code, label) in own.items():
        db.session.add(AccountCode(organisation_id=organisation_id, account=account, code=code, label=label))
    trail.note(actor, "books.codes", f"organisation:{organisation_id}", organisation_id, changed=len(own))


def keep_rate(organisation_id: int, currency: str, since: date, rate: Decimal, actor: str) -> None:
    """A rate from a day on; the same day is said anew. In the caller's transaction."""
    same = (BookRate.organisation_id == organisation_id, BookRate.currency == currency, BookRate.since == since)
    changed(delete(BookRate).where(*same))
    written = f"{rate.normalize():f}"
    db.session.add(BookRate(organisation_id=organisation_id, currency=currency, since=since, rate=written))
    details = {"currency": currency, "since": str(since), "rate": written}
    trail.note(actor, "books.rate", f"organisation:{organisation_id}", organisation_id, **details)


def known_accounts(organisation_id: int) -> list[str]:
    """Those of the table, and whatever else stands in the books."""
    query = select(Posting.account).distinct().join(JournalEntry).where(JournalEntry.organisation_id == organisation_id)
    others = set(db.session.scalars(query)) - DEFAULTS.keys()
    return [*DEFAULTS, *sorted(others)]


def demand_rates(books: Books, day_from: date | None, day_to: date | None) -> None:
    """Raise Refusal `no_rate` when a currency in the books has no rate on the first day it is needed."""
    query = select(Posting.currency, func.min(JournalEntry.effective_on)).join(JournalEntry)
    parts = [JournalEntry.organisation_id == books.organisation_id]
    parts += [JournalEntry.effective_on >= day_from] if day_from else []
    parts += [JournalEntry.effective_on <= day_to] if day_to else []
    for currency, day in db.session.execute(query.where(*parts).group_by(Posting.currency).order_by(Posting.currency)):
        if books.rate(currency, day) is None:
            sentence = _(
                "Say what %(currency)s is worth in %(books)s from %(day)s on, under Accounts and rates.",
                currency=currency, books=books.currency, day=short_day(day),
            )  # fmt: skip
            raise Refusal("no_rate", sentence, status=409)


def _usual(organisation_id: int) -> str:
    """The currency most evenings are sold in; EUR where there is none."""
    count = func.count()
    query = select(Event.currency).where(Event.organisation_id == organisation_id).group_by(Event.currency)
    return db.session.scalar(query.order_by(count.desc(), Event.currency).limit(1)) or "EUR"


def organisations(ids: Sequence[int]) -> Sequence[Organisation]:
    """By name."""
    return db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)).all()
