"""Closing a period: nothing is added to it any more, totals stay, and a year hands its balances on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from events.core import clock
from events.core.db import db, transaction
from events.core.refusal import Refusal
from payments import auditing
from payments.ledger import closing, periods, posting
from payments.ledger.models import BENEFITS, FUNDS, STRIPE_CLEARING, ClosedPeriod, JournalEntry, Posting
from tests.support import world as w

NextYear = Callable[[], date]


@pytest.fixture
def next_year(midday: None, set_clock: Callable[[datetime], None]) -> NextYear:
    """Let it be the middle of January of the next year; the last day of the year that is over."""

    def turn() -> date:
        year = clock.now().year
        set_clock(datetime(year + 1, 1, 15, 5, tzinfo=UTC))
        return date(year, 12, 31)

    return turn


def entries(kind: str) -> list[JournalEntry]:
    """Of one kind, oldest first."""
    return list(db.session.scalars(select(JournalEntry).where(JournalEntry.ext_kind == kind).order_by(JournalEntry.id)))


def totals() -> dict[str, int]:
    """What stands on each account."""
    query = select(Posting.account, func.sum(Posting.amount)).group_by(Posting.account)
    return {account: int(total) for account, total in db.session.execute(query) if total}


def broken() -> set[str]:
    """Rules that the audit finds broken; nobody asked Stripe here, so that what only Stripe tells is left out."""
    return {violation["rule"] for violation in auditing.audit()[0]} - {"untold", "clearing"}


def close(world: w.World, until: date, seen: date | None = None) -> None:
    with transaction():
        closing.close(world.organisation_id, until, seen, "account:1")


@pytest.mark.both_engines
def test_a_closed_year_keeps_what_the_house_owns_and_begins_income_anew(house: Flask, next_year: NextYear) -> None:
    world = w.furnish()
    w.pay(w.buy(world, gift=50_000))
    before, last = totals(), next_year()
    close(world, last)
    after = totals()
    assert after[STRIPE_CLEARING] == before[STRIPE_CLEARING]
    assert BENEFITS not in after
    assert after[FUNDS] == -before[STRIPE_CLEARING]
    (ended,), (begun,) = entries("closing"), entries("opening")
    assert (ended.effective_on, begun.effective_on) == (last, last + timedelta(days=1))
    assert (ended.fiscal_year, begun.fiscal_year) == (last.year, last.year + 1)
    assert broken() == set()


@pytest.mark.both_engines
def test_what_is_heard_of_later_counts_in_the_next_period_and_keeps_its_day(house: Flask, next_year: NextYear) -> None:
    world = w.furnish()
    w.pay(w.buy(world))
    happened = clock.now()
    last = next_year()
    close(world, last)
    with transaction():
        amounts = {(STRIPE_CLEARING, "THB"): 7, (BENEFITS, "THB"): -7}
        posting.enter(world.organisation_id, "stripe", "late", "late:1", "heard late", amounts, effective=happened)
    (late,) = entries("late")
    assert late.effective_on == last + timedelta(days=1)
    assert late.happened_on == happened.date()
    assert late.fiscal_year == last.year + 1
    assert broken() == set()


@pytest.mark.both_engines
def test_the_first_to_close_wins(house: Flask, next_year: NextYear) -> None:
    world = w.furnish()
    w.pay(w.buy(world))
    last = next_year()

    def try_it(_number: int) -> str:
        try:
            close(world, last)
        except Refusal as refusal:
            return refusal.code
        return "closed"

    assert sorted(w.in_threads(house, 3, try_it)) == ["closed", "closed_meanwhile", "closed_meanwhile"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(ClosedPeriod)) == 1


def test_the_running_month_cannot_be_closed_and_nothing_is_opened_again(house: Flask, next_year: NextYear) -> None:
    world = w.furnish()
    w.pay(w.buy(world))
    with pytest.raises(Refusal, match="cannot be closed"):
        close(world, periods.end_of_month(clock.now().date()))
    last = next_year()
    close(world, last)
    with pytest.raises(Refusal):
        close(world, last, seen=last)
    with pytest.raises(Refusal, match="closed already"), transaction():
        closing.begin_years_in(world.organisation_id, 4, "account:1")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 12))
def test_a_fiscal_year_has_twelve_months_and_its_last_day_ends_it(day: date, start: int) -> None:
    year = periods.fiscal_year(day, start)
    first = date(year, start, 1)
    last = date(year + 1, start, 1) - timedelta(days=1)
    assert first <= day <= last
    assert periods.ends_year(last, start)
    assert not periods.ends_year(first, start)


ACCOUNTS = (
    "assets:stripe:clearing",
    "liabilities:refunds_due",
    "income:donations",
    "expenses:stripe:fees",
    "equity:funds",
)
BALANCED = st.dictionaries(
    st.tuples(st.sampled_from(ACCOUNTS[1:]), st.sampled_from(("THB", "EUR"))), st.integers(-(10**9), 10**9)
)


@settings(max_examples=60)
@given(BALANCED)
def test_opening_balances_sum_to_zero_and_change_no_asset_and_no_debt(drawn: dict[tuple[str, str], int]) -> None:
    balances = dict(drawn)
    for currency in ("THB", "EUR"):
        balances[ACCOUNTS[0], currency] = -sum(one for (_account, unit), one in drawn.items() if unit == currency)
    begun = closing.opening(balances)
    for currency in ("THB", "EUR"):
        assert sum(amount for (_account, unit), amount in begun.items() if unit == currency) == 0
    for (account, currency), amount in balances.items():
        if account.startswith(("assets:", "liabilities:")):
            assert begun.get((account, currency), 0) == amount


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(("THB", "EUR")), st.integers(-99, 99)), max_size=6)
)
def test_nothing_unbalanced_is_ever_written(parts: list[tuple[str, str, int]]) -> None:
    amounts = {(account, currency): amount for account, currency, amount in parts}
    off = [unit for unit in ("THB", "EUR") if sum(one for (_a, currency), one in amounts.items() if currency == unit)]
    if off:
        with pytest.raises(ValueError, match="do not sum to zero"):
            posting.enter(1, "sales", "x", "x", "memo", amounts)
