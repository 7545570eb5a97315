"""Whole numbers of minor units: parsing what people type, sharing without losing a satang."""

import re
from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import get_currency_precision

LARGEST = 10**11
"""No sum of ours is larger, in minor units: a typing mistake must not reach a provider or an integer column."""

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_SIGNS = {"THB": ("฿", "บาท", "baht"), "EUR": ("€", "euros?")}
_PLAIN = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<fraction>[0-9]{1,2}))?")
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<comma>[.,])[0-9]{3}(?:(?P=comma)[0-9]{3})*)"
    r"(?:(?!(?P=comma))[.,](?P<fraction>[0-9]{1,3}))?"
)
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


def exponent(currency: str) -> int:
    """Decimal places of a currency by ISO 4217 (Babel). Stripe's own exponents live in the gateway."""
    return int(get_currency_precision(currency))


def parse(typed: str, currency: str) -> int | None:
    """Minor units of an amount as people type it ("1 500", "1,500.50", "1500,5"), or None when it is no amount.

    Plain digits count and Thai ones, and a currency's own sign or word may stand beside them ("฿500", "๕๐๐ บาท").
    Python itself would take "１" and "1_000". Negative, NaN and 1e308 are no amounts.
    What may be read in two ways is refused: "1.500" is 1500 baht, but in Kuwait it might be one dinar and a half.
    """
    text = re.sub(r"[\s\u00a0\u202f’']", "", typed.translate(_THAI_DIGITS))
    sign = "|".join((currency, *_SIGNS.get(currency, ())))
    text = re.sub(f"^(?:{sign})|(?:{sign})$", "", text, count=1, flags=re.IGNORECASE)
    places = exponent(currency)
    match = _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)
    if match is None or (places == 3 and _AMBIGUOUS.fullmatch(text)):
        return None
    whole, fraction = re.sub(r"[.,]", "", match["whole"]), match["fraction"] or ""
    if len(fraction.rstrip("0")) > places:
        return None
    minor = int(whole) * 10**places + int(fraction[:places].ljust(places, "0") or 0)
    return minor if minor <= LARGEST else None


def major(amount: int, currency: str) -> Decimal:
    """The amount in major units, exactly."""
    return Decimal(amount).scaleb(-exponent(currency))


def share(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` by weights so that the parts add up to it: largest remainder, earlier parts first on a tie."""
    total = sum(weights)
    if not weights or total <= 0:
        raise ValueError("nothing to share among")
    parts = [amount * weight // total for weight in weights]
    missing = amount - sum(parts)
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:missing]:
        parts[i] += 1
    return parts


def gross_up(net: int, rate_bp: int, fixed: int) -> int:
    """The smallest sum that leaves at least `net` after a fee of `rate_bp` basis points plus `fixed` minor units.

    Raises ValueError for a rate that would take everything.
    """
    if not 0 <= rate_bp < 10_000:
        raise ValueError("a fee takes less than the whole")
    gross = net
    while gross - fee(gross, rate_bp, fixed) < net:
        gross += net - (gross - fee(gross, rate_bp, fixed))
    return gross


def fee(gross: int, rate_bp: int, fixed: int) -> int:
    """The configured card fee on `gross`, rounded half up to a minor unit. The books use the real one."""
    return (gross * rate_bp + 5_000) // 10_000 + fixed
