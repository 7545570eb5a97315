"""Stripe's own way of writing amounts, where it differs from ISO 4217, and how small or large a payment may be.

Everywhere else an amount is a whole number of ISO minor units. What Stripe is sent and what it answers is converted
here and nowhere else. Source: https://docs.stripe.com/currencies (zero-decimal, three-decimal, special cases, minimum
and maximum amounts).
"""

from events.core.money import exponent

_ZERO_DECIMAL = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMAL = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
_NOT_OFFERED = frozenset(("UGX",))

# A charge must be a multiple of this many of Stripe's units: card networks see two decimals of a dinar, and the
# króna kept its two written decimals when it lost its eyrir.
_CHARGE_STEP = dict.fromkeys(_THREE_DECIMAL, 10) | {"ISK": 100}
_PAYOUT_STEP = _CHARGE_STEP | {"HUF": 100, "TWD": 100}

# Smallest charge in Stripe's units, when the account settles in that currency.
_MINIMUM = {
    **dict.fromkeys(("USD", "EUR", "AUD", "CAD", "CHF", "NZD", "SGD"), 50),
    **{"GBP": 30, "JPY": 50, "HKD": 400, "MYR": 200, "THB": 1000, "HUF": 17500, "CZK": 1500, "SEK": 300},
    **{"NOK": 300, "DKK": 250},
}
_MAXIMUM = 99_999_999  # eight digits; a few currencies allow more, of which only the rupiah needs it
_MAXIMA = {"IDR": 999_999_999_999}


class AmountRefused(ValueError):
    """Stripe would not take this amount. `code` is one of `currency`, `step`, `too_small`, `too_large`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def stripe_exponent(currency: str) -> int:
    """Decimal places Stripe writes for a currency (code in either case)."""
    code = currency.upper()
    if code in _ZERO_DECIMAL:
        return 0
    return 3 if code in _THREE_DECIMAL else 2


def to_stripe(amount: int, currency: str) -> int:
    """Stripe's units for `amount` ISO minor units. Raises AmountRefused where Stripe's units are too coarse."""
    shift = stripe_exponent(currency) - exponent(currency.upper())
    if shift >= 0:
        return amount * int(10**shift)
    return _divided(amount, 10**-shift, currency)


def from_stripe(amount: int, currency: str) -> int:
    """ISO minor units for an amount in Stripe's. Raises AmountRefused when it is no whole number of them."""
    shift = stripe_exponent(currency) - exponent(currency.upper())
    if shift <= 0:
        return amount * int(10**-shift)
    return _divided(amount, 10**shift, currency)


def minimum(currency: str) -> int:
    """The smallest payment, in ISO minor units. Where Stripe lists none: one step (it may want more)."""
    code = currency.upper()
    return from_stripe(_MINIMUM.get(code, _smallest(code)), code)


def maximum(currency: str) -> int:
    """The largest payment, in ISO minor units, on the step below Stripe's limit."""
    code = currency.upper()
    return from_stripe(_floor(_MAXIMA.get(code, _MAXIMUM), _smallest(code)), code)


def charge_step(currency: str) -> int:
    """A payment must be a multiple of this many of Stripe's units."""
    return _CHARGE_STEP.get(currency.upper(), 1)


def payout_step(currency: str) -> int:
    """A payout must be a multiple of this many of Stripe's units."""
    return _PAYOUT_STEP.get(currency.upper(), 1)


def payable_step(currency: str) -> int:
    """A payment must be a multiple of this many ISO minor units."""
    code = currency.upper()
    return from_stripe(_smallest(code), code)


def check_amount(amount: int, currency: str) -> int:
    """Stripe's units for a payment of `amount` ISO minor units; raises AmountRefused when Stripe would refuse it."""
    code = currency.upper()
    if code in _NOT_OFFERED:
        raise AmountRefused("currency", f"{code} is not offered: Stripe's two notations for it contradict each other")
    units = to_stripe(amount, code)
    if units % charge_step(code):
        raise AmountRefused("step", f"{code} amounts are multiples of {charge_step(code)} of Stripe's units")
    if amount < minimum(code):
        raise AmountRefused("too_small", f"the smallest payment in {code} is {minimum(code)} minor units")
    if amount > maximum(code):
        raise AmountRefused("too_large", f"the largest payment in {code} is {maximum(code)} minor units")
    return units


def _smallest(code: str) -> int:
    """The least amount that is whole in Stripe's units, in the charge's step and in ISO minor units."""
    return max(charge_step(code), int(10 ** max(0, stripe_exponent(code) - exponent(code))))


def _floor(units: int, step: int) -> int:
    return units - units % step


def _divided(amount: int, by: int, currency: str) -> int:
    if amount % by:
        raise AmountRefused("step", f"{amount} {currency.upper()} is no multiple of {by}")
    return amount // by
