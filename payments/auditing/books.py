"""The books by themselves: entries, their numbers, what Stripe's movements and payouts add up to."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from events.core import clock
from events.core.db import db
from payments.ledger import movements
from payments.ledger.models import (
    STRIPE_CLEARING,
    BalanceTransaction,
    JournalCounter,
    JournalEntry,
    Payout,
    Posting,
)

UNTOLD = timedelta(days=3)
"""Stripe rings for that long; by then it has booked what we know of, and we have read it."""


def entries() -> Iterator[str]:
    """13. Every journal entry has postings, and numbers run 1..last in each journal and fiscal year without a gap."""
    bare = select(JournalEntry.ext_id).outerjoin(Posting).where(Posting.id.is_(None))
    for ext_id in db.session.scalars(bare):
        yield f"the journal entry about {ext_id} has no postings"
    key = (JournalEntry.organisation_id, JournalEntry.journal, JournalEntry.fiscal_year)
    counted = select(*key, func.count(), func.max(JournalEntry.seq)).group_by(*key)
    held = {(row[0], row[1], row[2]): (row[3], row[4]) for row in db.session.execute(counted)}
    given = {(row.organisation_id, row.journal, row.fiscal_year): row.last for row in _counters()}
    for where in sorted(held.keys() | given.keys()):
        (count, highest), last = held.get(where, (0, 0)), given.get(where, 0)
        if not count == highest == last:
            yield f"journal {where[1]} of {where[2]} ends at {last}, but holds {count} entries up to {highest}"


def _counters() -> list[JournalCounter]:
    return list(db.session.scalars(select(JournalCounter)))


def payouts() -> Iterator[str]:
    """17. The net of a payout's movements is the payout."""
    members = (BalanceTransaction.payout_id == Payout.id) & (BalanceTransaction.id != Payout.balance_transaction_id)
    net = func.coalesce(func.sum(BalanceTransaction.net), 0)
    query = select(Payout.id, Payout.amount, net).outerjoin(BalanceTransaction, members).group_by(Payout.id)
    complete = query.where(Payout.automatic, Payout.reconciliation == "completed", Payout.members_at.is_not(None))
    for payout_id, amount, total in db.session.execute(complete):
        if amount != total:
            yield f"payout {payout_id} is {amount}, its movements sum to {total}"


def clearing() -> Iterator[str]:
    """17. The clearing account is Stripe's balance: the movements that are booked, and entries still without one."""
    clearing_account = Posting.account == STRIPE_CLEARING
    held = totals(select(Posting.currency, func.sum(Posting.amount)).where(clearing_account).group_by(Posting.currency))
    told = select(BalanceTransaction.currency, func.sum(BalanceTransaction.net)).group_by(BalanceTransaction.currency)
    expected = totals(told.where(BalanceTransaction.booked.is_not(None)))
    for _ext_id, _posted_at, currency, amount in _without_movement():
        expected[currency] = expected.get(currency, 0) + amount
    for currency in sorted(held.keys() | expected.keys()):
        if held.get(currency, 0) != expected.get(currency, 0):
            yield f"clearing holds {held.get(currency, 0)} {currency}, Stripe's balance is {expected.get(currency, 0)}"


def untold() -> Iterator[str]:
    """17. What we booked Stripe has booked too, and the other way round, within days."""
    late = clock.now() - UNTOLD
    for ext_id, posted_at, _currency, _amount in _without_movement():
        if posted_at < late:
            yield f"{ext_id} is in our books since {posted_at:%Y-%m-%d}, and in Stripe's balance nothing speaks of it"
    unbooked = select(BalanceTransaction.id).where(BalanceTransaction.booked.is_(None))
    for movement_id in db.session.scalars(unbooked.where(BalanceTransaction.created_at < late)):
        yield f"movement {movement_id} of Stripe's balance is not in our books"


def totals(query: Select[str, int]) -> dict[str, int]:
    """The rows of a query of keys and sums."""
    return {key: int(total) for key, total in db.session.execute(query)}


def _without_movement() -> list[tuple[str, datetime, str, int]]:
    """Our own entries that no movement stands beside: what they are named by, when, and how they moved clearing."""
    beside = select(BalanceTransaction.category, BalanceTransaction.type, BalanceTransaction.reference)
    rows = db.session.execute(beside.where(BalanceTransaction.booked == "beside"))
    told = {(movements.treatment(row.category, row.type).own, row.reference) for row in rows}
    columns = (JournalEntry.ext_kind, JournalEntry.ext_id, JournalEntry.posted_at, Posting.currency)
    query = select(*columns, func.sum(Posting.amount)).join(Posting, Posting.entry_id == JournalEntry.id)
    own = JournalEntry.ext_kind.in_(sorted(movements.OWN_KINDS))
    found = db.session.execute(query.where(own, Posting.account == STRIPE_CLEARING).group_by(*columns))
    return [(ext_id, at, unit, int(moved)) for kind, ext_id, at, unit, moved in found if (kind, ext_id) not in told]
