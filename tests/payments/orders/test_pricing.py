"""What an order costs, and every wish that is refused. No database: the prices are those of objects in memory."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from events.core import i18n
from events.core.money import fee
from events.core.refusal import Refusal
from payments.orders.pricing import Line, Quote, Wish, quote
from tests.support.world import DINNER, evening, organisation, ticket_type

NOW = DINNER - timedelta(days=30)


@pytest.fixture(autouse=True, scope="module")
def _speaking() -> object:
    """Refusals are said in a language: an application that knows languages, and nothing else."""
    app = Flask("prices")
    i18n.init_app(app)
    with app.app_context():
        yield app


def priced(tickets: Mapping[str, int] | None = None, gift: int = 0, cover_fees: bool = False) -> Quote:
    """A wish, priced a month before the dinner."""
    return quote(evening(), Wish(tickets or {}, gift, cover_fees), NOW)


def test_each_seat_is_a_line_split_into_meal_and_gift() -> None:
    quoted = priced({"seat": 2})
    assert [(line.kind, line.amount, line.benefit, line.gift) for line in quoted.lines] == [
        ("ticket", 150_000, 90_000, 60_000),
        ("ticket", 150_000, 90_000, 60_000),
    ]
    assert (quoted.total, quoted.benefit, quoted.gift, quoted.currency) == (300_000, 180_000, 120_000, "THB")


def test_a_table_is_eight_lines_of_one_bundle_that_add_up_to_its_price() -> None:
    quoted = priced({"table": 2})
    bundles = {line.bundle_id for line in quoted.lines}
    assert len(quoted.lines) == 16
    assert len(bundles) == 2
    assert None not in bundles
    first = [line for line in quoted.lines if line.bundle_id == quoted.lines[0].bundle_id]
    assert len(first) == 8
    assert (sum(line.amount for line in first), sum(line.benefit for line in first)) == (1_000_000, 700_001)
    assert all(line.amount == line.benefit + line.gift and line.gift >= 0 for line in quoted.lines)


def test_a_gift_is_given_once_whatever_the_number_of_seats() -> None:
    quoted = priced({"seat": 4}, gift=50_000)
    assert [line.kind for line in quoted.lines].count("gift") == 1
    assert (quoted.total, quoted.gift, quoted.benefit) == (650_000, 4 * 60_000 + 50_000, 360_000)


def test_a_gift_alone_is_an_order_without_seats() -> None:
    quoted = priced(gift=50_000)
    assert quoted.wanted == ()
    assert quoted.lines == (Line("gift", quoted.lines[0].name, 50_000, 0, 50_000),)


@given(st.integers(0, 8), st.integers(0, 1_000_000))
def test_covered_fees_leave_the_charity_what_was_meant(seats: int, gift: int) -> None:
    if seats * 150_000 + gift < 1_000:
        return
    plain, covered = priced({"seat": seats}, gift), priced({"seat": seats}, gift, cover_fees=True)
    assert covered.total - fee(covered.total, 365, 1_000) == plain.total
    assert (covered.gift, covered.benefit) == (plain.gift, plain.benefit)
    assert covered.fee_cover == covered.total - plain.total
    assert covered.lines[-1].kind == "fee_cover"


def test_nothing_wanted_of_a_kind_takes_nothing_of_it() -> None:
    assert [found.public_id for found, _count in priced({"seat": 1, "table": 0}).wanted] == ["seat"]


def test_a_kind_that_is_not_wanted_need_not_exist() -> None:
    assert priced({"seat": 1, "unheard of": 0}).total == 150_000


def _closed(**values: Any) -> Refusal:
    event = evening(**values)
    with pytest.raises(Refusal) as refusal:
        quote(event, Wish({"seat": 1}), NOW)
    return refusal.value


@pytest.mark.parametrize("status", ["draft", "cancelled", "archived"])
def test_only_a_published_evening_is_sold(status: str) -> None:
    assert (_closed(status=status).code, _closed(status=status).status) == ("sales_closed", 409)


def test_nothing_is_sold_from_the_very_moment_sales_end() -> None:
    assert _closed(sales_end_at=NOW).code == "sales_closed"
    assert quote(evening(sales_end_at=NOW + timedelta(seconds=1)), Wish({"seat": 1}), NOW).total == 150_000


def refused(wish: Wish, **values: Any) -> Refusal:
    """Why a wish is refused."""
    with pytest.raises(Refusal) as refusal:
        quote(evening(**values), wish, NOW)
    return refusal.value


def test_a_ticket_of_another_evening_is_refused() -> None:
    assert refused(Wish({"gala": 1})).code == "unknown_ticket_type"


def test_more_than_the_most_is_refused_and_the_most_is_sold() -> None:
    refusal = refused(Wish({"table": 3}))
    assert (refusal.code, refusal.field) == ("too_many", "ticket-table")
    assert "2" in refusal.sentence
    assert len(priced({"table": 2}).lines) == 16


def test_nothing_at_all_is_refused_even_with_fees_covered() -> None:
    assert refused(Wish({})).code == "empty"
    assert refused(Wish({"seat": 0}, cover_fees=True)).code == "empty"


def test_what_stripe_would_not_take_is_refused_with_the_least_it_takes() -> None:
    refusal = refused(Wish({}, gift=999))
    assert (refusal.code, refusal.field) == ("too_small", "gift")
    assert "10" in refusal.sentence
    assert priced(gift=1_000).total == 1_000
    assert refused(Wish({}, gift=10**10)).code == "too_large"


@pytest.mark.parametrize(
    ("window", "sold"),
    [
        ({"sales_start_at": NOW + timedelta(seconds=1)}, False),
        ({"sales_start_at": NOW}, True),
        ({"sales_end_at": NOW}, False),
        ({"sales_end_at": NOW + timedelta(seconds=1)}, True),
    ],
)
def test_a_kind_has_hours_of_its_own(window: dict[str, object], sold: bool) -> None:
    event = evening()
    event.ticket_types.append(ticket_type("early", 100_000, 90_000, **window))
    if sold:
        assert quote(event, Wish({"early": 1}), NOW).total == 100_000
        return
    with pytest.raises(Refusal) as refusal:
        quote(event, Wish({"early": 1}), NOW)
    assert (refusal.value.code, refusal.value.field, refusal.value.status) == ("not_on_sale", "ticket-early", 409)


def test_the_rates_are_those_of_the_organisation() -> None:
    event = evening(organisation(card_fee_bp=0, card_fee_fixed=500))
    assert quote(event, Wish({"seat": 1}, cover_fees=True), NOW).fee_cover == 500
