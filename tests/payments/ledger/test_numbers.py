"""Numbers of journal entries: 1, 2, 3 in each journal and year, whoever writes at once and whoever gives up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.core.db import at_commit, db, transaction
from payments.ledger import posting
from payments.ledger.models import GIFTS, STRIPE_CLEARING, JournalCounter, JournalEntry
from tests.support import world as w

AMOUNTS = {(STRIPE_CLEARING, "THB"): 100, (GIFTS, "THB"): -100}
NEW_YEAR = datetime(2031, 12, 31, 17, 30, tzinfo=UTC)
"""Half past midnight on the first of January in Bangkok."""


def numbers() -> list[tuple[str, int, int]]:
    """Journal, fiscal year and number of each entry."""
    db.session.rollback()
    order = (JournalEntry.journal, JournalEntry.fiscal_year, JournalEntry.seq)
    return [
        (row.journal, row.fiscal_year, row.seq) for row in db.session.scalars(select(JournalEntry).order_by(*order))
    ]


def write(organisation_id: int, ext_id: str, *journals: str, moment: datetime | None = NEW_YEAR) -> None:
    """An entry in each of the journals, in the caller's transaction."""
    for journal in journals:
        posting.enter(organisation_id, journal, journal, ext_id, "a test", AMOUNTS, effective=moment)


@pytest.mark.both_engines
def test_whoever_writes_at_the_same_moment_the_numbers_have_no_gap(house: Flask) -> None:
    owner = w.furnish().organisation_id

    def one(number: int) -> None:
        journals = ("sales", "stripe") if number % 2 else ("stripe", "sales")  # nobody waits in a circle
        for round_ in range(5):
            with transaction():
                write(owner, f"{number}-{round_}", *journals)

    w.in_threads(house, 6, one)
    expected = [(journal, 2032, seq) for journal in ("sales", "stripe") for seq in range(1, 31)]
    assert numbers() == expected
    assert {row.last for row in db.session.scalars(select(JournalCounter))} == {30}


@pytest.mark.both_engines
def test_a_transaction_that_gives_up_gives_its_number_back(house: Flask) -> None:
    owner = w.furnish().organisation_id
    with transaction():
        write(owner, "first", "sales")
    with pytest.raises(LookupError), transaction():
        write(owner, "second", "sales")
        raise LookupError
    with transaction():
        write(owner, "third", "sales")
    assert numbers() == [("sales", 2032, 1), ("sales", 2032, 2)]


def test_the_day_is_the_organisations_own_and_each_year_begins_at_one(house: Flask) -> None:
    owner = w.furnish().organisation_id
    with transaction():
        write(owner, "eve", "sales", moment=NEW_YEAR - timedelta(hours=1))
        write(owner, "day", "sales")
    rows = db.session.scalars(select(JournalEntry).order_by(JournalEntry.effective_on)).all()
    assert [(str(row.effective_on), row.fiscal_year, row.seq) for row in rows] == [
        ("2031-12-31", 2031, 1),
        ("2032-01-01", 2032, 1),
    ]


def test_what_moves_nothing_is_no_entry(house: Flask) -> None:
    owner = w.furnish().organisation_id
    with transaction():
        posting.enter(owner, "sales", "payment", "x", "a test", {(STRIPE_CLEARING, "THB"): 0, (GIFTS, "THB"): 0})
    assert numbers() == []


def test_an_entry_is_balanced_in_each_currency(house: Flask) -> None:
    owner = w.furnish().organisation_id
    crooked = {(STRIPE_CLEARING, "THB"): 100, (GIFTS, "EUR"): -100}
    with pytest.raises(ValueError, match="do not sum to zero in"), transaction():
        posting.enter(owner, "sales", "payment", "x", "a test", crooked)


def test_what_is_left_to_the_end_is_done_once_with_all_of_it(house: Flask) -> None:
    collected: list[list[object]] = []
    act: Callable[[list[object]], None] = collected.append
    with transaction():
        at_commit(act, "one")
        at_commit(act, "two")
        assert collected == []
    assert collected == [["one", "two"]]


def test_what_is_left_to_the_end_is_forgotten_with_its_transaction(house: Flask) -> None:
    seen: list[list[object]] = []
    act: Callable[[list[object]], None] = seen.append
    with pytest.raises(LookupError), transaction():
        at_commit(act, "one")
        raise LookupError
    with transaction():
        pass
    assert seen == []


def test_there_is_no_end_outside_a_transaction_nor_in_a_savepoint(house: Flask) -> None:
    with pytest.raises(RuntimeError, match="whole transaction"):
        at_commit(print, "one")
    with pytest.raises(RuntimeError, match="whole transaction"), transaction() as session, session.begin_nested():
        at_commit(print, "one")
