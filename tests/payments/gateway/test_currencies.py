import pytest

from payments.gateway.currencies import (
    AmountRefused,
    check_amount,
    from_stripe,
    maximum,
    minimum,
    payout_step,
    to_stripe,
)


@pytest.mark.parametrize(
    ("currency", "iso", "stripe"),
    [
        ("THB", 727556, 727556),
        ("EUR", 50, 50),
        ("JPY", 5000, 5000),
        ("ISK", 5, 500),  # written with two decimals, though the króna has none
        ("KWD", 5120, 5120),
        ("HUF", 17500, 17500),
        ("VND", 100000, 100000),
        ("XPF", 700, 700),
    ],
)
def test_an_amount_goes_to_stripe_and_comes_back(currency: str, iso: int, stripe: int) -> None:
    assert to_stripe(iso, currency) == stripe
    assert from_stripe(stripe, currency) == iso
    assert to_stripe(iso, currency.lower()) == stripe


def test_a_fraction_of_a_krona_is_refused() -> None:
    with pytest.raises(AmountRefused):
        from_stripe(550, "ISK")


@pytest.mark.parametrize(
    ("currency", "least"),
    [("THB", 1000), ("EUR", 50), ("USD", 50), ("GBP", 30), ("JPY", 50), ("HUF", 17500), ("DKK", 250)],
)
def test_the_smallest_payment_is_stripes(currency: str, least: int) -> None:
    assert minimum(currency) == least
    assert check_amount(least, currency) == to_stripe(least, currency)
    with pytest.raises(AmountRefused) as refused:
        check_amount(least - 1, currency)
    assert refused.value.code == "too_small"


@pytest.mark.parametrize(("currency", "most"), [("THB", 99_999_999), ("ISK", 999_999), ("KWD", 99_999_990)])
def test_the_largest_payment_has_eight_digits(currency: str, most: int) -> None:
    assert maximum(currency) == most
    check_amount(most, currency)
    with pytest.raises(AmountRefused) as refused:
        check_amount(most + (10 if currency == "KWD" else 1), currency)
    assert refused.value.code == "too_large"


def test_dinars_end_with_a_zero() -> None:
    check_amount(5120, "KWD")
    with pytest.raises(AmountRefused) as refused:
        check_amount(5124, "KWD")
    assert refused.value.code == "step"


def test_ugandan_shillings_are_not_offered() -> None:
    with pytest.raises(AmountRefused) as refused:
        check_amount(100_000, "UGX")
    assert refused.value.code == "currency"


def test_forints_are_paid_out_whole_though_charged_with_decimals() -> None:
    assert payout_step("HUF") == 100
    assert check_amount(17550, "HUF") == 17550
