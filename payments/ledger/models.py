"""The books: append-only double entry. Triggers refuse UPDATE and DELETE on both engines.

Beside them, copies of what Stripe's own books say: movements of its balance and payouts.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base

STRIPE_CLEARING = "assets:stripe:clearing"
"""What Stripe holds for us: its balance, available and pending."""
REFUNDS_IN_TRANSIT = "assets:stripe:refunds_in_transit"
DISPUTES_IN_TRANSIT = "assets:stripe:disputes_in_transit"
CONVERSION = "assets:stripe:conversion"
BANK_IN_TRANSIT = "assets:bank:in_transit"
CASH = "assets:cash"
DOOR_CASH = "assets:cash:door"
"""What lies in the drawer at the door, beside the change that was brought."""
BANK = "assets:bank"
SUSPENSE = "assets:suspense"
STRIPE_FEES = "expenses:stripe:fees"
ADJUSTMENTS = "expenses:stripe:adjustments"
OVER_SHORT = "expenses:cash_over_short"
"""What a drawer held less than it should; below zero, more."""
COMPS = "expenses:comps"
"""What invited guests receive, at its value; GIVEN_AWAY is its counterpart, so that no income is made of it."""
GIVEN_AWAY = "contra:comps"
BENEFITS = "income:tickets:benefits"
GIFTS = "income:donations"
FEE_COVER = "income:fee_cover"
FUNDS = "equity:funds"
"""What earlier fiscal years have left: where income and cost go when a year is closed."""
REFUNDS_DUE = "liabilities:refunds_due"
UNDER_REVIEW = "liabilities:under_review"


class JournalEntry(Base):
    """A fact in the books, named by what it came from: `ext_kind` and `ext_id` are unique, so none is booked twice.

    `seq` runs 1, 2, 3 without a gap in its organisation, journal and fiscal year. `effective_on` is a day where the
    organisation keeps its books: the one on which it happened (`happened_on`), or the first that is not closed. A
    mistake is taken back by an entry that `reverses` it.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("ext_kind", "ext_id"),
        UniqueConstraint("organisation_id", "journal", "fiscal_year", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    journal: Mapped[str]
    fiscal_year: Mapped[int]
    seq: Mapped[int]
    effective_on: Mapped[date] = mapped_column(index=True)
    happened_on: Mapped[date]
    posted_at: Mapped[datetime]
    ext_kind: Mapped[str]
    ext_id: Mapped[str]
    memo: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("journal_entry.id"), unique=True)

    postings: Mapped[list["Posting"]] = relationship(back_populates="entry")


class Books(Base):
    """How far an organisation's books are closed: the last day to which nothing is added any more; None for nowhere.

    Whoever writes an entry holds this row shared, so that a period is not closed beneath it.
    """

    __tablename__ = "books"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    closed_until: Mapped[date | None]


class ClosedPeriod(Base):
    """A period that was closed, append-only. `balances` are those of every account at its end, for ever the same.

    `kind` says whether it ended a fiscal year: then the next one was opened with the balances, as entries.
    """

    __tablename__ = "closed_period"
    __table_args__ = (
        UniqueConstraint("organisation_id", "until"),
        CheckConstraint("kind IN ('month', 'year')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str]
    until: Mapped[date]
    closed_at: Mapped[datetime]
    closed_by: Mapped[str]
    balances: Mapped[list[Any]]  # [account, currency, minor units], in order


class JournalCounter(Base):
    """The last number given in one journal of one organisation's fiscal year."""

    __tablename__ = "journal_counter"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Posting(Base):
    """A signed amount on one account, minor units: debit above zero. The postings of an entry sum to zero."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), index=True)
    account: Mapped[str] = mapped_column(index=True)
    currency: Mapped[str]
    amount: Mapped[int]

    entry: Mapped[JournalEntry] = relationship(back_populates="postings")


class BalanceTransaction(Base):
    """A movement of Stripe's balance as Stripe tells it: `net = amount - fee`, minor units of the settlement currency.

    `source` is the charge, refund, dispute or payout that caused it; `reference` is what our own entry about the same
    fact is named by (for a charge its payment intent). `booked` says how it stands in our books: not yet, as the fee
    and exchange beside an entry of ours (`beside`), or by itself (`whole`). `payout_id` is the payout it went with.
    """

    __tablename__ = "balance_transaction"
    __table_args__ = (
        CheckConstraint("booked IN ('beside', 'whole')", name="booked"),
        CheckConstraint("net = amount - fee", name="net"),
        Index("ix_balance_transaction_booked", "booked"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    category: Mapped[str]
    type: Mapped[str]
    amount: Mapped[int]
    fee: Mapped[int]
    net: Mapped[int]
    currency: Mapped[str]
    exchange_rate: Mapped[str | None]  # a decimal number, as Stripe wrote it
    source: Mapped[str | None] = mapped_column(index=True)
    reference: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    available_on: Mapped[datetime]
    payout_id: Mapped[str | None] = mapped_column(index=True)
    booked: Mapped[str | None]


class Payout(Base):
    """Money that Stripe sent to the bank, as Stripe tells it. `members_at`: when its movements were last listed."""

    __tablename__ = "payout"

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    automatic: Mapped[bool]
    reconciliation: Mapped[str]
    balance_transaction_id: Mapped[str | None]
    failure_balance_transaction_id: Mapped[str | None]
    failure_code: Mapped[str | None]
    arrival_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)
    members_at: Mapped[datetime | None]


class StrayPayment(Base):
    """Money captured on a pay page that no order knows (a restored database has lost it): a person must look."""

    __tablename__ = "stray_payment"

    reference: Mapped[str] = mapped_column(primary_key=True)  # the payment intent's id
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    session_id: Mapped[str]
    order_code: Mapped[str | None]  # as the pay page said it
    amount: Mapped[int]
    currency: Mapped[str]
    found_at: Mapped[datetime]


class Reading(Base):
    """How far one of Stripe's lists (events, sessions, movements, payouts) has been read and dealt with."""

    __tablename__ = "reading"

    name: Mapped[str] = mapped_column(primary_key=True)
    reached: Mapped[datetime]
