"""Notes and coins by currency, in minor units, the largest first: what a drawer is counted by."""

from collections.abc import Mapping, Sequence

from events.core import money

_EURO = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
_DOLLAR = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1)

KNOWN: Mapping[str, Sequence[int]] = {
    "THB": (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25),
    "EUR": _EURO,
    "USD": _DOLLAR,
    "GBP": (5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "CHF": (100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5),
    "CAD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5),
    "AUD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5),
    "SGD": (100_000, 10_000, 5_000, 1_000, 500, 200, 100, 50, 20, 10, 5),
    "HKD": (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10),
    "JPY": (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1),
}


def pieces(currency: str) -> Sequence[int]:
    """The values of the currency's notes and coins; where we do not know them, every 5, 2 and 1 that may be one."""
    if currency in KNOWN:
        return KNOWN[currency]
    powers = range(money.exponent(currency) + 4, -1, -1)
    return [digit * 10**power for power in powers for digit in (5, 2, 1)]
