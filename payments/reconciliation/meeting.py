"""Orders, Stripe and bank side by side: three columns that must meet, for a day, an evening, a payout or all time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from events.core.db import db
from payments.auditing import gaps
from payments.auditing.facts import Fact
from payments.auditing.gaps import Gap
from payments.box_office.models import Drawer
from payments.ledger.models import Payout

SENT = ("pending", "in_transit")
KINDS = {"payment": "payments", "refund": "refunds", "refund_failure": "refunds"} | dict.fromkeys(
    ("dispute", "dispute_reversal"), "disputes"
)
"""The line of a column by the kind of a fact; the rest is `others`."""
PAID_OUT = ("payout", "payout_failure", "payout_cancel", "payout_reversal")
"""Movements that take the balance to the bank, or back."""


@dataclass
class Columns:
    """One currency: what our orders lead us to expect, what Stripe says, where it lies. Signed minor units."""

    currency: str
    ours: Counter[str] = field(default_factory=Counter)  # payments, refunds, disputes, others, fees
    stripe: Counter[str] = field(default_factory=Counter)  # the same, and under_way: not told yet
    bank: Counter[str] = field(default_factory=Counter)  # arrived, sent, failed, at_stripe, under_way
    by_hand: Counter[str] = field(default_factory=Counter)  # cash, transfer: beside Stripe
    over_short: int = 0  # by how much a closed drawer differed from its ledger: booked, so no gap
    named: int = 0  # what the gaps name

    @property
    def expected(self) -> int:
        """The sum of the first column."""
        return sum(self.ours.values())

    @property
    def told(self) -> int:
        """The sum of the second."""
        return sum(self.stripe.values())

    @property
    def lies(self) -> int:
        """The sum of the third."""
        return sum(self.bank.values())

    @property
    def unexplained(self) -> int:
        """Nothing, or what is left: the gaps' own amounts, or by how far the columns miss each other."""
        return max(self.named, abs(self.expected - self.told), abs(self.told - self.lies))


@dataclass(frozen=True)
class Meeting:
    """Columns by currency, the facts they were made of, and every item that does not fit."""

    columns: list[Columns]
    facts: Sequence[Fact]
    gaps: Sequence[Gap]

    @property
    def is_zero(self) -> bool:
        """Whether everything is explained."""
        return not self.gaps and not any(column.unexplained for column in self.columns)


def meet(
    facts: Sequence[Fact], found: Sequence[Gap], moment: datetime, home: str, drawer: Drawer | None = None
) -> Meeting:
    """Put facts and gaps side by side; `home` is the currency to show where nothing has happened yet."""
    states = _states(facts)
    columns: dict[str, Columns] = {}
    for fact in facts:
        _count(fact, columns, states, moment)
    for gap in found:
        if gap.amount:
            columns.setdefault(gap.currency, Columns(gap.currency)).named += gap.amount
    if drawer is not None and drawer.difference:
        columns.setdefault(drawer.currency, Columns(drawer.currency)).over_short = drawer.difference
    if not columns:
        columns[home] = Columns(home)
    return Meeting([columns[currency] for currency in sorted(columns)], facts, found)


def of_payout(facts: Sequence[Fact], payout: Payout) -> list[Fact]:
    """The facts whose movement went with a payout; the payout's own movement is none of them."""
    own = (payout.balance_transaction_id, payout.failure_balance_transaction_id)
    return [
        fact for fact in facts if any(row.payout_id == payout.id and row.id not in own for row in fact.moved)
    ]  # fmt: skip


def gaps_of(facts: Sequence[Fact], rest: Sequence[Gap], moment: datetime) -> list[Gap]:
    """The gaps of these facts, and those of the rest that are given."""
    return [*gaps.of_facts(facts, moment), *rest]


def _count(fact: Fact, columns: dict[str, Columns], states: Mapping[str, str], moment: datetime) -> None:
    if fact.kind == "lost_movement":
        return
    kind, told = KINDS.get(fact.kind, "others"), fact.movement
    currency = told.currency if told else fact.currency
    column = columns.setdefault(currency, Columns(currency))
    if fact.provider != "stripe":
        column.by_hand[fact.provider] += fact.gross
        return
    if told is None:
        column.ours[kind] += fact.ours or 0
        waiting = fact.gross if gaps.is_under_way(fact, moment) else 0
        column.stripe["under_way"] += waiting
        column.bank["under_way"] += waiting
        return
    if told.category in PAID_OUT:
        return
    exchanged = currency != fact.currency or kind == "others" or gaps.is_under_way(fact, moment)
    column.ours[kind] += told.amount if exchanged else fact.ours or 0
    column.ours["fees"] -= told.fee if gaps.is_under_way(fact, moment) else fact.fees
    for row in fact.moved:
        column.stripe[kind] += row.amount
        column.stripe["fees"] -= row.fee
        column.bank[states.get(row.payout_id or "", "at_stripe")] += row.net


def _states(facts: Sequence[Fact]) -> dict[str, str]:
    """Where the money of each payout is: arrived, sent, or failed."""
    wanted = {row.payout_id for fact in facts for row in fact.moved if row.payout_id}
    rows = db.session.execute(select(Payout.id, Payout.status).where(Payout.id.in_(wanted)))
    names = {"paid": "arrived"} | dict.fromkeys(SENT, "sent")
    return {payout_id: names.get(status, "failed") for payout_id, status in rows}
