"""Minor units: nothing is lost, and nothing is read that was not meant."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.core.money import LARGEST, fee, gross_up, major, parse, share

AMOUNTS = st.integers(0, 10**11)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_shares_add_up_and_none_is_off_by_a_whole_unit(amount: int, weights: list[int]) -> None:
    parts = share(amount, weights)
    assert sum(parts) == amount
    fair = [amount * weight for weight in weights]
    assert all(abs(part * sum(weights) - wanted) < sum(weights) for part, wanted in zip(parts, fair, strict=True))


@given(AMOUNTS, st.integers(1, 20))
def test_equal_shares_differ_by_one_at_most_and_the_first_get_it(amount: int, count: int) -> None:
    parts = share(amount, [1] * count)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_nothing_is_shared_among_nobody(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="nothing to share"):
        share(100, weights)


@given(st.integers(0, 10**9), st.integers(0, 9_000), st.integers(0, 10_000))
def test_grossing_up_leaves_exactly_the_net_and_is_the_smallest_sum(net: int, rate_bp: int, fixed: int) -> None:
    gross = gross_up(net, rate_bp, fixed)
    assert gross - fee(gross, rate_bp, fixed) == net
    assert not gross or gross - 1 - fee(gross - 1, rate_bp, fixed) < net


def test_grossing_up_at_the_agreed_rate() -> None:
    # 3.65 % + 10 baht on 1,567.20 baht are 67.20 baht
    assert gross_up(150_000, 365, 1_000) == 156_720
    assert fee(156_720, 365, 1_000) == 6_720


@pytest.mark.parametrize("rate_bp", [10_000, 12_000, -1])
def test_a_fee_that_takes_everything_is_refused(rate_bp: int) -> None:
    with pytest.raises(ValueError, match="less than the whole"):
        gross_up(100, rate_bp, 0)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1500", "THB", 150_000),
        (" 1 500 ", "THB", 150_000),
        ("1\u00a0500", "THB", 150_000),
        ("1\u202f500,50", "EUR", 150_050),
        ("1,500.50", "THB", 150_050),
        ("1.500,50", "EUR", 150_050),
        ("1’500.5", "CHF", 150_050),
        ("1500,5", "EUR", 150_050),
        ("1,500", "THB", 150_000),
        ("1.500", "EUR", 150_000),
        ("1,234,567", "THB", 123_456_700),
        ("0", "THB", 0),
        ("0.01", "THB", 1),
        ("๑,๕๐๐", "THB", 150_000),
        ("๕๐๐ บาท", "THB", 50_000),
        ("฿500", "THB", 50_000),
        ("500.50 Baht", "THB", 50_050),
        ("25 €", "EUR", 2_500),
        ("eur 25", "EUR", 2_500),
        ("1500", "JPY", 1_500),
        ("1500.00", "JPY", 1_500),
        ("1.5", "KWD", 1_500),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, currency: str, minor: int) -> None:
    assert parse(typed, currency) == minor


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "１", "٣", "1_000", "1e308", "1e3", "nan", "NaN", "inf", "-5", "+5", "1.5.5", "1,5,5"),
        *("1.", ".5", "1,23,456", "1.234.56", "12.345.67", "0x10", "1/2", "5 %", "€5", "฿", "฿฿5", "9" * 13),
        *("999999999999", "1.0001"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str) -> None:
    assert parse(typed, "THB") is None


@pytest.mark.parametrize(("typed", "currency"), [("1.5", "JPY"), ("1.25", "JPY"), ("1.500", "KWD"), ("1,234", "BHD")])
def test_what_the_currency_does_not_have_or_may_mean_two_things_is_refused(typed: str, currency: str) -> None:
    assert parse(typed, currency) is None


@settings(max_examples=300)
@given(st.text(max_size=20))
def test_whatever_is_typed_gives_an_amount_in_bounds_or_none(typed: str) -> None:
    minor = parse(typed, "THB")
    assert minor is None or 0 <= minor <= LARGEST
    if re.search(r"[^0-9.,\s\u00a0\u202f’']", typed):
        assert minor is None


@given(AMOUNTS, st.sampled_from(["THB", "EUR", "JPY", "KWD"]))
def test_what_is_written_out_is_read_back(amount: int, currency: str) -> None:
    written = f"{major(amount, currency):f}"
    read = parse(written, currency)
    assert read in (amount, None)
    if currency != "KWD":
        assert read == amount


def test_major_units_are_exact() -> None:
    assert major(150_050, "THB") == Decimal("1500.50")
    assert major(1_500, "JPY") == Decimal(1500)
    assert major(1, "KWD") == Decimal("0.001")
