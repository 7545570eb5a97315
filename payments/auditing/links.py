"""Questions about rows that belong together: none points at one that is gone, whatever table it was taken from."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import CompoundSelect, ForeignKey, Integer, Select, func, literal_column, select, union_all

from events.catalogue.models import Organisation
from events.core.db import Base, db
from payments.auditing import facts, gaps
from payments.checkout.models import Attempt
from payments.ledger import closing
from payments.ledger.models import Books, ClosedPeriod, JournalEntry
from payments.ledger.periods import CLOSING, OPENING
from payments.orders.models import Order

SAID_HERE = ("row_missing", "movement_missing", "entry_missing", "payout_missing", "period_lost")
"""Kinds of gaps that no other rule names."""


def links() -> Iterator[str]:
    """19. No row points at a row that is gone. The database refuses that; a hand on the file or a bad copy does not."""
    keys = _keys()
    for place, count in sorted(row for row in db.session.execute(_lost_of_all()) if row.lost):
        key = keys[place]
        yield f"{count} rows of {key.parent.table.name} name a {key.column.table.name} that is gone ({key.parent.name})"


def traced() -> Iterator[str]:
    """20. Every entry about money has its row, every movement its entry, every payout of the balance its own row."""
    for house_id in db.session.scalars(select(Organisation.id).order_by(Organisation.id)):
        for gap in gaps.of_organisation(facts.of_organisation(house_id), house_id):
            if gap.kind in SAID_HERE:
                yield f"{gap.subject}: {gap.kind.replace('_', ' ')} ({gap.amount} {gap.currency})"
    never = select(Order.code).outerjoin(Attempt, Attempt.order_id == Order.id).where(Attempt.id.is_(None))
    for code in db.session.scalars(never.where(Order.way == "stripe", Order.total > 0).order_by(Order.id)):
        yield f"order {code} was to be paid by card, and no attempt to pay it is known"


def closed() -> Iterator[str]:
    """21. A closed period stays as it was closed; a closed year is opened again with the same balances."""
    for row in db.session.scalars(select(ClosedPeriod).order_by(ClosedPeriod.id)):
        kept = {(account, currency): amount for account, currency, amount in row.balances}
        if closing.balances_until(row.organisation_id, row.until) != kept:
            yield f"the books to {row.until} are not what they were when they were closed"
        if row.kind == "year" and _carried(row) != {CLOSING, OPENING} and kept:
            yield f"the year to {row.until} is closed, and its balances were not carried over"
    late = select(JournalEntry.ext_id, JournalEntry.effective_on).join(
        Books, Books.organisation_id == JournalEntry.organisation_id
    )
    moved = (
        JournalEntry.effective_on != JournalEntry.happened_on,
        JournalEntry.effective_on <= JournalEntry.happened_on,
    )
    for ext_id, day in db.session.execute(late.where(*moved)):
        yield f"{ext_id} counts on {day}, before it happened"


def _carried(row: ClosedPeriod) -> set[str]:
    named = JournalEntry.ext_id == f"{row.organisation_id}:{row.until}"
    return set(db.session.scalars(select(JournalEntry.ext_kind).where(named)))


def _keys() -> list[ForeignKey]:
    """Every column that names a row, table by table."""
    tables = Base.metadata.sorted_tables
    return [key for table in tables for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)]


@cache
def _lost_of_all() -> CompoundSelect[int, int]:
    """One statement for all of them, made once: to write so many anew costs more than to run them."""
    return union_all(*(_lost(place, key) for place, key in enumerate(_keys())))


def _lost(place: int, key: ForeignKey) -> Select[int, int]:
    parent, column = key.column.table.alias("parent"), key.parent
    wanted, count = parent.c[key.column.name], func.count().label("lost")
    query = select(literal_column(str(place), Integer), count).select_from(
        key.parent.table.outerjoin(parent, column == wanted)
    )
    return query.where(column.is_not(None), wanted.is_(None))
